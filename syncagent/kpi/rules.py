"""What the pack's lists look for, as agreed in the KPI file."""

from __future__ import annotations

from dataclasses import dataclass

from syncagent.language.conditions import Condition, Empty, Name, Not

MARKETING_SOURCED: Condition = Not(Empty(Name("campaign_id")))
"""By default a deal is marketing-sourced when it names a campaign."""


@dataclass(frozen=True, slots=True)
class PackRules:
    """Thresholds in days, always >=; ``sourced`` tells marketing-sourced deals (rulebook, sections 2 and 6)."""

    sourced: Condition = MARKETING_SOURCED
    quiet_days: int = 30
    stale_days: int = 90
    neglected_days: int = 7
    zombie_policies: tuple[str, ...] = ("zombie",)
