"""Campaign results at three levels: people, meetings, deals, money and cost on one line per campaign, none dropped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal, TypeAlias

from syncagent.attribution.allocate import Attribution
from syncagent.attribution.lines import CostClass, Kind, Level, Line
from syncagent.attribution.results import label_campaigns
from syncagent.attribution.rows import CampaignRow
from syncagent.domain.money import Money
from syncagent.errors import UsageError

NO_CAMPAIGN = "(no campaign)"
"""The line of people, meetings, deals and revenue that no campaign brought."""
STRAY_COST = "(cost without campaign)"
"""The line of cost nobody assigned to a campaign."""
NO_CATEGORY = "(no category)"
_SPECIAL = frozenset({NO_CAMPAIGN, STRAY_COST})
EarningMeasure: TypeAlias = Literal["pipeline", "revenue"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A record to count: its campaigns in order of touch, the first being its source; ``day`` is when it happened.

    ``cohort_day`` is the day its person became a lead, for tables by cohort; ``people`` are the persons behind it.
    """

    record: str
    kind: Kind
    day: date
    campaigns: tuple[str, ...] = ()
    cohort_day: date | None = None
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Earning:
    """Money credited to a campaign for a deal ("" where none earned it).

    Pipeline is every deal opened, whatever became of it; a won deal has earnings of both measures.
    """

    deal: str
    measure: EarningMeasure
    day: date
    campaign: str
    amount: Money
    cohort_day: date | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """Money spent on a day, by class; ``campaign`` is "" where nobody assigned it."""

    campaign: str
    day: date
    cost_class: CostClass
    amount: Money


@dataclass(frozen=True, slots=True)
class PlannedFigure:
    """A planned value for a campaign: of a kind of record, "pipeline", "revenue" or "cost" (money in minor units)."""

    campaign: str
    day: date
    measure: str
    value: int


