"""The weekly pack as data: every number with its target, gap, last week's value, definition and condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from syncagent.domain.findings import FindingState
from syncagent.domain.money import Money
from syncagent.kpi.metric import Metric, Ratio
from syncagent.kpi.week import Week

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Reading:
    """One metric as read: None is "no value" (an empty denominator), never zero and never infinity.

    ``value`` is a count, minor units of the org's currency, or percent to one decimal; ``records`` counts the rows
    behind it and ``left_out`` those in another currency.
    """

    metric: Metric
    value: Decimal | None
    previous: Decimal | None
    records: int = 0
    left_out: int = 0

    @property
    def gap(self) -> Decimal | None:
        """Give value less target, in the metric's unit (points for percentages)."""
        if self.value is None or self.metric.target is None:
            return None
        return self.value - self.metric.target


@dataclass(frozen=True, slots=True)
class HygieneLine:
    """Open findings of one policy in one state, with the amount of the deals concerned."""

    policy: str
    state: FindingState
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """What one campaign earned, and how many deals that is (a sum of weights)."""

    name: str
    credit: Money
    deals: Decimal


@dataclass(frozen=True, slots=True)
class LinkageLine:
    """How many of a population carry a link; ``name`` is campaign, person or linked."""

    name: str
    part: int
    whole: int

    @property
    def share(self) -> Decimal | None:
        """Give the percentage, None of an empty population."""
        return share(self.part, self.whole)


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything on the page."""

    org: str
    week: Week
    zone: str
    currency: str
    made_at: datetime
    readings: tuple[Reading, ...]
    hygiene: tuple[HygieneLine, ...] = ()
    campaigns: tuple[CampaignLine, ...] = ()
    linkage: tuple[LinkageLine, ...] = ()
    conflicts: int = 0


Values = Mapping[str, tuple[int | None, int, int]]
"""Per measured metric: the value, the rows behind it, the rows left out."""


def read_metrics(metrics: Sequence[Metric], now: Values, before: Values) -> tuple[Reading, ...]:
    """Put measured values and ratios together, in the order of the definitions."""
    return tuple(
        Reading(
            metric,
            _value(metric, now),
            _value(metric, before),
            now[metric.id][1] if metric.id in now else 0,
            now[metric.id][2] if metric.id in now else 0,
        )
        for metric in metrics
    )


def _value(metric: Metric, values: Values) -> Decimal | None:
    """Give the metric's value; what was not measured has none (a stock of an earlier week cannot be measured now)."""
    if isinstance(metric.formula, Ratio):
        of, to = metric.formula.of, metric.formula.to
        return share(_measured(of, values), _measured(to, values)) if of in values and to in values else None
    return Decimal(_measured(metric.id, values)) if metric.id in values else None


def _measured(name: str, values: Values) -> int:
    return values[name][0] or 0


def share(part: int, whole: int) -> Decimal | None:
    """Give a percentage to one decimal, half up; of nothing there is no value."""
    if whole == 0:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(_TENTH, ROUND_HALF_UP)


def build_pack(
    *,
    org: str,
    week: Week,
    zone: str,
    currency: str,
    made_at: datetime,
    metrics: Sequence[Metric],
    now: Values,
    before: Values,
    hygiene: Sequence[HygieneLine] = (),
    campaigns: Sequence[CampaignLine] = (),
    linkage: Sequence[LinkageLine] = (),
    conflicts: int = 0,
) -> Pack:
    """Build the pack of one week from measured values and the tables other packages made."""
    return Pack(
        org=org,
        week=week,
        zone=zone,
        currency=currency,
        made_at=made_at,
        readings=read_metrics(metrics, now, before),
        hygiene=tuple(hygiene),
        campaigns=tuple(campaigns),
        linkage=tuple(linkage),
        conflicts=conflicts,
    )
