"""Saved plans: load, prove applicable, approve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from syncagent.domain.changes import Change
from syncagent.domain.plans import Approval, Plan
from syncagent.errors import GuardTripped, StalePlan, UsageError
from syncagent.operations.enforce import standing_changes
from syncagent.operations.installation import Installation
from syncagent.operations.leases import held_lease
from syncagent.planning import plan_from_json
from syncagent.store import ledger, plans


def load_plan(installation: Installation, reference: str) -> Plan:
    """Load a plan by file or by the first digits of its digest, and prove it is one this org's state made.

    Raises:
        UsageError: no such plan, or the digits name several.
        StalePlan: edited, damaged, or made by another installation.
    """
    path = Path(reference)
    text = path.read_bytes() if path.is_file() else None
    digest = plan_from_json(text).digest if text is not None else reference.lower()
    with installation.store.read() as tx:
        saved = plans.plan(tx, digest)
    if saved is None and text is not None:
        raise StalePlan(f"{reference} was not made by this installation's state for org {installation.settings.org}")
    if saved is None:
        raise UsageError(f"there is no plan {reference}; `syncagent status` lists the plans of this org")
    return plan_from_json(saved)


@dataclass(frozen=True, slots=True)
class PlanStatus:
    """What has become of a saved plan."""

    approval: Approval | None
    used_by: str | None
    standing: int


def plan_status(installation: Installation, plan: Plan) -> PlanStatus:
    """Tell whether a plan is approved, used, or in part covered by standing approvals."""
    with installation.store.read() as tx:
        given = plans.approvals(tx, plan.digest)
        used = plans.used_by(tx, plan.digest)
    return PlanStatus(given[-1] if given else None, used, len(standing_changes(installation, plan)))


def approve_plan(
    installation: Installation, reference: str, *, by: str, exclude: Sequence[str], accept_breaches: bool = False
) -> Approval:
    """Record that a person approves a plan, without the excluded changes (ids may be shortened).

    Raises:
        GuardTripped: a brake was hit and the approval does not accept it.
        UsageError: an excluded id names no change, or several.
    """
    plan = load_plan(installation, reference)
    with held_lease(installation, "approve") as fence:
        _refuse_old(installation, plan)
        if plan.breaches and not accept_breaches:
            first = plan.breaches[0]
            raise GuardTripped(
                f"brake {first.brake} ({first.scope}): {first.measured} is over the limit {first.limit}; nothing was "
                "approved. Exclude changes, or approve with --accept-breaches if this is meant"
            )
        excluded = tuple(sorted({_one_change(plan, item) for item in exclude}))
        approval = Approval(plan.digest, by, installation.clock(), excluded)
        with installation.store.write(fence) as tx:
            plans.approve(tx, approval)
            body = {"plan": plan.digest, "excluded": list(excluded), "breaches": [b.brake for b in plan.breaches]}
            ledger.append(tx, installation.clock(), by, "approve", body)
    return approval


def _one_change(plan: Plan, start: str) -> str:
    found = [change.id for change in plan.changes if change.id.startswith(start.lower())]
    if len(found) != 1:
        what = "no change" if not found else f"{len(found)} changes"
        raise UsageError(f"--exclude {start} names {what} of plan {plan.digest[:12]}; ids stand in [...] in the plan")
    return found[0]


def require_applicable(installation: Installation, plan: Plan, approval: Approval | None = None) -> Approval | None:
    """Check that the plan may be applied now; give its approval, or None where only standing approvals speak.

    Raises:
        StalePlan: saying which rule it breaks and what to do.
    """
    _refuse_old(installation, plan, resume=True)
    status = plan_status(installation, plan)
    given = approval or status.approval
    if given is None and not status.standing:
        raise StalePlan(
            f"plan {plan.digest[:12]} is not approved; nothing was written. "
            f"Read it (`syncagent show {plan.digest[:12]}`), then `syncagent approve {plan.digest[:12]} --by YOUR_NAME`"
        )
    if given is None and plan.breaches:
        raise GuardTripped(
            "a brake was hit, so the standing approval does not apply; a person has to approve this plan"
        )
    return given


def _refuse_old(installation: Installation, plan: Plan, *, resume: bool = False) -> None:
    short = plan.digest[:12]
    if plan.org != installation.settings.org:
        raise StalePlan(f"plan {short} was made for org {plan.org}, this is org {installation.settings.org}")
    with installation.store.read() as tx:
        used = plans.used_by(tx, plan.digest)
        unfinished = used is not None and plans.is_unfinished(tx, used)
    if used and not (resume and unfinished):
        raise StalePlan(f"plan {short} was already applied by run {used}; make a new plan with `syncagent plan`")
    if not unfinished and installation.clock() > plan.expires_at:
        raise StalePlan(f"plan {short} expired at {plan.expires_at.isoformat()}; make a new plan with `syncagent plan`")
    if not unfinished and plan.undoes is None and plan.configuration != installation.configuration.digest:
        raise StalePlan(
            f"plan {short} was made with other mappings or policies than those in force now; make a new plan"
        )


def approved_changes(installation: Installation, plan: Plan, approval: Approval | None) -> list[Change]:
    """List the changes that may be written: all but the excluded, or just those under a standing approval."""
    if approval is not None:
        return [change for change in plan.changes if change.id not in approval.excluded]
    return standing_changes(installation, plan)
