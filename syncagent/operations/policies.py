"""The policies part of a plan: refresh the analytic views, judge every policy, keep what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from syncagent.domain.changes import Change
from syncagent.domain.findings import Announcement, Breach, Finding, Hold, WarningGiven
from syncagent.domain.records import RecordRef, Scalar
from syncagent.domain.time import day_of
from syncagent.hygiene import (
    Context,
    Evaluation,
    Judgement,
    Policy,
    combine,
    judge_rows,
    policy_query,
)
from syncagent.hygiene.derived import OWN_ACTIVITY_OBJECTS
from syncagent.operations.enforce import mode_of
from syncagent.operations.installation import Installation
from syncagent.operations.views import refresh_views
from syncagent.planning import Brakes, measure_breaches
from syncagent.store import Fence, ReadTx, analytics, enforcement, findings, holds, journal, mirror, runs

RUNS_REMEMBERED = 400
"""Plan runs looked at to tell an outage; one a day makes more than a year."""


@dataclass(slots=True)
class PoliciesPart:
    """What the policies found and propose; policies in audit propose nothing, their findings tell what they would."""

    findings: list[Finding] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)


def policies_part(installation: Installation, fence: Fence) -> PoliciesPart:
    """Judge all policies together, so that several which meet on one record make one action."""
    refresh_views(installation)
    past = _past(installation)
    judgements = [_judge(installation, policy, past) for policy in installation.configuration.policies]
    evaluation = combine(judgements)
    _remember(installation, fence, judgements, evaluation)
    breaches = [
        breach
        for judgement in judgements
        if judgement.context.mode != "audit"
        for breach in _breaches(judgement.policy, evaluation)
    ]
    return PoliciesPart(
        list(evaluation.findings),
        list(evaluation.changes),
        breaches,
        [item for item in evaluation.announcements if item.changes],
    )


@dataclass(frozen=True, slots=True)
class _Past:
    """What the product did before, whichever policy asked for it."""

    closed: Mapping[RecordRef, date]
    activities: frozenset[str]


def _past(installation: Installation) -> _Past:
    """Read from the journal which records the policies closed, and which tasks and events the product wrote."""
    zone = installation.settings.timezone
    closed: dict[RecordRef, date] = {}
    written: set[str] = set()
    with installation.store.read() as tx:
        for policy in installation.configuration.policies:
            for entry in journal.applied(tx, policy.origin):
                change, close = entry.change, policy.action.close
                day = day_of(entry.settled_at or entry.intent_at, zone)
                if close is not None and (change.field, change.after) == (policy.view.source("stage"), close.stage):
                    closed[change.ref] = max(day, closed.get(change.ref, day))
                if entry.record is not None and (change.ref.system, change.ref.object) in OWN_ACTIVITY_OBJECTS:
                    written.add(entry.record.id)
    return _Past(closed, frozenset(written))


def _writers(installation: Installation) -> set[str]:
    """Find the users the product logs in as, where the settings name one: what they enter is the product's."""
    name = installation.settings.salesforce_username
    if not name:
        return set()
    found = analytics.query(installation.store, 'SELECT "id" FROM "users" WHERE LOWER("username") = LOWER(?)', [name])
    return {str(row["id"]) for row in found}


def _judge(installation: Installation, policy: Policy, past: _Past) -> Judgement:
    with installation.store.read() as tx:
        context = _context(installation, tx, policy, past)
    query = policy_query(policy, context.today, past.activities | _writers(installation))
    rows: list[dict[str, Scalar]] = [
        {name: value for name, value in row.items() if isinstance(value, Scalar)}
        for row in analytics.query(installation.store, query.sql, query.parameters)
    ]
    return judge_rows(policy, rows, context)


def _context(installation: Installation, tx: ReadTx, policy: Policy, past: _Past) -> Context:
    now, zone = installation.clock(), installation.settings.timezone
    today = day_of(now, zone)
    given: list[Hold] = [*holds.holds(tx, today), *holds.expired(tx, today)]
    standing = enforcement.enforced(tx, policy.name)
    begun = [run.started_at for run in runs.latest_runs(tx, RUNS_REMEMBERED) if run.kind == "plan"]
    return Context(
        now=now,
        zone=zone,
        mode=mode_of(tx, policy),
        currency=installation.settings.currency,
        language=installation.lang,
        enforced_since=standing.at if standing else None,
        holds=tuple(hold for hold in given if hold.policy == policy.name),
        warnings=findings.warnings(tx, policy.name),
        closed=past.closed,
        own_reasons=own_reasons(installation.configuration.policies),
        run_days=tuple(sorted({day_of(at, zone) for at in begun})),
        history_since=_history_since(tx, policy, zone),
    )


def own_reasons(policies: Sequence[Policy]) -> frozenset[str]:
    """List the loss reasons only the product writes: an open deal that carries one was reopened by a person."""
    return frozenset(policy.action.close.reason for policy in policies if policy.action.close is not None)


def _history_since(tx: ReadTx, policy: Policy, zone: ZoneInfo) -> date | None:
    first = mirror.first_stage_at(tx, policy.view.system, policy.view.object)
    return None if first is None else day_of(first, zone)


def _remember(
    installation: Installation, fence: Fence, judgements: Sequence[Judgement], evaluation: Evaluation
) -> None:
    """Keep findings with when they were first seen; a warning the record shows already counts as given."""
    now = installation.clock()
    with installation.store.write(fence) as tx:
        for judgement in judgements:
            name = judgement.policy.name
            mine = [finding for finding in evaluation.findings if finding.policy == name]
            findings.replace_findings(tx, name, mine, now)
        for item in evaluation.announcements:
            if not item.changes:
                findings.record_warning(tx, WarningGiven(item.policy, item.ref, now, item.due))


def _breaches(policy: Policy, evaluation: Evaluation) -> list[Breach]:
    """Measure what a policy closes against its brakes; flags warn and harm nobody."""
    limits = policy.brakes
    money = limits.money_max
    brakes = Brakes(
        changes_max=limits.changes_max,
        share_max_percent=limits.share_max_percent,
        money_max_minor=money.amount_minor if money else None,
        money_currency=money.currency if money else None,
        per_owner_max=limits.per_owner_max,
    )
    ours = [item for item in evaluation.changes if item.origin == policy.origin and item.id in evaluation.closing]
    population = {(policy.view.system, policy.view.object): evaluation.population.get(policy.name, 0)}
    return measure_breaches(brakes, ours, population, scope=policy.origin)
