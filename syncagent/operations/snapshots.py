"""Freeze attribution before a plan closes deals: no deal is closed whose credits could not be written down first.

Salesforce relates no campaign to a deal after its close, so what was not snapshotted before is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from syncagent import attribution as core
from syncagent.domain.changes import Change, Outcome
from syncagent.domain.plans import Plan
from syncagent.operations.attribution import crm_rows
from syncagent.operations.installation import Installation
from syncagent.operations.pull import STAGED
from syncagent.operations.runs import Outcomes, settle_rows
from syncagent.operations.surroundings import STAGES
from syncagent.operations.work import Row
from syncagent.store import Fence, Json, ReadTx, journal, ledger, mirror, snapshots
from syncagent.store.snapshots import Snapshot

REFUSED = "no attribution snapshot"
"""How the message of a refused row begins."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """Snapshots of some deals, and why there is none of the others."""

    snapshots: tuple[Snapshot, ...]
    refused: Mapping[str, str]


def secure_snapshots(installation: Installation, fence: Fence, plan: Plan, run: str, allowed: Sequence[Change]) -> None:
    """Snapshot every deal the allowed changes close; settle as stale what must not be written for want of one.

    Call it before the run's first write. A resumed run keeps the snapshots it has; rows already begun are left alone.
    """
    with installation.store.read() as tx:
        begun = {entry.change.id for entry in journal.entries(tx, run)}
        waiting = [change for change in allowed if change.id not in begun]
        closing = _closing(installation, tx, waiting)
        missing = {change.ref.id for change in closing} - snapshots.taken_for(tx, run)
        if not missing:
            return
        rows = crm_rows(tx, installation.settings.currency)
    taken = _take(installation, rows, missing, plan.digest, run)
    refused = _fallen(plan, waiting, [change for change in closing if change.ref.id in taken.refused])
    _save(installation, fence, plan, run, taken, {change: taken.refused[deal] for change, deal in refused.items()})


def _closing(installation: Installation, tx: ReadTx, changes: Sequence[Change]) -> list[Change]:
    """Find the changes that move a deal to a closed stage, whoever asks for it."""
    moves = [item for item in changes if STAGED.get((item.ref.system, item.ref.object)) == item.field and item.field]
    moves = [item for item in moves if item.ref.system == "salesforce"]
    if not moves:
        return []
    closed = {str(stage.get("stage")) for stage in mirror.records(tx, "salesforce", STAGES) if stage.get("is_closed")}
    closed |= {policy.action.close.stage for policy in installation.configuration.policies if policy.action.close}
    return [change for change in moves if change.after in closed]


def _take(installation: Installation, rows: core.CrmRows, wanted: set[str], plan: str, run: str) -> _Taken:
    now, policy = installation.clock(), core.Policy(zone=installation.settings.timezone)
    chosen = replace(rows, opportunities=tuple(row for row in rows.opportunities if row.id in wanted))
    journeys = core.build_journeys(chosen, policy, now, "open").journeys
    attribution = core.credit(journeys, core.find_models(()))
    broken = {deal for check in attribution.checks for deal in check.broken}
    models = tuple(model.name for model in attribution.models)
    taken = tuple(
        Snapshot(deal, run, plan, now, now, models, content)
        for deal, content in _contents(attribution, now).items()
        if deal not in broken
    )
    refused = dict.fromkeys(wanted - {one.opportunity for one in taken}, "the mirror knows no such open deal")
    refused |= dict.fromkeys(broken & wanted, "its credits do not add up to its amount")
    return _Taken(taken, refused)


def _contents(attribution: core.Attribution, as_of: datetime) -> dict[str, dict[str, Json]]:
    """Cut the attribution document into one part per deal."""
    document = core.to_document(attribution, as_of)
    parts: defaultdict[str, dict[str, list[Json]]] = defaultdict(lambda: {"credits": [], "unattributed": []})
    for credit in document["credits"]:
        parts[credit["opportunity"]]["credits"].append(cast("Json", credit))
    for gap in document["unattributed"]:
        parts[gap["opportunity"]]["unattributed"].append(cast("Json", gap))
    return {
        journey.deal.id: {
            "amount_minor": journey.deal.amount.amount_minor,
            "currency": journey.deal.amount.currency,
            "grade": journey.grade,
            **parts[journey.deal.id],
        }
        for journey in attribution.journeys
    }


def _fallen(plan: Plan, waiting: Sequence[Change], closing: Iterable[Change]) -> dict[str, str]:
    """Name the changes that fall with a refused close, each with its deal: everything the same finding proposes."""
    ids = {change.id for change in waiting}
    fallen: dict[str, str] = {}
    for change in closing:
        together = {change.id, *(item.id for item in waiting if (item.ref, item.origin) == (change.ref, change.origin))}
        for finding in plan.findings:
            if change.id in finding.proposed:
                together.update(finding.proposed)
        fallen |= dict.fromkeys(sorted(together & ids), change.ref.id)
    return fallen


def _save(
    installation: Installation, fence: Fence, plan: Plan, run: str, taken: _Taken, refused: Mapping[str, str]
) -> None:
    now, actor = installation.clock(), installation.actor
    stale: Outcomes = [
        (Row(seq, change), Outcome.STALE, _explain(refused[change.id]), None)
        for seq, change in enumerate(plan.changes)
        if change.id in refused
    ]
    with installation.store.write(fence) as tx:
        snapshots.add_snapshots(tx, taken.snapshots)
        if taken.snapshots:
            seals: dict[str, Json] = {one.opportunity: one.digest for one in taken.snapshots}
            ledger.append(tx, now, actor, "snapshot", {"run": run, "plan": plan.digest, "deals": seals})
        settle_rows(tx, run, stale, now, actor)


def _explain(reason: str) -> str:
    return f"{REFUSED}: {reason}, so it was not closed; run `syncagent pull`, then make a new plan"
