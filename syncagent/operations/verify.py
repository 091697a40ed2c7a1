"""Verify: read back what a run wrote, refresh the mirror with it, and only then advance the merge base.

A value that is no longer there was overwritten between our write and our reading; the row says so, and the mirror
now holds what is really there.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from syncagent.domain.changes import Outcome
from syncagent.domain.plans import JournalEntry, Plan
from syncagent.domain.records import Record, RecordRef, State, System
from syncagent.errors import ConnectorError, Rejected
from syncagent.logs import get_logger
from syncagent.operations.bases import advance_bases, restore_bases
from syncagent.operations.installation import Installation
from syncagent.operations.selection import select, watched
from syncagent.operations.warnings import note_warnings
from syncagent.operations.work import same_value
from syncagent.store import Fence, ReadTx, journal, mirror

_LOG = get_logger(__name__)


def verify_run(installation: Installation, fence: Fence, plan: Plan, run: str) -> str:
    """Verify every applied and not yet verified row of a run, then advance what rests on verified rows.

    Gives why rows could not be read back for now, "" when none are left. What follows from verification looks at all
    verified rows of the run, not only at those of this attempt: an earlier one may have ended between the two.
    """
    with installation.store.read() as tx:
        entries = [
            entry for entry in journal.entries(tx, run) if entry.outcome == Outcome.APPLIED and entry.verified is None
        ]
    groups: defaultdict[tuple[System, str], list[JournalEntry]] = defaultdict(list)
    for entry in entries:
        ref = written_ref(entry)
        groups[ref.system, ref.object].append(entry)
    unread = ""
    for (system, object_name), rows in sorted(groups.items()):
        try:
            found = _read_back(installation, system, object_name, rows)
        except Rejected as error:
            _give_up(installation, fence, run, rows, error)
        except ConnectorError as error:
            _LOG.warning("could not read back", system=system, object=object_name, rows=len(rows), code=error.code)
            unread = unread or str(error)
        else:
            _record(installation, fence, run, rows, found)
    _follow_up(installation, fence, plan, run)
    return unread


def _give_up(
    installation: Installation, fence: Fence, run: str, rows: Sequence[JournalEntry], error: ConnectorError
) -> None:
    """Say that rows were written and may not be read (a permission is missing): another try changes nothing."""
    with installation.store.write(fence) as tx:
        for row in rows:
            journal.set_verified(tx, run, row.seq, verified=False, seen=f"could not be read back: {error}")


def _follow_up(installation: Installation, fence: Fence, plan: Plan, run: str) -> None:
    with installation.store.read() as tx:
        read_back = [entry for entry in journal.entries(tx, run) if entry.verified is not None]
    if plan.undoes is None:
        advance_bases(installation, fence, {written_ref(entry) for entry in read_back}, run=run)
    else:
        restore_bases(installation, fence, plan.undoes, read_back)
    note_warnings(installation, fence, plan, [entry for entry in read_back if entry.verified])


def written_ref(entry: JournalEntry) -> RecordRef:
    """Name the record a row wrote to; a create's is known from its result."""
    return entry.record or entry.change.ref


def _read_back(
    installation: Installation, system: System, object_name: str, rows: Sequence[JournalEntry]
) -> Mapping[str, Record]:
    """Read whole records, all selected fields, because what is read goes into the mirror."""
    chosen = next(
        (item for item in select(installation.configuration) if (item.system, item.object) == (system, object_name)),
        None,
    )
    connector = installation.connector(system)
    known = connector.describe(object_name)
    names = {name for name in (chosen.fields if chosen else ()) if name in known}
    names |= {row.change.field for row in rows if row.change.field}
    return connector.read(object_name, sorted({written_ref(row).id for row in rows}), sorted(names))


def _record(
    installation: Installation, fence: Fence, run: str, rows: Sequence[JournalEntry], found: Mapping[str, Record]
) -> None:
    with installation.store.write(fence) as tx:
        for row in rows:
            record = found.get(written_ref(row).id)
            verified, seen = _compare(row, record)
            journal.set_verified(tx, run, row.seq, verified=verified, seen=seen)
        gone = [written_ref(row) for row in rows if written_ref(row).id not in found]
        seen_now = {record.ref: record for record in [*found.values(), *_tombstones(tx, gone, installation.clock())]}
        mirror.upsert_records(tx, list(seen_now.values()), watched(installation.configuration.mappings))


def _tombstones(tx: ReadTx, refs: Iterable[RecordRef], at: datetime) -> list[Record]:
    """Mark records as gone, never with a stamp older than what is known: our clock may be behind the system's."""
    known = [record for ref in refs if (record := mirror.record(tx, ref)) is not None]
    return [
        dataclasses.replace(
            record, state=State.DELETED, modified=max(at, record.modified), seen_at=max(at, record.seen_at)
        )
        for record in known
    ]


def _compare(row: JournalEntry, record: Record | None) -> tuple[bool, str]:
    change = row.change
    if change.operation == "archive":
        return (record is None or record.state.value != "live", "")
    if record is None:
        return (False, "the record is gone")
    wanted = change.after if isinstance(change.after, Mapping) else {change.field or "": change.after}
    other = {name: record.get(name) for name, value in wanted.items() if not same_value(record.get(name), value)}
    return (not other, "; ".join(f"{name} is now {value!r}" for name, value in sorted(other.items())))
