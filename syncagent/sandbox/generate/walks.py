"""An opportunity's whole history: stages, amounts and close dates, row by row."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from syncagent.sandbox.generate.moments import HOUR, LATEST, TODAY, day_of, workday, working_moment
from syncagent.sandbox.generate.routes import OPEN_STAGES, Route
from syncagent.sandbox.generate.streams import chance

_QUOTED = ("P3", "P4", "P5", "won")
_NO_AMOUNT_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Step:
    """One row of an opportunity's history; `moved` tells a stage move from a new date alone."""

    at: int
    stage: str
    amount: int | None
    close_day: int
    moved: bool


@dataclass(frozen=True, slots=True)
class Walk:
    """An opportunity's history by the card it was dealt."""

    card: Mapping[str, Any]
    steps: tuple[Step, ...]

    @property
    def created(self) -> int:
        """When the opportunity was opened."""
        return self.steps[0].at

    @property
    def moves(self) -> list[Step]:
        """The steps at which the stage was set."""
        return [step for step in self.steps if step.moved]

    @property
    def closed_at(self) -> int | None:
        """When it was won or lost; None while open."""
        last = self.moves[-1]
        return None if last.stage in OPEN_STAGES else last.at

    @property
    def won_at(self) -> int | None:
        """When it was won; None if it was not."""
        last = self.moves[-1]
        return last.at if last.stage == "won" else None


def walk(rng: Random, route: Route, price: int) -> Walk:
    """The history along a route, sold at about this price: estimated first, quoted in evaluation."""
    estimate = max(100_000, int(price * (0.7 + 0.5 * rng.random())) // 100_000 * 100_000)
    quote = max(50_000, int(price * (0.85 + 0.3 * rng.random())) // 10_000 * 10_000)
    amount = None if not route.stages[1:] and chance(rng, _NO_AMOUNT_SHARE) else estimate
    close_day = day_of(route.moments[0]) + 75 + rng.randrange(45)
    steps: list[Step] = []
    for moment, stage in zip(route.moments, route.stages, strict=True):
        if stage not in OPEN_STAGES:
            close_day = day_of(moment)
        elif close_day < day_of(moment) + 10:
            close_day = day_of(moment) + 30 + rng.randrange(30)
        amount = quote if stage in _QUOTED else amount
        steps.append(Step(moment, stage, amount, close_day, moved=True))
    return Walk(route.card, tuple(_dated(rng, route.card, steps) if route.card["ends"] == "open" else steps))


def _dated(rng: Random, card: Mapping[str, Any], steps: list[Step]) -> list[Step]:
    """The steps with the close date the card wants: ahead (moved on whenever it passed), today, or past."""
    last = steps[-1]
    if card.get("close") == "today":
        return [*steps[:-1], Step(last.at, last.stage, last.amount, TODAY, moved=True)]
    if card.get("close") == "past":
        goal = min(max(day_of(last.at), TODAY - 5 - rng.randrange(60)), last.close_day)
        return [*steps[:-1], Step(last.at, last.stage, last.amount, goal, moved=True)]
    while last.close_day < TODAY + 1:
        pushed = min(working_moment(rng, workday(last.close_day - rng.randrange(4))), LATEST - HOUR)
        pushed = max(pushed, last.at + HOUR)
        day = max(last.close_day, day_of(pushed)) + 30 + rng.randrange(30)
        last = Step(pushed, last.stage, last.amount, day, moved=False)
        steps = [*steps, last]
    return steps
