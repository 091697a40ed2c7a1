"""Cut a plan's changes into remote calls: one record's writes together, records in batches of one kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from syncagent.connectors.protocol import Write, WriteKind
from syncagent.domain.changes import Change, Operation
from syncagent.domain.records import Fields, Record, RecordRef, Scalar, State, System
from syncagent.hygiene.views import VIEWS

FLAG_FIELDS = frozenset(
    column.source
    for view in VIEWS.values()
    for column in view.columns
    if column.name in {"flag", "flag_since", "flag_due"}
)
"""The fields by which a record shows what a policy found."""

_KINDS: Mapping[Operation, WriteKind] = {"create": "create", "update": "update", "archive": "archive"}


@dataclass(frozen=True, slots=True)
class Row:
    """One change with its place in the plan, which is its place in the journal."""

    seq: int
    change: Change


@dataclass(frozen=True, slots=True)
class Task:
    """Everything one plan wants of one record in one call."""

    ref: RecordRef
    rows: tuple[Row, ...]

    @property
    def kind(self) -> WriteKind:
        """What the call does."""
        return _KINDS[self.rows[0].change.operation]

    @property
    def guarded(self) -> bool:
        """Ask the server itself for a condition where money is at stake: a deal is closed, not merely flagged."""
        return self.kind == "update" and any(
            row.change.money is not None and row.change.field not in FLAG_FIELDS for row in self.rows
        )

    @property
    def key(self) -> str:
        """Name the task within its call."""
        return str(self.rows[0].seq)


def cut(rows: Sequence[Row]) -> list[Task]:
    """Gather rows by record; a create is a task of its own."""
    tasks: defaultdict[tuple[RecordRef, Operation, str], list[Row]] = defaultdict(list)
    for row in rows:
        change = row.change
        tasks[change.ref, change.operation, change.id if change.operation == "create" else ""].append(row)
    return [Task(ref, tuple(group)) for (ref, _operation, _id), group in tasks.items()]


def batch(
    tasks: Sequence[Task], batch_max: Callable[[System, WriteKind, bool], int]
) -> Iterator[tuple[System, str, list[Task]]]:
    """Group tasks of one object, kind and guard into calls no larger than the system takes."""

    def place(task: Task) -> tuple[System, str, WriteKind, bool]:
        return (task.ref.system, task.ref.object, task.kind, task.guarded)

    for (system, object_name, kind, guarded), group in groupby(sorted(tasks, key=place), key=place):
        of_a_kind = list(group)
        size = batch_max(system, kind, guarded)
        for start in range(0, len(of_a_kind), size):
            yield system, object_name, of_a_kind[start : start + size]


@dataclass(frozen=True, slots=True)
class Checked:
    """A task after the re-read: the rows that still hold, and those that dropped out, each with the reason."""

    task: Task
    holds: tuple[Row, ...]
    dropped: tuple[tuple[Row, str], ...]


def check_rows(task: Task, current: Record | None, created: Fields | None = None) -> Checked:
    """Compare every row's ``before`` with the record as it is now.

    Changes of one policy on one record stand and fall together; field mappings stand alone. ``created`` holds what we
    wrote into a record that is now to be archived: a person's edit since then saves it.
    """
    if current is None or current.state is not State.LIVE:
        became = "no longer exists" if current is None else f"is now {current.state.value}"
        return _all_dropped(task, f"the record {became}; nothing was written")
    touched = [name for name, value in (created or {}).items() if not same_value(current.get(name), value)]
    if touched:
        return _all_dropped(task, f"{', '.join(sorted(touched))} was edited since the record was created; it stays")
    moved = {
        row.seq: reason for row in task.rows if (reason := _moved(row.change, current.get(row.change.field or "")))
    }
    fallen = {row.change.origin for row in task.rows if row.seq in moved and row.change.origin.startswith("policy:")}
    dropped, holds = [], []
    for row in task.rows:
        if row.seq in moved:
            dropped.append((row, moved[row.seq]))
        elif row.change.origin in fallen:
            dropped.append((row, "another field of the same action changed since the plan was made"))
        else:
            holds.append(row)
    return Checked(task, tuple(holds), tuple(dropped))


def _all_dropped(task: Task, reason: str) -> Checked:
    return Checked(task, (), tuple((row, reason) for row in task.rows))


def _moved(change: Change, now: Scalar) -> str:
    if same_value(now, change.before):
        return ""
    if not isinstance(change.after, Mapping) and same_value(now, change.after):
        return f"{change.field} already holds the planned value; somebody was faster"
    return f"{change.field} changed since the plan was made; the new value was left alone"


def same_value(one: Scalar, other: Scalar) -> bool:
    """Compare raw values of one system; blank text is no value."""
    return (one if one != "" else None) == (other if other != "" else None)


def unique_of(change: Change) -> tuple[str, str] | None:
    """Find the field by which a created record can be recognised: the one that holds its counterpart's id."""
    if change.counterpart is None or not isinstance(change.after, Mapping):
        return None
    wanted = change.counterpart.id
    return next(((name, wanted) for name, value in change.after.items() if value == wanted), None)


def to_write(checked: Checked, current: Record | None) -> Write:
    """Build the call for the rows that hold."""
    task, first = checked.task, checked.holds[0].change
    if task.kind == "create":
        after = first.after if isinstance(first.after, Mapping) else {}
        return Write(task.key, "create", None, dict(after), unique=unique_of(first))
    fields = {
        row.change.field: row.change.after
        for row in checked.holds
        if row.change.field is not None and not isinstance(row.change.after, Mapping)
    }
    since = current.modified if current is not None and task.guarded else None
    return Write(task.key, task.kind, task.ref.id, fields, unmodified_since=since)
