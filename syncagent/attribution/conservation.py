"""Totals of an attribution, and the proof that not one smallest unit was lost or invented."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from syncagent.attribution.models import Model
from syncagent.domain.journeys import Credit, Deal, Journey, Unattributed


@dataclass(frozen=True, slots=True)
class Total:
    """Credited and unattributed revenue of one model in one currency, in minor units; they sum to ``revenue_minor``."""

    model: str
    currency: str
    credited_minor: int
    unattributed_minor: int
    revenue_minor: int


@dataclass(frozen=True, slots=True)
class Check:
    """Whether one model, in one currency, gave away exactly the revenue of each of its opportunities.

    ``broken`` names the opportunities whose credits and unattributed rest differ from their amount, or whose weights
    are outside 0..1 or do not sum to one.
    """

    model: str
    currency: str
    opportunities: int
    broken: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Tell whether every opportunity came out exact."""
        return not self.broken


def total_up(
    models: Sequence[Model], journeys: Sequence[Journey], rows: Iterable[Credit], rest: Iterable[Unattributed]
) -> tuple[Total, ...]:
    """Sum credited, unattributed and all revenue per model and currency, each from its own rows."""
    revenue: dict[str, int] = defaultdict(int)
    for journey in journeys:
        revenue[journey.deal.amount.currency] += journey.deal.amount.amount_minor
    credited: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        credited[row.model, row.amount.currency] += row.amount.amount_minor
    missing: dict[tuple[str, str], int] = defaultdict(int)
    for gap in rest:
        missing[gap.model, gap.amount.currency] += gap.amount.amount_minor
    return tuple(
        Total(model.name, code, credited[model.name, code], missing[model.name, code], revenue[code])
        for model in models
        for code in sorted(revenue)
    )


def check_conservation(
    models: Sequence[Model], journeys: Sequence[Journey], rows: Iterable[Credit], rest: Iterable[Unattributed]
) -> tuple[Check, ...]:
    """Prove per model, currency and opportunity that credits and rest sum to the amount, and weights to one."""
    given: dict[tuple[str, str], list[Credit]] = defaultdict(list)
    for row in rows:
        given[row.model, row.opportunity].append(row)
    missing: dict[tuple[str, str], list[Unattributed]] = defaultdict(list)
    for gap in rest:
        missing[gap.model, gap.opportunity].append(gap)
    by_currency: dict[str, list[Deal]] = defaultdict(list)
    for journey in journeys:
        by_currency[journey.deal.amount.currency].append(journey.deal)
    return tuple(
        Check(
            model.name,
            code,
            len(deals),
            tuple(
                deal.id
                for deal in deals
                if not _is_exact(deal, given.get((model.name, deal.id), ()), missing.get((model.name, deal.id), ()))
            ),
        )
        for model in models
        for code, deals in sorted(by_currency.items())
    )


def _is_exact(deal: Deal, rows: Sequence[Credit], rest: Sequence[Unattributed]) -> bool:
    amounts = [row.amount for row in rows] + [gap.amount for gap in rest]
    if any(amount.currency != deal.amount.currency for amount in amounts):
        return False
    if sum(amount.amount_minor for amount in amounts) != deal.amount.amount_minor:
        return False
    return len(rest) == 1 if not rows else not rest and _sum_to_one([row.weight for row in rows])


def _sum_to_one(weights: Sequence[Fraction]) -> bool:
    """Add over one common denominator, which is several times faster than adding fractions."""
    common = lcm(*(weight.denominator for weight in weights))
    parts = [weight.numerator * (common // weight.denominator) for weight in weights]
    return min(parts) >= 0 and sum(parts) == common