@dataclass(frozen=True, slots=True)
class ResultRows:
    """Everything the table is made of; all money is in one currency."""

    facts: tuple[Fact, ...] = ()
    earnings: tuple[Earning, ...] = ()
    costs: tuple[Cost, ...] = ()
    plans: tuple[PlannedFigure, ...] = ()
    campaigns: tuple[CampaignRow, ...] = ()
    margin: Fraction | None = None
    sales_cost_minor: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both included; by cohort, what became of the leads of these days."""

    first: date
    last: date
    cohort: bool = False

    def holds(self, day: date, cohort_day: date | None = None) -> bool:
        """Tell whether something belongs to the period; without a known lead it belongs to no cohort."""
        asked = cohort_day if self.cohort else day
        return asked is not None and self.first <= asked <= self.last


@dataclass(frozen=True, slots=True)
class Linkage:
    """Which won deals can be traced: to a campaign, to a person, and to a campaign whose cost is known."""

    won: tuple[str, ...]
    with_campaign: tuple[str, ...]
    with_person: tuple[str, ...]
    with_cost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CampaignResults:
    """The table, from everything down to campaigns, with its linkage check.

    ``without_cost`` names its campaigns that have no cost at any time; a cost outside the period is not lacking.
    """

    lines: tuple[Line, ...]
    linkage: Linkage
    without_cost: tuple[str, ...]


@dataclass(slots=True)
class _Sheet:
    """What falls on one line while rows are sorted onto it."""

    sourced: dict[Kind, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    influenced: dict[Kind, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    money: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    costs: dict[CostClass, int] = field(default_factory=lambda: defaultdict(int))
    plans: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def tabulate_results(rows: ResultRows, period: Period) -> CampaignResults:
    """Put everything of the period on its lines: one for all, one per category, one per campaign with anything on it.

    Costs and plans belong to the period by their own day, in a table by cohort too.

    Raises:
        UsageError: money in several currencies; convert it first, at each deal's booked rate.
    """
    _refuse_mixed_money(rows)
    facts = [fact for fact in rows.facts if period.holds(fact.day, fact.cohort_day)]
    earnings = [row for row in rows.earnings if period.holds(row.day, row.cohort_day)]
    costs = [row for row in rows.costs if period.first <= row.day <= period.last]
    plans = [row for row in rows.plans if period.first <= row.day <= period.last]
    kept = ResultRows(tuple(facts), tuple(earnings), tuple(costs), tuple(plans), rows.campaigns)
    category_of = {row.id: row.category or NO_CATEGORY for row in rows.campaigns}
    by_campaign = _sort_onto(kept, lambda campaign: campaign)
    by_category = _sort_onto(
        kept, lambda campaign: campaign if campaign in _SPECIAL else category_of.get(campaign, NO_CATEGORY)
    )
    everything = _sort_onto(kept, lambda _: "").get("", _Sheet())
    labels = label_campaigns(rows.campaigns, by_campaign.keys() - _SPECIAL)
    lines = [_line("all", "", "", everything, rows, rows.sales_cost_minor)]
    lines += [_line("category", key, key, sheet, rows) for key, sheet in sorted(by_category.items(), key=_order)]
    lines += [
        _line("campaign", key, labels.get(key, key), sheet, rows)
        for key, sheet in sorted(by_campaign.items(), key=_order)
    ]
    costed = {row.campaign for row in rows.costs}
    without = tuple(sorted(by_campaign.keys() - _SPECIAL - costed))
    return CampaignResults(tuple(lines), _check_linkage(facts, costed), without)


def _refuse_mixed_money(rows: ResultRows) -> None:
    codes = {row.amount.currency for row in rows.earnings} | {row.amount.currency for row in rows.costs}
    if len(codes) > 1:
        raise UsageError(
            f"Campaign results need one currency, these rows have {', '.join(sorted(codes))}; nothing was added up. "
            "Convert each deal at its booked rate first."
        )


def _sort_onto(rows: ResultRows, key_of: Callable[[str], str]) -> dict[str, _Sheet]:
    sheets: dict[str, _Sheet] = defaultdict(_Sheet)
    for fact in rows.facts:
        for place, campaign in enumerate(fact.campaigns or (NO_CAMPAIGN,)):
            sheet = sheets[key_of(campaign)]
            sheet.influenced[fact.kind][fact.record] = None
            if place == 0:
                sheet.sourced[fact.kind][fact.record] = None
    for row in rows.earnings:
        sheets[key_of(row.campaign or NO_CAMPAIGN)].money[row.measure] += row.amount.amount_minor
    for cost in rows.costs:
        sheets[key_of(cost.campaign or STRAY_COST)].costs[cost.cost_class] += cost.amount.amount_minor
    for plan in rows.plans:
        sheets[key_of(plan.campaign or NO_CAMPAIGN)].plans[plan.measure] += plan.value
    return sheets


def _order(entry: tuple[str, _Sheet]) -> tuple[bool, int, str]:
    """Largest revenue first, what belongs to no campaign last."""
    key, sheet = entry
    return key in _SPECIAL, -sheet.money["revenue"], key


def _line(level: Level, key: str, label: str, sheet: _Sheet, rows: ResultRows, sales_cost_minor: int = 0) -> Line:
    return Line(
        level,
        key,
        label,
        sourced={kind: tuple(sorted(records)) for kind, records in sheet.sourced.items()},
        influenced={kind: tuple(sorted(records)) for kind, records in sheet.influenced.items()},
        pipeline_minor=sheet.money["pipeline"],
        revenue_minor=sheet.money["revenue"],
        costs=dict(sheet.costs),
        plans=dict(sheet.plans),
        margin=rows.margin,
        sales_cost_minor=sales_cost_minor,
    )


def _check_linkage(facts: Iterable[Fact], costed: set[str]) -> Linkage:
    won = sorted((fact for fact in facts if fact.kind == "won"), key=lambda fact: fact.record)

    def name(chosen: Callable[[Fact], bool]) -> tuple[str, ...]:
        return tuple(fact.record for fact in won if chosen(fact))

    return Linkage(
        name(lambda _: True),
        name(lambda fact: bool(fact.campaigns)),
        name(lambda fact: bool(fact.people)),
        name(lambda fact: not costed.isdisjoint(fact.campaigns)),
    )


def read_earnings(
    attribution: Attribution,
    model: str,
    measure: EarningMeasure,
    day_of_deal: Callable[[str], date],
    cohort_day_of: Callable[[str], date | None] = lambda _: None,
) -> list[Earning]:
    """Turn one model's credits into earnings, the unattributed rest included; zero shares are left out.

    ``day_of_deal`` gives a deal's day (opened for pipeline, won for revenue) and ``cohort_day_of`` the day a person
    became a lead; the unattributed rest belongs to no person and thus to no cohort.
    """
    earned = [
        Earning(
            row.opportunity,
            measure,
            day_of_deal(row.opportunity),
            row.touch.campaign,
            row.amount,
            cohort_day_of(row.touch.person),
        )
        for row in attribution.credits
        if row.model == model and row.amount.amount_minor
    ]
    return earned + [
        Earning(gap.opportunity, measure, day_of_deal(gap.opportunity), "", gap.amount)
        for gap in attribution.unattributed
        if gap.model == model
    ]
