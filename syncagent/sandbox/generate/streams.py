"""Randomness that is the same everywhere: a stream per kind and number, so a new kind never shifts an old one."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


class Streams:
    """Named random streams that all follow from one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def of(self, kind: str, number: int = 0) -> Random:
        """The stream of the number-th thing of a kind; always starts at the same place."""
        return Random(f"{self._seed}/{kind}/{number}")


class Quota:
    """Says yes to one in `per` questions exactly, so that planted dirt keeps its share at every size."""

    def __init__(self, rng: Random, per: int) -> None:
        self._per = per
        self._count = rng.randrange(per)

    def due(self) -> bool:
        """Whether this one is chosen."""
        self._count += 1
        return self._count % self._per == 0

    def wait(self) -> None:
        """Give a chosen turn back: the next question is answered yes."""
        self._count -= 1


def weighted(rng: Random, choices: Sequence[tuple[Item, float]]) -> Item:
    """One item, drawn by its share; the shares need not sum to anything."""
    point = rng.random() * sum(share for _, share in choices)
    for item, share in choices[:-1]:
        point -= share
        if point < 0:
            return item
    return choices[-1][0]


def skewed(rng: Random, items: Sequence[Item]) -> Item:
    """One item, the earlier ones more often, as with family names."""
    return items[int(len(items) * min(rng.random(), rng.random()))]


def chance(rng: Random, share: float) -> bool:
    """Yes in this share of all cases."""
    return rng.random() < share
