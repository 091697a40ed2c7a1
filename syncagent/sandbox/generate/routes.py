"""Which stages an opportunity goes through and when, by the card it was dealt."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from syncagent.sandbox.generate.moments import HOUR, MINUTE, START_DAY, TODAY, at, workday, working_moment
from syncagent.sandbox.generate.streams import chance, weighted
from syncagent.sandbox.generate.vocabulary import words
from syncagent.sandbox.generate.workshop import Workshop

OPEN_STAGES = ("P1", "P2", "P3", "P4", "P5")
_DEPTHS = {
    "stale": ((0, 5), (1, 4), (2, 3), (3, 1), (4, 1)),
    "fresh": ((0, 3), (1, 4), (2, 4), (3, 3), (4, 2)),
    "lost": ((0, 3), (1, 4), (2, 4), (3, 2), (4, 1)),
}
_STALE_DAYS, _EARLIEST = 60, START_DAY + 12
_APPROVAL_SHARE, _BACKWARDS_SHARE, _PROPOSAL_SHARE, _EDGE_SHARE = 0.8, 0.08, 0.1, 0.5
_DAY_EDGES = (5 * MINUTE, 24 * HOUR - 5 * MINUTE)
"""Just after and just before midnight in Japan, where a day counted in UTC goes wrong."""


@dataclass(frozen=True, slots=True)
class Route:
    """Stages with the moments they were entered."""

    card: Mapping[str, Any]
    stages: tuple[str, ...]
    moments: tuple[int, ...]


class Deck:
    """Deals the cards of data/deals.yaml, shuffled anew each time they are used up."""

    def __init__(self) -> None:
        self._round = 0
        self._cards: list[Mapping[str, Any]] = []

    def deal(self, workshop: Workshop) -> Mapping[str, Any]:
        """The next card."""
        if not self._cards:
            self._cards = list(_deck())
            workshop.streams.of("deck", self._round).shuffle(self._cards)
            self._round += 1
        return self._cards.pop()


def route(rng: Random, card: Mapping[str, Any]) -> Route:
    """The way of an opportunity with this card."""
    stages = _stages(rng, card)
    return Route(card, tuple(stages), tuple(_moments(rng, card, len(stages))))


@cache
def _deck() -> tuple[Mapping[str, Any], ...]:
    return tuple(card for card in words("deals")["deck"] for _ in range(card["copies"]))


def _stages(rng: Random, card: Mapping[str, Any]) -> list[str]:
    if card["ends"] == "won":
        path = list(OPEN_STAGES if chance(rng, _APPROVAL_SHARE) else OPEN_STAGES[:-1])
    else:
        kind = "lost" if card["ends"] == "lost" else "stale" if _days(card)[0] >= _STALE_DAYS else "fresh"
        path = list(OPEN_STAGES[: weighted(rng, _DEPTHS[kind]) + 1])
    if path[2:] and chance(rng, _BACKWARDS_SHARE):
        path[2:2] = ["P3", "P2"]
    elif path[1:] and chance(rng, _PROPOSAL_SHARE):
        del path[0]
    return path if card["ends"] == "open" else [*path, card["ends"]]


def _moments(rng: Random, card: Mapping[str, Any], count: int) -> list[int]:
    """When each stage was entered, the last fixed by the card; a long way back is squeezed into the two years."""
    last = _last_day(rng, card)
    gaps = [5 + rng.randrange(30) for _ in range(count - 1)]
    room = last - _EARLIEST
    if sum(gaps) > room:
        gaps = [max(2, gap * room // sum(gaps)) for gap in gaps]
    days = [last - sum(gaps[place:]) for place in range(count)]
    moments: list[int] = []
    for place, day in enumerate(days):
        moment = _last_moment(rng, card, day) if place == count - 1 else working_moment(rng, workday(day))
        moments.append(max(moment, moments[-1] + HOUR if moments else 0))
    return moments


def _last_day(rng: Random, card: Mapping[str, Any]) -> int:
    if card["ends"] != "open":
        return workday(rng.randrange(START_DAY + 90, TODAY))
    low, high = _days(card)
    day = TODAY - rng.randrange(low, high + 1)
    return day if low == high else max(workday(day), TODAY - high)


def _last_moment(rng: Random, card: Mapping[str, Any], day: int) -> int:
    """A working hour; half of the boundary cases lie at the edge of their day."""
    if isinstance(card.get("stage_days"), int) and chance(rng, _EDGE_SHARE):
        return at(day, rng.choice(_DAY_EDGES))
    return working_moment(rng, day)


def _days(card: Mapping[str, Any]) -> tuple[int, int]:
    days = card["stage_days"]
    return (days, days) if isinstance(days, int) else (days[0], days[1])
