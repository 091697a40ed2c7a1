"""Settle writes whose outcome nobody knows by reading the records, never by sending again.

An intent without an outcome means: the call may have been sent. The record tells: it holds ``after`` (the write
happened), or ``before`` (it did not; the intent is withdrawn and the row may be written anew), or a third value
(somebody wrote since; the row is stale and says so).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from syncagent.domain.changes import Outcome
from syncagent.domain.plans import JournalEntry
from syncagent.domain.records import Record, RecordRef, State, System
from syncagent.errors import ConnectorError
from syncagent.logs import get_logger
from syncagent.operations.installation import Installation
from syncagent.operations.runs import Outcomes, settle_rows
from syncagent.operations.work import Row, same_value, unique_of
from syncagent.store import Fence, journal

_LOG = get_logger(__name__)


def settle_unsettled(installation: Installation, fence: Fence) -> int:
    """Read every record with an open intent, of any run, and close it; give how many stay open (system unreachable)."""
    with installation.store.read() as tx:
        open_entries = list(journal.unsettled(tx))
    groups: defaultdict[tuple[System, str, bool], list[JournalEntry]] = defaultdict(list)
    for entry in open_entries:
        ref = entry.change.ref
        groups[ref.system, ref.object, entry.change.operation == "create"].append(entry)
    left = 0
    for (system, object_name, creates), entries in sorted(groups.items()):
        try:
            found = _find(installation, system, object_name, entries, creates=creates)
        except ConnectorError as error:
            _LOG.warning("outcome still unknown", system=system, object=object_name, rows=len(entries), code=error.code)
            left += len(entries)
        else:
            _close(installation, fence, entries, found)
    return left


def _find(
    installation: Installation, system: System, object_name: str, entries: Sequence[JournalEntry], *, creates: bool
) -> Mapping[int, Record]:
    connector = installation.connector(system)
    if creates:
        uniques = {entry.seq: unique_of(entry.change) or ("", "") for entry in entries}
        name = next(name for name, _value in uniques.values())
        by_value = connector.find(object_name, name, [value for _name, value in uniques.values()], [name])
        return {seq: by_value[value] for seq, (_name, value) in uniques.items() if value in by_value}
    names = sorted({entry.change.field for entry in entries if entry.change.field})
    by_id = connector.read(object_name, sorted({entry.change.ref.id for entry in entries}), names)
    return {entry.seq: by_id[entry.change.ref.id] for entry in entries if entry.change.ref.id in by_id}


def _close(
    installation: Installation, fence: Fence, entries: Sequence[JournalEntry], found: Mapping[int, Record]
) -> None:
    with installation.store.write(fence) as tx:
        for entry in entries:
            verdict = _verdict(entry, found.get(entry.seq))
            if verdict is None:
                journal.withdraw(tx, entry.run, [entry.seq])
                continue
            outcome, message, record = verdict
            rows: Outcomes = [(Row(entry.seq, entry.change), outcome, message, record)]
            settle_rows(tx, entry.run, rows, installation.clock(), installation.actor)


def _verdict(entry: JournalEntry, record: Record | None) -> tuple[Outcome, str, RecordRef | None] | None:
    change, done = entry.change, "the reply was lost; reading shows that the write happened"
    gone = record is None or record.state in {State.DELETED, State.MERGED}
    if change.operation == "create":
        return None if record is None else (Outcome.APPLIED, done, record.ref)
    if change.operation == "archive":
        return (Outcome.APPLIED, done, change.ref) if gone else None
    if record is None or gone:
        return (Outcome.STALE, "the record is gone; whether the write came first cannot be told", None)
    now = record.get(change.field or "")
    if not isinstance(change.after, Mapping) and same_value(now, change.after):
        return (Outcome.APPLIED, done, change.ref)
    if same_value(now, change.before):
        return None
    return (Outcome.STALE, "somebody wrote another value since; whether ours came first is in the history", None)
