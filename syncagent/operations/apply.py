"""Apply: do what an approved plan says and only that, each write journalled before and after its call.

Per batch: re-read the records (at most RE_READ_SECONDS_MAX before the write), drop rows whose value moved, commit the
intents, make ONE remote call, commit the outcomes. A crash anywhere leaves intents without outcome; they are settled
by reading (operations/settle.py) before anything else is written, so no write is lost and none is repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from syncagent.connectors.protocol import WriteResult
from syncagent.domain.changes import Change, Outcome
from syncagent.domain.plans import Approval, Plan
from syncagent.domain.records import Fields, Record, RecordRef, System
from syncagent.errors import (
    AuthenticationFailed,
    BudgetExhausted,
    Defect,
    OutcomeUnknown,
    Rejected,
    Transient,
)
from syncagent.operations.installation import Installation, Progress, silent
from syncagent.operations.leases import held_lease
from syncagent.operations.plans import approved_changes, load_plan, require_applicable
from syncagent.operations.runs import Outcomes, RunReport, begin_or_resume, finish, settle_rows
from syncagent.operations.settle import settle_unsettled
from syncagent.operations.verify import verify_run
from syncagent.operations.work import Checked, Row, Task, batch, check_rows, cut, to_write, unique_of
from syncagent.store import Fence, journal

RE_READ_SECONDS_MAX = 5.0
"""A re-read older than this is no precondition; the batch is read again (product.md, "The cycle")."""

ATTEMPTS_MAX = 3
"""A write that reading shows did not happen is tried again so often in one run, then left for the next."""

READ_ATTEMPTS_MAX = 3


@dataclass(slots=True)
class _Run:
    """What the batches of one run share."""

    installation: Installation
    fence: Fence
    plan: Plan
    run: str
    created: Mapping[RecordRef, Fields] = field(default_factory=dict)
    stopped: str = ""


def apply_plan(
    installation: Installation, reference: str, *, progress: Progress = silent, approval: Approval | None = None
) -> RunReport:
    """Apply a plan that a person (or a standing approval) approved; resume it if an earlier attempt was cut short.

    Raises:
        StalePlan: expired, edited, used, unapproved, or made for another org or configuration.
        Busy: another run holds the org.
    """
    plan = load_plan(installation, reference)
    with held_lease(installation, f"apply {plan.digest[:12]}") as fence:
        given = require_applicable(installation, plan, approval)
        run = begin_or_resume(installation, fence, plan, given)
        return apply_run(installation, fence, plan, run, approved_changes(installation, plan, given), progress)


def apply_run(
    installation: Installation,
    fence: Fence,
    plan: Plan,
    run: str,
    allowed: Sequence[Change],
    progress: Progress = silent,
) -> RunReport:
    """Work through the allowed changes of a begun run, then verify and close it."""
    state = _Run(installation, fence, plan, run, created=_created_by(installation, plan))
    settle_unsettled(installation, fence)
    for _attempt in range(ATTEMPTS_MAX):
        pending = _pending(state, allowed)
        if not pending or state.stopped:
            break
        _write_all(state, pending, progress, len(allowed))
        settle_unsettled(installation, fence)
    _leave(state, _pending(state, allowed))
    verify_run(installation, fence, plan, run)
    return finish(installation, fence, plan, run, skipped=len(plan.changes) - len(allowed), stopped=state.stopped)


def _pending(state: _Run, allowed: Sequence[Change]) -> list[Row]:
    with state.installation.store.read() as tx:
        settled = {entry.seq for entry in journal.entries(tx, state.run) if entry.outcome}
    place = {change.id: seq for seq, change in enumerate(state.plan.changes)}
    return [Row(place[change.id], change) for change in allowed if place[change.id] not in settled]


def _created_by(installation: Installation, plan: Plan) -> dict[RecordRef, Fields]:
    """For an undo: what the undone run wrote into the records it created."""
    if plan.undoes is None:
        return {}
    with installation.store.read() as tx:
        return {
            entry.record: entry.change.after
            for entry in journal.entries(tx, plan.undoes)
            if entry.change.operation == "create" and entry.record and isinstance(entry.change.after, Mapping)
        }


def _write_all(state: _Run, pending: Sequence[Row], progress: Progress, total: int) -> None:
    def size(system: System, kind: str, guarded: bool) -> int:
        connector = state.installation.connector(system)
        return connector.batch_max(kind, guarded=guarded)  # type: ignore[arg-type]  # kind comes from Task.kind

    done = total - len(pending)
    for system, object_name, tasks in batch(cut(pending), size):
        try:
            _write_batch(state, system, object_name, tasks)
        except OutcomeUnknown:
            continue  # left open in the journal; settled by reading before anything else is tried
        except (AuthenticationFailed, BudgetExhausted) as error:
            state.stopped = str(error)
            return
        except Transient:
            continue  # nothing was sent; the next attempt begins with a new reading
        done += sum(len(task.rows) for task in tasks)
        progress("apply", done, total)


def _write_batch(state: _Run, system: System, object_name: str, tasks: Sequence[Task]) -> None:
    connector = state.installation.connector(system)
    current = _fresh(state, system, object_name, tasks)
    checked = [_check(state, task, current.get(task.key)) for task in tasks]
    ready = [item for item in checked if item.holds]
    _intend(state, checked, ready)
    if not ready:
        return
    try:
        results = connector.write(object_name, [to_write(item, current.get(item.task.key)) for item in ready])
    except Rejected as error:
        results = [WriteResult(item.task.key, Outcome.REJECTED, None, error.code, str(error)) for item in ready]
    except (Transient, AuthenticationFailed, BudgetExhausted):
        _withdraw(state, ready)
        raise
    _settle(state, ready, results)


def _fresh(state: _Run, system: System, object_name: str, tasks: Sequence[Task]) -> dict[str, Record]:
    """Re-read until the reading is recent enough to be a precondition.

    Raises:
        Transient: the system answers too slowly for any reading to be fresh.
    """
    for _attempt in range(READ_ATTEMPTS_MAX):
        began = state.installation.ticks()
        current = _current(state, system, object_name, tasks)
        if state.installation.ticks() - began <= RE_READ_SECONDS_MAX:
            return current
    raise Transient(f"{system} takes more than {RE_READ_SECONDS_MAX:g} s to read {object_name}", system=system)


def _current(state: _Run, system: System, object_name: str, tasks: Sequence[Task]) -> dict[str, Record]:
    """Read the records of a batch as they are now, by task; for creates, records that exist already."""
    connector = state.installation.connector(system)
    if tasks[0].kind == "create":
        return _already_there(state, system, object_name, tasks)
    names = {row.change.field for task in tasks for row in task.rows if row.change.field}
    names |= {name for task in tasks for name in state.created.get(task.ref, {})}
    found = connector.read(object_name, [task.ref.id for task in tasks], sorted(names))
    return {task.key: found[task.ref.id] for task in tasks if task.ref.id in found}


def _already_there(state: _Run, system: System, object_name: str, tasks: Sequence[Task]) -> dict[str, Record]:
    uniques = {task.key: unique for task in tasks if (unique := unique_of(task.rows[0].change))}
    if len(uniques) != len(tasks):
        raise Defect(f"a create in {object_name} has no field to recognise it by")
    (name,) = {name for name, _value in uniques.values()}
    found = state.installation.connector(system).find(object_name, name, [v for _n, v in uniques.values()], [name])
    return {key: found[value] for key, (_name, value) in uniques.items() if value in found}


def _check(state: _Run, task: Task, current: Record | None) -> Checked:
    if task.kind != "create":
        return check_rows(task, current, state.created.get(task.ref) if task.kind == "archive" else None)
    if current is None:
        return Checked(task, task.rows, ())
    return Checked(task, (), tuple((row, f"{current.ref} exists already") for row in task.rows))


def _intend(state: _Run, checked: Sequence[Checked], ready: Sequence[Checked]) -> None:
    """Commit, in one transaction, which rows dropped out and which are about to be written."""
    now = state.installation.clock()
    dropped = [(row, Outcome.STALE, reason, None) for item in checked for row, reason in item.dropped]
    with state.installation.store.write(state.fence) as tx:
        if dropped:
            settle_rows(tx, state.run, dropped, now, state.installation.actor)
        rows = [row for item in ready for row in item.holds]
        journal.intend(tx, state.run, [(row.seq, row.change) for row in rows], now)


def _withdraw(state: _Run, ready: Sequence[Checked]) -> None:
    """Take intents back whose call is known never to have been carried out."""
    with state.installation.store.write(state.fence) as tx:
        journal.withdraw(tx, state.run, [row.seq for item in ready for row in item.holds])


def _settle(state: _Run, ready: Sequence[Checked], results: Sequence[WriteResult]) -> None:
    by_key = {result.key: result for result in results}
    outcomes: Outcomes = []
    for item in ready:
        result = by_key.get(item.task.key)
        if result is None:
            raise Defect(f"{item.task.ref} was written and got no result")
        record = RecordRef(item.task.ref.system, item.task.ref.object, result.id) if result.id else None
        message = f"{result.code}: {result.message}" if result.code else result.message
        outcomes += [(row, result.outcome, message, record) for row in item.holds]
    with state.installation.store.write(state.fence) as tx:
        settle_rows(tx, state.run, outcomes, state.installation.clock(), state.installation.actor)


def _leave(state: _Run, pending: Sequence[Row]) -> None:
    """Mark what could not be done as to be retried; rows whose outcome is still unknown stay open."""
    with state.installation.store.read() as tx:
        unsettled = {entry.seq for entry in journal.unsettled(tx) if entry.run == state.run}
    left = [row for row in pending if row.seq not in unsettled]
    if left:
        why = state.stopped or "the system did not take it; the next plan proposes it again"
        with state.installation.store.write(state.fence) as tx:
            rows: Outcomes = [(row, Outcome.RETRY, why, None) for row in left]
            settle_rows(tx, state.run, rows, state.installation.clock(), state.installation.actor)
