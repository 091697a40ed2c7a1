"""Apply: do what an approved plan says and only that, each write journalled before and after its call.

Per batch: re-read the records (at most 5 s before the write), drop rows whose value moved, commit the
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
from syncagent.operations.runs import Outcomes, RunReport, begin_or_resume, finish, report_run, settle_rows
from syncagent.operations.settle import settle_unsettled
from syncagent.operations.snapshots import secure_snapshots
from syncagent.operations.verify import verify_run
from syncagent.operations.work import Checked, Row, Task, batch, check_rows, cut, to_write, unique_of
from syncagent.store import Fence, journal

READ_SECONDS_MAX = 3.0
"""A re-read older than this when the write is about to be sent is done again.

A write waits 2 s at most before it gives up (connectors.retrying), so that together no value is older than the 5 s of
product.md, "The cycle".
"""

ATTEMPTS_MAX = 3
"""Attempts without progress after which what is left is left for the next run."""

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
    secure_snapshots(installation, fence, plan, run, allowed)
    _write_until_stuck(state, allowed, progress)
    unread = verify_run(installation, fence, plan, run)
    skipped = len(plan.changes) - len(allowed)
    if unread:
        stopped = f"not everything written could be read back ({unread}); the same command finishes this run"
        return report_run(installation, plan, run, skipped=skipped, stopped=stopped)
    _leave(state, _pending(state, allowed))
    return finish(installation, fence, plan, run, skipped=skipped, stopped=state.stopped)


def _write_until_stuck(state: _Run, allowed: Sequence[Change], progress: Progress) -> None:
    """Settle what is open, write what is not written, and again as long as that gets anywhere."""
    attempts, left = 0, len(allowed) + 1
    while True:
        settle_unsettled(state.installation, state.fence)
        pending = _pending(state, allowed)
        attempts, left = (attempts + 1 if len(pending) >= left else 1), len(pending)
        if not pending or state.stopped or attempts > ATTEMPTS_MAX:
            return
        _write_all(state, _due(state, pending, allowed), progress, len(allowed))


def _pending(state: _Run, allowed: Sequence[Change]) -> list[Row]:
    """List the changes without a journal row; one whose outcome is open can only be settled, never sent again."""
    with state.installation.store.read() as tx:
        begun = {entry.seq for entry in journal.entries(tx, state.run)}
    place = {change.id: seq for seq, change in enumerate(state.plan.changes)}
    return [Row(place[change.id], change) for change in allowed if place[change.id] not in begun]


def _due(state: _Run, pending: Sequence[Row], allowed: Sequence[Change]) -> list[Row]:
    """Pick what may be written now; what follows from a change that was not made is dropped, the rest waits."""
    with state.installation.store.read() as tx:
        outcomes = {entry.change.id: entry.outcome for entry in journal.entries(tx, state.run)}
    hoped_for = {change.id for change in allowed}
    due: list[Row] = []
    doomed: Outcomes = []
    for row in pending:
        missing = [needed for needed in row.change.requires if outcomes.get(needed) != Outcome.APPLIED]
        lost = [needed for needed in missing if needed not in hoped_for or outcomes.get(needed)]
        if lost:
            reason = f"it only follows from change {lost[0]}, which was not made; nothing was written"
            doomed.append((row, Outcome.STALE, reason, None))
        elif not missing:
            due.append(row)
    if doomed:
        with state.installation.store.write(state.fence) as tx:
            settle_rows(tx, state.run, doomed, state.installation.clock(), state.installation.actor)
    return due


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
    tired: set[System] = set()
    for system, object_name, tasks in batch(cut(pending), size):
        if system in tired:
            continue  # it just asked for a pause or did not answer; the next attempt waits for it once, not per batch
        try:
            _write_batch(state, system, object_name, tasks)
        except OutcomeUnknown:
            continue  # left open in the journal; settled by reading before anything else is tried
        except (AuthenticationFailed, BudgetExhausted) as error:
            state.stopped = str(error)
            return
        except Transient:
            tired.add(system)  # nothing was written; the next attempt begins with a new reading
            continue
        done += sum(len(task.rows) for task in tasks)
        progress("apply", done, total)


def _write_batch(state: _Run, system: System, object_name: str, tasks: Sequence[Task]) -> None:
    connector = state.installation.connector(system)
    current, read_at = _fresh(state, system, object_name, tasks)
    checked = [_check(state, task, current.get(task.key)) for task in tasks]
    ready = [item for item in checked if item.holds]
    _intend(state, checked, ready)
    if not ready:
        return
    if state.installation.ticks() - read_at > READ_SECONDS_MAX:
        _withdraw(state, ready)
        raise Transient(f"saving the intents took too long for the reading of {object_name} to hold", system=system)
    try:
        results = connector.write(object_name, [to_write(item, current.get(item.task.key)) for item in ready])
    except Rejected as error:
        results = [WriteResult(item.task.key, Outcome.REJECTED, None, error.code, str(error)) for item in ready]
    except (Transient, AuthenticationFailed, BudgetExhausted):
        _withdraw(state, ready)
        raise
    _settle(state, ready, results)


def _fresh(state: _Run, system: System, object_name: str, tasks: Sequence[Task]) -> tuple[dict[str, Record], float]:
    """Re-read until the reading is recent enough to be a precondition; give it with the moment it began.

    Raises:
        Transient: the system answers too slowly for any reading to be fresh.
    """
    for _attempt in range(READ_ATTEMPTS_MAX):
        began = state.installation.ticks()
        current = _current(state, system, object_name, tasks)
        if state.installation.ticks() - began <= READ_SECONDS_MAX:
            return current, began
    raise Transient(f"{system} takes more than {READ_SECONDS_MAX:g} s to read {object_name}", system=system)


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


def _leave(state: _Run, left: Sequence[Row]) -> None:
    """Mark what could not be done as to be retried; rows whose outcome is still unknown stay open."""
    if left:
        why = state.stopped or "the system did not take it; the next plan proposes it again"
        with state.installation.store.write(state.fence) as tx:
            rows: Outcomes = [(row, Outcome.RETRY, why, None) for row in left]
            settle_rows(tx, state.run, rows, state.installation.clock(), state.installation.actor)
