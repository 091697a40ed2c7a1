"""Metrics as read for a week: value, target, gap, the weeks before, and the records behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from syncagent.kpi.metric import Absent, Metric, Ratio

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Named:
    """A record with the name people know it by; ``ref`` is ``salesforce/Lead/00Q...``."""

    ref: str
    name: str


@dataclass(frozen=True, slots=True)
class Behind:
    """Records behind a number: the first of ``count``."""

    records: tuple[Named, ...] = ()
    count: int = 0


NOTHING = Behind()


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure over several weeks, the earliest first; a stock was read for the last week alone.

    ``left_out`` counts the rows of the last week in another currency.
    """

    values: tuple[int | None, ...]
    left_out: int = 0
    behind: Behind = NOTHING


@dataclass(frozen=True, slots=True)
class Reading:
    """One metric as read: None is "no value" (an empty denominator), never zero and never infinity.

    ``trend`` holds the weeks up to the asked one, whose value is the last; a value is a count, minor units of the
    org's currency, or percent to one decimal.
    """

    metric: Metric
    trend: tuple[Decimal | None, ...] = (None,)
    left_out: int = 0
    behind: Behind = field(default=NOTHING)

    @property
    def value(self) -> Decimal | None:
        """Give the asked week's value."""
        return self.trend[-1]

    @property
    def previous(self) -> Decimal | None:
        """Give the value of the week before."""
        return self.trend[-2] if len(self.trend) > 1 else None

    @property
    def gap(self) -> Decimal | None:
        """Give value less target, in the metric's unit (points for percentages)."""
        if self.value is None or self.metric.target is None:
            return None
        return self.value - self.metric.target


def read_metrics(metrics: Sequence[Metric], measured: Mapping[str, Measured]) -> tuple[Reading, ...]:
    """Put measured values and ratios together, in the order of the definitions."""
    return tuple(_read(metric, measured) for metric in metrics)


def _read(metric: Metric, measured: Mapping[str, Measured]) -> Reading:
    if isinstance(metric.formula, Absent):
        return Reading(metric)
    if isinstance(metric.formula, Ratio):
        parts, wholes = measured.get(metric.formula.of), measured.get(metric.formula.to)
        pairs = zip(parts.values, wholes.values, strict=True) if parts and wholes else ()
        return Reading(metric, tuple(_share_or_none(part, whole) for part, whole in pairs) or (None,))
    found = measured[metric.id]
    values = tuple(None if value is None else Decimal(value) for value in found.values)
    return Reading(metric, values, found.left_out, found.behind)


def _share_or_none(part: int | None, whole: int | None) -> Decimal | None:
    return None if part is None or whole is None else share(part, whole)


def share(part: int, whole: int) -> Decimal | None:
    """Give a percentage to one decimal, half up; of nothing there is no value."""
    if whole == 0:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(_TENTH, ROUND_HALF_UP)
