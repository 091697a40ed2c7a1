"""Models that look at how many touches there are, what they were, or how long ago."""

from __future__ import annotations

from dataclasses import dataclass

from syncagent.attribution.models.powers import halve
from syncagent.attribution.paths import Path, is_direct

_DAY = 86_400_000_000
_SHORTEST_HALF_LIFE = _DAY // 24


def weigh_linear(path: Path) -> list[int]:
    """Every touch counts the same."""
    return [1] * len(path.times)


def weigh_last_non_direct(path: Path) -> list[int]:
    """Everything to the last touch that is not direct traffic; to the last touch where all are."""
    indirect = [index for index, channel in enumerate(path.channels) if not is_direct(channel)]
    last = indirect[-1] if indirect else len(path.times) - 1
    holders = [index for index in path.holders(last) if not indirect or not is_direct(path.channels[index])]
    parts = [0] * len(path.times)
    for index in holders:
        parts[index] = 1
    return parts


@dataclass(frozen=True, slots=True)
class TimeDecay:
    """A touch loses half its share with each half-life (microseconds) before the last touch.

    Counting from the last touch instead of the close changes no share, because the common factor cancels.
    """

    half_life: int

    def __post_init__(self) -> None:
        if self.half_life < _SHORTEST_HALF_LIFE:
            raise ValueError("a half-life shorter than one hour leaves nothing but the last touch; use last_touch")

    def __call__(self, path: Path) -> list[int]:
        """Give each touch 2 ** (-time before the last touch / half-life), in integers of one scale."""
        last = path.times[-1]
        scale = (last - path.times[0]) // self.half_life + 1
        return [halve(last - instant, self.half_life, scale) for instant in path.times]


def decay_by_days(days: int) -> TimeDecay:
    """Give the time decay of a half-life in days."""
    return TimeDecay(days * _DAY)
