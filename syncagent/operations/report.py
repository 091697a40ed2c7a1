"""The weekly pack: read the metrics, the open findings, campaign credit and linkage, and put them on one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from syncagent import attribution as core
from syncagent.domain.findings import FindingState
from syncagent.domain.money import Money
from syncagent.domain.time import day_number, day_of, start_of_day
from syncagent.hygiene import VIEWS
from syncagent.kpi import (
    Measure,
    Metric,
    Pack,
    Week,
    build_pack,
    load_metrics,
    measure_statement,
    parse_week,
    week_before,
    week_of,
)
from syncagent.kpi.weekly import CampaignLine, HygieneLine, LinkageLine, Values
from syncagent.operations.attribution import attribute
from syncagent.operations.configuration import files_of
from syncagent.operations.installation import Installation
from syncagent.operations.policies import refresh_views
from syncagent.store import analytics, findings, links, mirror

CAMPAIGNS_SHOWN = 8
MODEL_SHOWN = "linear"


def weekly_pack(installation: Installation, week_name: str | None) -> Pack:
    """Make the pack of a week, by default the last full one.

    Raises:
        UsageError: not a week.
        ConfigurationError: a KPI file is wrong.
    """
    zone, now = installation.settings.timezone, installation.clock()
    week = parse_week(week_name) if week_name else week_before(week_of(now, zone))
    metrics = read_definitions(installation.configuration.folder)
    refresh_views(installation)
    return build_pack(
        org=installation.settings.org,
        week=week,
        zone=installation.settings.zone,
        currency=installation.settings.currency,
        made_at=now,
        metrics=metrics,
        now=_measure(installation, metrics, week),
        before=_measure(installation, [item for item in metrics if _of_a_week(item)], week_before(week)),
        hygiene=_hygiene(installation),
        campaigns=_campaigns(installation, week),
        linkage=_linkage(installation),
        conflicts=_conflicts(installation),
    )


def read_definitions(config: Path) -> tuple[Metric, ...]:
    """Read all KPI files in force, in file order."""
    views = {name: view.types() for name, view in VIEWS.items()}
    return tuple(
        metric
        for path in files_of(config, "policies/kpi")
        for metric in load_metrics(path.read_bytes(), str(path), views)
    )


def _of_a_week(metric: Metric) -> bool:
    """Tell a flow from a stock: only a flow can be read for a week that is over."""
    return isinstance(metric.formula, Measure) and metric.formula.in_week is not None


def _measure(installation: Installation, metrics: Sequence[Metric], week: Week) -> Values:
    settings = installation.settings
    today = day_number(day_of(installation.clock(), settings.timezone))
    values: dict[str, tuple[int | None, int, int]] = {}
    for metric in metrics:
        if isinstance(metric.formula, Measure):
            statement = measure_statement(metric.formula, week, today=today, currency=settings.currency)
            (row,) = analytics.query(installation.store, statement.sql, statement.values)
            value = row["value"]
            values[metric.id] = (None if value is None else int(value), _count(row["rows"]), _count(row["left_out"]))
    return values


def _count(cell: analytics.Cell) -> int:
    return int(cell or 0)


def _hygiene(installation: Installation) -> list[HygieneLine]:
    """Count each policy's open findings by state, with the money of the deals concerned."""
    with installation.store.read() as tx:
        found = findings.open_findings(tx)
        amounts = {
            record.ref: Money.parse(str(record.get("Amount")), installation.settings.currency)
            for record in mirror.records(tx, "salesforce", "Opportunity", {item.ref.id for item in found})
            if record.get("Amount") is not None
        }
    lines = []
    counts = Counter((item.policy, item.state) for item in found)
    for (policy, state), count in sorted(counts.items()):
        refs = {item.ref for item in found if (item.policy, item.state) == (policy, state)}
        total = sum(amounts[ref].amount_minor for ref in refs if ref in amounts)
        money = Money(total, installation.settings.currency)
        lines.append(HygieneLine(policy, FindingState(state), count, money))
    return lines


def _campaigns(installation: Installation, week: Week) -> list[CampaignLine]:
    """List what campaigns earned from deals won up to the end of the week, largest first."""
    end = min(start_of_day(week.last + timedelta(days=1), installation.settings.timezone), installation.clock())
    credited = attribute(installation, [MODEL_SHOWN], end)
    rows = core.summarise(credited.attribution, "campaign", credited.labels)
    shown = [row for row in rows if row.key != core.UNATTRIBUTED][:CAMPAIGNS_SHOWN]
    shown += [row for row in rows if row.key == core.UNATTRIBUTED]
    return [CampaignLine(row.label or row.key, Money(row.credit_minor, row.currency), row.deals) for row in shown]


def _linkage(installation: Installation) -> list[LinkageLine]:
    """Tell the share of won deals that name a campaign and a person, and the share of people linked."""
    with installation.store.read() as tx:
        won = [r for r in mirror.records(tx, "salesforce", "Opportunity") if r.get("IsWon") is True]
        with_role = {str(r.get("OpportunityId")) for r in mirror.records(tx, "salesforce", "OpportunityContactRole")}
        linked = sum(len(links.links(tx, mapping.name)) for mapping in installation.configuration.mappings)
        people = mirror.count(tx, "hubspot", "contacts")
    rows = [
        ("campaign", sum(1 for r in won if r.get("CampaignId")), len(won)),
        ("person", sum(1 for r in won if r.ref.id in with_role), len(won)),
        ("linked", linked, people),
    ]
    return [LinkageLine(name, part, whole) for name, part, whole in rows]


def _conflicts(installation: Installation) -> int:
    with installation.store.read() as tx:
        return len(links.open_conflicts(tx))
