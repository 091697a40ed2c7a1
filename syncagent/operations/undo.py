"""Undo: an inverse plan of what a run really did, approved as the caller and applied like any plan."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from syncagent.domain.changes import Change
from syncagent.domain.plans import Approval, Plan
from syncagent.errors import StalePlan, UsageError
from syncagent.operations.apply import apply_run
from syncagent.operations.forecast import forecast_calls
from syncagent.operations.installation import Installation, Progress, silent
from syncagent.operations.leases import held_lease
from syncagent.operations.plans import require_applicable
from syncagent.operations.runs import RunReport, begin_or_resume
from syncagent.planning import Draft, build_plan, invert, plan_from_json, plan_to_json
from syncagent.store import Fence, journal, ledger, plans, runs


def undo_run(installation: Installation, run: str, *, progress: Progress = silent) -> RunReport:
    """Take a run back; rows a person touched since are left alone and reported as stale.

    Raises:
        UsageError: no such run, or nothing of it can be taken back.
        StalePlan: the run was taken back before.
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
        entries = sorted(journal.entries(tx, run), key=lambda entry: -entry.seq)
        generation = plans.used_count(tx)
        earlier = plans.undoing(tx, run)
        begun = runs.run(tx, earlier.run) if earlier is not None and earlier.unfinished else None
        resumed = plans.plan(tx, begun.plan) if begun is not None and begun.plan else None
    if known is None:
        raise UsageError(f"there is no run {run}; the latest are: {latest}")
    inverse = invert(run, entries)
    if resumed is not None:
        return plan_from_json(resumed), inverse.impossible
    if earlier is not None:
        raise StalePlan(f"{run} was already taken back by {earlier.run}")
    if not inverse.changes:
        raise UsageError(f"{run} wrote nothing that could be taken back")
    draft = Draft(
        installation.settings.org,
        inverse.changes,
        forecast=forecast_calls(inverse.changes),
        configuration=installation.configuration.digest,
        generation=generation,
        undoes=run,
    )
    now, valid = installation.clock(), timedelta(hours=installation.settings.plan_valid_hours)
    plan = build_plan(draft, now=now, valid=valid)
    with installation.store.write(fence) as tx:
        plans.save_plan(tx, plan_to_json(plan), plan.digest, plan.made_at, plan.expires_at)
        ledger.append(tx, now, installation.actor, "plan", {"plan": plan.digest, "undoes": run})
    return plan, inverse.impossible
