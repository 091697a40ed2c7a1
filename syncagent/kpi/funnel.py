"""The funnel: each team's number with the next stage's, where it leaks most, and gains that were lost downstream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from syncagent.kpi.metric import Absent, Ratio
from syncagent.kpi.reading import Reading, share

GAIN_MIN_PERCENT = 10
"""A stage improved, or got worse, when its later half of the trend differs from the earlier by this much."""


@dataclass(frozen=True, slots=True)
class Step:
    """From one stage to the next: both sums over the trend's weeks, the share of the same weeks, and its target.

    The share may exceed 100 %: what passes the next stage in a week need not have passed the one before in it.
    """

    stage: Reading
    following: Reading
    part: int
    whole: int
    target: Decimal | None = None

    @property
    def share(self) -> Decimal | None:
        """Give the conversion in percent, None of nothing."""
        return share(self.part, self.whole)

    @property
    def gap(self) -> Decimal | None:
        """Give the conversion less its target, in points."""
        return None if self.share is None or self.target is None else self.share - self.target


@dataclass(frozen=True, slots=True)
class Funnel:
    """The stages in order, the steps between those that are measured, and the step that leaks most.

    ``lost_gains`` names steps whose stage improved while the next one got worse.
    """

    stages: tuple[Reading, ...] = ()
    steps: tuple[Step, ...] = ()
    bottleneck: Step | None = None
    lost_gains: tuple[Step, ...] = ()


def read_funnel(readings: Sequence[Reading]) -> Funnel:
    """Follow the chain of stages and find where it leaks most.

    The bottleneck is the step furthest below its target; where none is below or none has one, the step with the
    lowest conversion.
    """
    by_id = {reading.metric.id: reading for reading in readings}
    stages = _chain(by_id)
    measured = [stage for stage in stages if not isinstance(stage.metric.formula, Absent)]
    targets = {
        (item.metric.formula.of, item.metric.formula.to): item.metric.target
        for item in readings
        if isinstance(item.metric.formula, Ratio)
    }
    steps = tuple(
        Step(stage, following, _sum(following), _sum(stage), targets.get((following.metric.id, stage.metric.id)))
        for stage, following in pairwise(measured)
    )
    lost = tuple(step for step in steps if _change(step.stage) > 0 > _change(step.following))
    return Funnel(stages, steps, _bottleneck(steps), lost)


def _chain(by_id: Mapping[str, Reading]) -> tuple[Reading, ...]:
    """Start at the stages nobody points to and follow ``downstream``."""
    pointed = {reading.metric.downstream for reading in by_id.values()}
    chain: list[Reading] = []
    here = next((item for item in by_id.values() if item.metric.downstream and item.metric.id not in pointed), None)
    while here is not None:
        chain.append(here)
        here = by_id.get(here.metric.downstream or "")
    return tuple(chain)


def _sum(reading: Reading) -> int:
    return sum(int(value) for value in reading.trend if value is not None)


def _bottleneck(steps: Sequence[Step]) -> Step | None:
    short = [step for step in steps if step.gap is not None and step.gap < 0]
    if short:
        return min(short, key=lambda step: step.gap or Decimal(0))
    known = [step for step in steps if step.share is not None]
    return min(known, key=lambda step: step.share or Decimal(0), default=None)


def _change(reading: Reading) -> int:
    """Compare the later half of the trend with the earlier: 1 better, -1 worse, 0 about the same."""
    values = [int(value) for value in reading.trend if value is not None]
    half = len(values) // 2
    early, late = sum(values[:half]), sum(values[len(values) - half :])
    if abs(late - early) * 100 < GAIN_MIN_PERCENT * max(early, 1):
        return 0
    return 1 if late > early else -1
