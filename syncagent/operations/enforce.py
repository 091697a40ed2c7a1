"""Standing approvals: which revision of which policy may act by itself, and which changes that covers."""

from __future__ import annotations

from syncagent.domain.changes import Change
from syncagent.domain.findings import Mode
from syncagent.domain.plans import Plan
from syncagent.errors import UsageError
from syncagent.hygiene import Policy
from syncagent.language.yaml import nearest
from syncagent.operations.installation import Installation
from syncagent.operations.leases import held_lease
from syncagent.store import ReadTx, enforcement, ledger, runs


def find_policy(installation: Installation, name: str) -> Policy:
    """Give a policy by name.

    Raises:
        UsageError: there is none; the nearest names are told.
    """
    policies = {policy.name: policy for policy in installation.configuration.policies}
    if name not in policies:
        known = ", ".join(sorted(policies)) or "none"
        raise UsageError(f"there is no policy {name}{nearest(name, policies)}; policies in force: {known}")
    return policies[name]


def mode_of(tx: ReadTx, policy: Policy) -> Mode:
    """Tell how a policy acts now: enforced only under a standing approval of this very revision.

    An approved policy whose rule changed since proposes until the new revision is approved; a file cannot switch
    itself to enforce.
    """
    standing = enforcement.enforced(tx, policy.name)
    if standing is not None:
        return "enforce" if standing.revision == policy.revision else "propose"
    return "propose" if policy.mode == "enforce" else policy.mode


def enforce_policy(installation: Installation, name: str, *, by: str) -> str:
    """Give the policy's present revision a standing approval; give the sentence that confirms it.

    Raises:
        UsageError: no such policy, or it was never audited by a plan.
    """
    policy = find_policy(installation, name)
    now = installation.clock()
    with held_lease(installation, f"policy enforce {name}") as fence, installation.store.write(fence) as tx:
        if not any(run.kind == "plan" for run in runs.latest_runs(tx, 50)):
            raise UsageError(
                f"{name} was not audited yet: run `syncagent plan --only policies` and read what it finds, then enforce"
            )
        enforcement.enforce(tx, name, policy.revision, by, now)
        ledger.append(tx, now, by, "enforce", {"policy": name, "revision": policy.revision})
    return (
        f"{name} (revision {policy.revision}) is enforced as approved by {by}: later plans apply it within its brakes; "
        f"records past the threshold are warned first and closed {policy.grace_days} days later at the earliest"
    )


def standing_changes(installation: Installation, plan: Plan) -> list[Change]:
    """List a plan's changes that need no person: of policies enforced in their present revision, within the brakes."""
    braked = {breach.scope.split(" ")[0] for breach in plan.breaches}
    with installation.store.read() as tx:
        enforced = {
            policy.origin
            for policy in installation.configuration.policies
            if mode_of(tx, policy) == "enforce" and policy.origin not in braked
        }
    return [change for change in plan.changes if change.origin in enforced]
