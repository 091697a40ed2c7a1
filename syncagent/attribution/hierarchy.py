"""Campaign trees: what a campaign holds itself, and with everything below it; never a leaf twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from syncagent.attribution.rows import CampaignRow


@dataclass(frozen=True, slots=True)
class Branch:
    """A campaign's own figure and its figure with all descendants; only ``own`` may be summed over campaigns.

    ``circle`` names the campaigns that are each other's parents: such a campaign takes in nothing from below, and
    hands nothing up.
    """

    campaign: str
    parent: str | None
    own: int
    total: int
    circle: tuple[str, ...] = ()


def roll_up(figures: Mapping[str, int], campaigns: Iterable[CampaignRow]) -> tuple[Branch, ...]:
    """Add each campaign's own figure (credit, cost, count) to all campaigns above it, in order of campaign id.

    A figure of a campaign no row describes, and a parent that is not there, end the way up.
    """
    parents = {campaign.id: campaign.parent for campaign in campaigns}
    names = sorted(parents.keys() | figures.keys())
    circles = {name: _find_circle(name, parents) for name in names}
    totals = {name: figures.get(name, 0) for name in names}
    for name in names:
        above = None if circles[name] else parents.get(name)
        while above in totals and not circles[above]:
            totals[above] += figures.get(name, 0)
            above = parents.get(above)
    return tuple(Branch(name, parents.get(name), figures.get(name, 0), totals[name], circles[name]) for name in names)


def _find_circle(name: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """Give the circle a campaign is part of, smallest id first; empty where its way up ends or only meets one."""
    path: list[str] = []
    at: str | None = name
    while at is not None and at not in path:
        path.append(at)
        at = parents.get(at)
    if at != name:
        return ()
    start = path.index(min(path))
    return (*path[start:], *path[:start])
