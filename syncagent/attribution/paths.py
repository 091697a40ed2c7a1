"""A journey as plain integers, and the milestones a model may give a share to (attribution.md, P3 and P4)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from syncagent.domain.journeys import Journey
from syncagent.domain.time import to_micros

Ties: TypeAlias = Literal["order", "split"]
"""Who holds a milestone among touches of one instant: the one first in order, or all of them in equal shares."""

DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Path:
    """The eligible touches of one deal in total order: times in microseconds, channels, and where milestones fall.

    ``lead`` and ``created`` are positions of the last touch at or before lead creation and opportunity creation,
    -1 where there is none.
    """

    times: Sequence[int]
    channels: Sequence[str]
    lead: int
    created: int
    ties: Ties = "order"

    def holders(self, position: int) -> range:
        """Give the positions that share the milestone found at ``position``."""
        if self.ties == "order":
            return range(position, position + 1)
        instant = self.times[position]
        return range(bisect_left(self.times, instant), bisect_right(self.times, instant))


def trace_path(journey: Journey, ties: Ties = "order") -> Path:
    """Read a journey's touches, which are already in total order, as a path."""
    times = [to_micros(touch.at) for touch in journey.touches]
    deal = journey.deal
    lead = -1 if deal.lead_created is None else bisect_right(times, to_micros(deal.lead_created)) - 1
    created = bisect_right(times, to_micros(deal.created)) - 1
    return Path(times, [touch.channel for touch in journey.touches], lead, created, ties)


def is_direct(channel: str) -> bool:
    """Tell whether a channel is direct traffic, whatever its letter case."""
    return channel.casefold() == DIRECT
