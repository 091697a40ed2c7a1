"""Make a plan: settle what is open, sync, judge the policies, brake, forecast, hash and save. Writes to no CRM."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

from syncagent.domain.changes import Change
from syncagent.domain.findings import Breach
from syncagent.domain.plans import Part, Plan
from syncagent.domain.records import SYSTEMS
from syncagent.errors import StalePlan, UsageError
from syncagent.operations.credit_part import CreditPart, credit_part
from syncagent.operations.forecast import forecast_calls
from syncagent.operations.installation import Installation
from syncagent.operations.leases import held_lease
from syncagent.operations.policies import PoliciesPart, policies_part
from syncagent.operations.selection import select, watched
from syncagent.operations.settle import settle_unsettled
from syncagent.operations.sync import SyncPart, match_records, sync_part
from syncagent.operations.work import FLAG_FIELDS
from syncagent.planning import Brakes, Draft, build_plan, measure_breaches, plan_to_json
from syncagent.store import Fence, Json, ledger, mirror, plans, runs

PARTS: frozenset[Part] = frozenset(get_args(Part))

SYNCED = "synced"
"""In the summary of a plan's run: the configuration every record was merged by."""

RUNS_LOOKED_AT = 400
"""Runs searched for the last sync; finding none costs one full pass, which is always right."""


def parse_parts(text: str | None) -> frozenset[Part]:
    """Read ``--only sync,policies``; None means everything.

    Raises:
        UsageError: naming the legal parts.
    """
    if text is None:
        return PARTS
    words = [word.strip() for word in text.split(",") if word.strip()]
    wrong = [word for word in words if word not in PARTS]
    if wrong or not words:
        raise UsageError(f"--only {text}: legal parts are {', '.join(sorted(PARTS))}")
    return frozenset(part for part in PARTS if part in words)


def make_plan(installation: Installation, parts: frozenset[Part] = PARTS) -> Plan:
    """Work out what would change, from the mirror alone, and save it.

    Raises:
        StalePlan: an earlier run is unfinished and has to be resumed first.
        Busy: another run holds the org.
    """
    with held_lease(installation, "plan") as fence:
        _refuse_unfinished(installation, fence)
        if "sync" in parts:
            _apply_new_rules_to_all(installation, fence)
        match_records(installation, fence)
        judged = policies_part(installation, fence) if "policies" in parts else PoliciesPart()
        synced = sync_part(installation, fence, judged.changes) if "sync" in parts else SyncPart()
        credited = credit_part(installation) if "attribution" in parts else CreditPart()
        changes = _one_writer(synced.changes, judged.changes)
        written = _one_writer(credited.changes, changes)
        draft = Draft(
            org=installation.settings.org,
            changes=written,
            findings=judged.findings,
            conflicts=synced.conflicts,
            breaches=[*_breaches(installation, changes), *judged.breaches, *credited.breaches],
            announcements=judged.announcements,
            forecast=forecast_calls(written),
            configuration=installation.configuration.digest,
            generation=_generation(installation),
        )
        now = installation.clock()
        plan = build_plan(draft, now=now, valid=timedelta(hours=installation.settings.plan_valid_hours))
        _save(installation, fence, plan, parts)
    return plan


def _apply_new_rules_to_all(installation: Installation, fence: Fence) -> None:
    """Look at every record again when the rules changed since the last sync: they hold for what is there already."""
    with installation.store.write(fence) as tx:
        synced = (run.summary[SYNCED] for run in runs.latest_runs(tx, RUNS_LOOKED_AT) if SYNCED in run.summary)
        if next(synced, None) != installation.configuration.digest:
            mirror.mark_all_dirty(tx, sorted(watched(installation.configuration.mappings)))


def _refuse_unfinished(installation: Installation, fence: Fence) -> None:
    with installation.store.read() as tx:
        open_runs = [run for run in runs.unfinished(tx) if run.plan]
    if open_runs:
        settle_unsettled(installation, fence)
        first = open_runs[0]
        again = f"syncagent apply {(first.plan or '')[:12]}" if first.kind == "apply" else "the same syncagent undo"
        raise StalePlan(f"{first.id} was interrupted and is not finished: run `{again}` again, then plan")


def _one_writer(synced: list[Change], judged: list[Change]) -> list[Change]:
    """Let a policy's action go before a mapping's write to the same field; the mapping comes again next time."""
    taken = {(change.ref, change.field) for change in judged if change.operation == "update"}
    return [*judged, *(change for change in synced if (change.ref, change.field) not in taken)]


def _breaches(installation: Installation, changes: list[Change]) -> list[Breach]:
    settings = installation.settings
    brakes = Brakes(
        changes_max=settings.changes_max, creates_max=settings.creates_max, share_max_percent=settings.share_max_percent
    )
    harmful = [change for change in changes if change.field not in FLAG_FIELDS]  # a flag warns and changes nothing else
    with installation.store.read() as tx:
        population = {
            (item.system, item.object): mirror.count(tx, item.system, item.object)
            for item in select(installation.configuration)
        }
    return measure_breaches(brakes, harmful, population, scope="plan")


def _generation(installation: Installation) -> int:
    with installation.store.read() as tx:
        return plans.used_count(tx)


def _save(installation: Installation, fence: Fence, plan: Plan, parts: frozenset[Part]) -> None:
    """Save the plan with a run of its own; one that judged the policies counts as their audit, others do not."""
    with installation.store.write(fence) as tx:
        plans.save_plan(tx, plan_to_json(plan), plan.digest, plan.made_at, plan.expires_at)
        body: dict[str, Json] = {"plan": plan.digest, "changes": len(plan.changes), "findings": len(plan.findings)}
        name = f"plan-{ledger.append(tx, plan.made_at, installation.actor, 'plan', body).seq:04d}"
        kind = "plan" if "policies" in parts else "sync"
        runs.start_run(tx, name, kind=kind, actor=installation.actor, at=plan.made_at)
        summary: dict[str, Json] = {system: plan.forecast.get(system, 0) for system in SYSTEMS}
        summary |= {SYNCED: plan.configuration} if "sync" in parts else {}
        runs.end_run(tx, name, status="ok", at=plan.made_at, summary={"plan": plan.digest, **summary})
