"""Undo is a plan: the inverse of what a run really did, row by row, newest write first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syncagent.domain.changes import Change, Outcome
from syncagent.domain.plans import JournalEntry
from syncagent.domain.records import RecordRef

EXISTED = "EXISTED"
"""How the message of a create begins that met a record somebody else had made a moment before."""


@dataclass(frozen=True, slots=True)
class Undoable:
    """The changes that take a run back, and the applied changes nothing can take back, each with the reason."""

    changes: tuple[Change, ...]
    impossible: tuple[tuple[Change, str], ...] = ()


def invert(run: str, entries: Sequence[JournalEntry]) -> Undoable:
    """Invert a run's applied changes: updates swap before and after, creates are archived.

    An archive cannot be taken back through the APIs: it is reported as impossible. A record a person touched since
    is skipped later, by the precondition every change carries.
    """
    changes: list[Change] = []
    impossible: list[tuple[Change, str]] = []
    for entry in entries:
        if entry.outcome != Outcome.APPLIED:
            continue
        change = entry.change
        if change.operation == "create" and entry.message.startswith(EXISTED):
            impossible.append((change, "another record was found under its key and written; it is not ours to remove"))
        elif change.operation == "archive":
            impossible.append((change, "an archived record can only be restored in the CRM's own recycle bin"))
        elif change.operation == "create":
            changes.append(_archive(run, entry))
        else:
            changes.append(_swap(run, change))
    return Undoable(tuple(changes), tuple(impossible))


def _swap(run: str, change: Change) -> Change:
    after = None if isinstance(change.after, Mapping) else change.after
    return Change(
        ref=change.ref,
        operation="update",
        field=change.field,
        before=after,
        after=change.before,
        origin=f"undo:{run}",
        reason=f"takes back {change.origin}",
        money=change.money,
        owner=change.owner,
    )


def _archive(run: str, entry: JournalEntry) -> Change:
    ref = entry.record or entry.change.ref
    return Change(
        ref=RecordRef(ref.system, ref.object, ref.id),
        operation="archive",
        field=None,
        before=None,
        after=None,
        origin=f"undo:{run}",
        reason=f"the record was created by {entry.change.origin}",
        owner=entry.change.owner,
    )
