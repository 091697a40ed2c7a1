"""Undo: an inverse plan of what a run really did, approved as the caller and applied like any plan."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import timedelta

from syncagent.domain.changes import Change, Outcome
from syncagent.domain.plans import Approval, Plan
from syncagent.errors import StalePlan, UsageError
from syncagent.operations.apply import apply_run
from syncagent.operations.forecast import forecast_calls
from syncagent.operations.installation import Installation, Progress, silent
from syncagent.operations.leases import held_lease
from syncagent.operations.plans import require_applicable
from syncagent.operations.runs import RunReport, begin_or_resume
from syncagent.operations.settle import settle_unsettled
from syncagent.planning import Draft, build_plan, invert, plan_from_json, plan_to_json
from syncagent.store import Fence, ReadTx, journal, ledger, plans, runs


def undo_run(installation: Installation, run: str, *, progress: Progress = silent) -> RunReport:
    """Take a run back; rows a person touched since are left alone and reported as stale.

    Raises:
        UsageError: no such run, or nothing of it can be taken back.
        StalePlan: the run was taken back before, or its last write cannot be read now.
    """
    with held_lease(installation, f"undo {run}") as fence:
        plan, impossible = _inverse_plan(installation, fence, run)
        approval = Approval(plan.digest, installation.actor, installation.clock())
        given = require_applicable(installation, plan, approval)
        with installation.store.write(fence) as tx:
            plans.approve(tx, approval)
        begun = begin_or_resume(installation, fence, plan, given)
        report = apply_run(installation, fence, plan, begun, list(plan.changes), progress)
    return dataclasses.replace(report, impossible=impossible)


def _inverse_plan(installation: Installation, fence: Fence, run: str) -> tuple[Plan, tuple[tuple[Change, str], ...]]:
    with installation.store.read() as tx:
        known = runs.run(tx, run)
        latest = ", ".join(item.id for item in runs.latest_runs(tx, 5)) or "none yet"
    if known is None:
        raise UsageError(f"there is no run {run}; the latest are: {latest}")
    if known.ended_at is None and known.plan:
        _end_interrupted(installation, fence, run)
    with installation.store.read() as tx:
        earlier = plans.undoing(tx, run)
        inverse = invert(run, sorted(journal.entries(tx, run), key=lambda entry: -entry.seq))
        begun = runs.run(tx, earlier.run) if earlier is not None and earlier.unfinished else None
        resumed = plans.plan(tx, begun.plan) if begun is not None and begun.plan else None
        if earlier is not None and resumed is None:
            inverse = dataclasses.replace(inverse, changes=_not_done(tx, run, earlier.run))
    if resumed is not None:
        return plan_from_json(resumed), inverse.impossible
    if not inverse.changes:
        raise UsageError(f"{run} wrote nothing that could be taken back")
    return _save_inverse(installation, fence, run, inverse.changes), inverse.impossible


def _end_interrupted(installation: Installation, fence: Fence, run: str) -> None:
    """End a run that was cut short, so that what it did write can be taken back; nothing more of it is written.

    Raises:
        StalePlan: it left a write nobody knows the outcome of, and the system cannot be read now.
    """
    settle_unsettled(installation, fence)
    with installation.store.write(fence) as tx:
        entries = journal.entries(tx, run)
        if any(not entry.outcome for entry in entries):
            raise StalePlan(
                f"{run} left writes whose outcome cannot be read now; undo it again when the system answers"
            )
        counts = Counter(entry.outcome for entry in entries)
        runs.end_run(tx, run, status="partial", at=installation.clock(), summary=counts)
        ledger.append(tx, installation.clock(), installation.actor, "end", {"run": run, "status": "partial", **counts})


def _not_done(tx: ReadTx, run: str, undoer: str) -> tuple[Change, ...]:
    """List what an earlier undo was kept from doing.

    Raises:
        StalePlan: it did all it could.
    """
    left = [entry.change for entry in journal.entries(tx, undoer) if entry.outcome == Outcome.RETRY]
    if not left:
        raise StalePlan(f"{run} was already taken back by {undoer}")
    return tuple(left)


def _save_inverse(installation: Installation, fence: Fence, run: str, changes: tuple[Change, ...]) -> Plan:
    with installation.store.read() as tx:
        generation = plans.used_count(tx)
    draft = Draft(
        installation.settings.org,
        changes,
        forecast=forecast_calls(changes),
        configuration=installation.configuration.digest,
        generation=generation,
        undoes=run,
    )
    now, valid = installation.clock(), timedelta(hours=installation.settings.plan_valid_hours)
    plan = build_plan(draft, now=now, valid=valid)
    with installation.store.write(fence) as tx:
        plans.save_plan(tx, plan_to_json(plan), plan.digest, plan.made_at, plan.expires_at)
        ledger.append(tx, now, installation.actor, "plan", {"plan": plan.digest, "undoes": run})
    return plan
