"""Models that are one weight table: so much to each milestone, the rest to the touches in between (P4 and P5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from syncagent.attribution.paths import Path

MILESTONES = {
    "FT": "first touch",
    "LC": "last touch at or before lead creation",
    "OC": "last touch at or before opportunity creation",
    "CW": "last touch before the close",
}
_NTH = re.compile(r"([1-9]\d*)(?:st|nd|rd|th)")
_FROM_LAST = re.compile(r"last-(\d+)")
_TOLERANCE = Fraction(1, 10**9)


def find_role(role: str, path: Path) -> int | None:
    """Give the position of a role's touch in a path that is not empty, None where nothing holds the role."""
    count = len(path.times)
    match role:
        case "FT":
            position = 0
        case "LC":
            position = path.lead
        case "OC":
            position = path.created
        case "CW":
            position = count - 1
        case _ if nth := _NTH.fullmatch(role):
            position = int(nth[1]) - 1
        case _:
            position = count - 1 - int(role.removeprefix("last-"))
    return position if 0 <= position < count else None


@dataclass(frozen=True, slots=True)
class RoleTable:
    """Whole-number shares by role and for the middle, which are all touches without a role of this table.

    Roles that meet on one touch add up; a role nobody holds, and a middle without touches, drop out and the
    remaining shares are scaled to one.
    """

    shares: tuple[tuple[str, int], ...]
    middle: int

    def __call__(self, path: Path) -> list[int]:
        """Give each touch its part of one whole, all parts 0 where no share finds a holder."""
        found = [(share, path.holders(at)) for role, share in self.shares if (at := find_role(role, path)) is not None]
        holding = {index for _, holders in found for index in holders}
        empty = len(path.times) - len(holding)
        common = lcm(*(len(holders) for _, holders in found), empty or 1)
        parts = [0 if index in holding else self.middle * common // empty for index in range(len(path.times))]
        for share, holders in found:
            for index in holders:
                parts[index] += share * common // len(holders)
        return parts


def tabulate(weights: Mapping[str, Fraction]) -> RoleTable:
    """Make a model of a custom weight table; the middle takes what is left to 1.

    Raises:
        ValueError: a role that does not exist, a negative weight, or weights that exceed 1.
    """
    for role, weight in weights.items():
        if role not in MILESTONES and not _NTH.fullmatch(role) and not _FROM_LAST.fullmatch(role):
            raise ValueError(
                f"{role!r} is no role; roles are {', '.join(MILESTONES)}, 2nd, 3rd ... and last-1, last-2 ..."
            )
        if weight < 0:
            raise ValueError(f"the weight of {role} is {float(weight):g}; weights are 0 or more")
    total = sum(weights.values(), Fraction(0))
    if total > 1 + _TOLERANCE:
        raise ValueError(f"the weights sum to {float(total):g}; they may sum to 1 at most, the middle takes the rest")
    middle = max(Fraction(0), 1 - total)
    common = lcm(middle.denominator, *(weight.denominator for weight in weights.values()))
    shares = tuple((role, int(weight * common)) for role, weight in weights.items())
    return RoleTable(shares, int(middle * common))
