"""The weekly pack as data: every number with its target, gap, last week's value, definition and condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

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
class Line:
    """One line of a table in the pack: a name, a number with its unit, and a remark."""

    name: str
    value: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything on the page."""

    org: str
    week: Week
    zone: str
    currency: str
    made_at: datetime
    readings: tuple[Reading, ...]
    hygiene: tuple[Line, ...] = ()
    campaigns: tuple[Line, ...] = ()
    linkage: tuple[Line, ...] = ()
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
    if isinstance(metric.formula, Ratio):
        return share(_measured(metric.formula.of, values), _measured(metric.formula.to, values))
    return Decimal(_measured(metric.id, values))


def _measured(name: str, values: Values) -> int:
    return values[name][0] or 0 if name in values else 0


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
    hygiene: Sequence[Line] = (),
    campaigns: Sequence[Line] = (),
    linkage: Sequence[Line] = (),
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
