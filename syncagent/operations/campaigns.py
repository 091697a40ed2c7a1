"""Campaign results from the mirror: people, meetings, deals, money and cost of each campaign on one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from syncagent import attribution as core
from syncagent.domain.money import Money
from syncagent.domain.records import Record, State, canonical_id
from syncagent.domain.time import day_of, parse_instant
from syncagent.errors import UsageError
from syncagent.operations.attribution import crm_rows
from syncagent.operations.installation import Installation
from syncagent.store import ReadTx, mirror

MODEL = "u_shaped"
"""The model behind the money when nobody names one."""

PERIOD_DAYS = 365

UNTOUCHED = "Open - Not Contacted"
"""The status of a lead nobody follows yet (Salesforce's own first status)."""

NOTHING_CONNECTED = core.CampaignInputs()


@dataclass(frozen=True, slots=True)
class _Spending:
    """What campaigns cost and were to cost, as they hold it; ``left_out`` counts figures in other currencies."""

    costs: tuple[core.Cost, ...]
    budgets: tuple[core.PlannedFigure, ...]
    left_out: Mapping[str, int]


def campaign_results(
    installation: Installation,
    as_of: datetime,
    *,
    model: str | None = None,
    since: date | None = None,
    cohort: bool = False,
    inputs: core.CampaignInputs = NOTHING_CONNECTED,
) -> core.CampaignReport:
    """Make the table of a period that ends with ``as_of``, by default the 365 days up to it.

    Raises:
        UsageError: there is no such model, or the period begins after its end.
    """
    settings = installation.settings
    policy, chosen = core.Policy(zone=settings.timezone), core.find_model(model or MODEL)
    last = day_of(as_of, settings.timezone)
    if since is not None and since > last:
        raise UsageError(f"--since {since} is after the end of the period, {last}; name an earlier day")
    period = core.Period(since or last - timedelta(days=PERIOD_DAYS - 1), last, cohort)
    with installation.store.read() as tx:
        rows = _counted_rows(tx, settings.currency, inputs)
        spending = _spending(tx, settings.currency, policy)
        names = {
            record.ref.id: str(record.get("Name") or "") for record in mirror.records(tx, "salesforce", "Opportunity")
        }
    gathered = core.gather_facts(rows, policy, as_of)
    earnings, foreign = _earnings(gathered, chosen, settings.currency)
    clicks = tuple(core.Fact(click, "click", day, (campaign,)) for click, campaign, day in inputs.clicks or ())
    table = core.ResultRows(
        facts=(*gathered.facts, *clicks),
        earnings=earnings,
        costs=spending.costs if inputs.costs is None else inputs.costs,
        plans=(*spending.budgets, *(inputs.plans or ())),
        campaigns=rows.crm.campaigns,
        margin=inputs.margin,
        sales_cost_minor=inputs.sales_cost_minor or 0,
    )
    return core.CampaignReport(
        org=settings.org,
        results=core.tabulate_results(table, period),
        period=period,
        as_of=as_of,
        zone=settings.zone,
        currency=settings.currency,
        model=chosen.name,
        rule=chosen.rule,
        lookback_days=policy.lookback_days,
        missing=inputs.missing(),
        left_out=Counter(foreign) + Counter(spending.left_out),
        names=names,
    )


def _names(tx: ReadTx) -> dict[str, str]:
    """Call deals and accounts by name."""
    return {
        record.ref.id: str(record.get("Name") or "")
        for object_name in ("Opportunity", "Account")
        for record in mirror.records(tx, "salesforce", object_name)
    }


def _counted_rows(tx: ReadTx, currency: str, inputs: core.CampaignInputs) -> core.CountedRows:
    crm = crm_rows(tx, currency)
    categories = tuple(replace(row, category=row.channel) for row in crm.campaigns)
    return core.CountedRows(
        crm=replace(crm, campaigns=categories),
        meetings=tuple(_meetings(tx)),
        followed=frozenset(_followed(tx)),
        targets=inputs.targets,
        primary={
            record.ref.id: canonical_id("salesforce", str(record.get("CampaignId")))
            for record in mirror.records(tx, "salesforce", "Opportunity")
            if record.get("CampaignId")
        },
    )


def _meetings(tx: ReadTx) -> Iterator[core.MeetingRow]:
    for record in mirror.records(tx, "salesforce", "Event"):
        start = record.get("StartDateTime")
        if start:
            what, who = _reference(record, "WhatId", "006"), _reference(record, "WhoId", "003", "00Q")
            yield core.MeetingRow(record.ref.id, parse_instant(str(start)), what, who)


def _reference(record: Record, name: str, *prefixes: str) -> str | None:
    """Read a reference that may lead to several objects; the first three characters tell which."""
    value = str(record.get(name) or "")
    return canonical_id("salesforce", value) if value.startswith(prefixes) else None


def _followed(tx: ReadTx) -> Iterator[str]:
    for record in mirror.records(tx, "salesforce", "Lead", states=(State.LIVE, State.CONVERTED)):
        if record.get("IsConverted") is True or record.get("Status") not in {None, UNTOUCHED}:
            yield record.ref.id
    for record in mirror.records(tx, "salesforce", "Contact"):
        yield record.ref.id


def _spending(tx: ReadTx, currency: str, policy: core.Policy) -> _Spending:
    costs: list[core.Cost] = []
    budgets: list[core.PlannedFigure] = []
    left_out: Counter[str] = Counter()
    for record in mirror.records(tx, "salesforce", "Campaign"):
        code = str(record.get("CurrencyIsoCode") or currency)
        start = record.get("StartDate")
        day = date.fromisoformat(str(start)[:10]) if start else day_of(record.modified, policy.zone)
        cost, budget = record.get("ActualCost"), record.get("BudgetedCost")
        if code != currency:
            left_out[code] += 1
            continue
        if cost is not None:
            costs.append(core.Cost(record.ref.id, day, "promotion", Money.parse(str(cost), code)))
        if budget is not None:
            planned = Money.parse(str(budget), code).amount_minor
            budgets.append(core.PlannedFigure(record.ref.id, day, "cost", planned))
    return _Spending(tuple(costs), tuple(budgets), left_out)


def _earnings(
    gathered: core.Gathered, model: core.Model, currency: str
) -> tuple[tuple[core.Earning, ...], Mapping[str, int]]:
    """Credit the pipeline of every deal opened, whatever became of it, and the revenue of those won."""
    deals = {fact.record: fact.day for fact in gathered.facts if fact.kind == "deal"}
    won = {fact.record: fact.day for fact in gathered.facts if fact.kind == "won"}
    everything = [journey for built in gathered.journeys.values() for journey in built.journeys]
    ours = [journey for journey in everything if journey.deal.amount.currency == currency]
    foreign = Counter(journey.deal.amount.currency for journey in everything) - Counter({currency: len(ours)})
    credited = core.credit(ours, [model])
    revenue = core.credit([journey for journey in ours if journey.deal.id in won], [model])
    cohort = gathered.lead_days.get
    return (
        (
            *core.read_earnings(credited, model.name, "pipeline", deals.__getitem__, cohort),
            *core.read_earnings(revenue, model.name, "revenue", won.__getitem__, cohort),
        ),
        foreign,
    )
