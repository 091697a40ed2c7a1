"""The campaign results as a report: the table, how it was made, and which inputs nobody connected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Literal, TypeAlias, get_args

from syncagent.attribution.campaigns import CampaignResults, Cost, Period, PlannedFigure

Input: TypeAlias = Literal["targets", "margin", "cost_classes", "clicks", "sales_cost", "plans"]
"""What no CRM holds by default: a target company list, the gross margin, costs by class, clicks, what sales cost,
planned figures beside the budget."""

INPUTS: tuple[Input, ...] = get_args(Input)


@dataclass(frozen=True, slots=True)
class CampaignInputs:
    """What was connected; None where it was not, which is never the same as zero.

    ``targets`` are ids of people who fit the target; ``margin`` is gross profit per revenue; ``costs`` replace the
    campaigns' own actual cost; ``clicks`` are days by click id and campaign.
    """

    targets: frozenset[str] | None = None
    margin: Fraction | None = None
    costs: tuple[Cost, ...] | None = None
    clicks: tuple[tuple[str, str, date], ...] | None = None
    sales_cost_minor: int | None = None
    plans: tuple[PlannedFigure, ...] | None = None

    def missing(self) -> tuple[Input, ...]:
        """Name the inputs nobody connected, in the order they are shown."""
        given: Mapping[Input, object] = {
            "targets": self.targets,
            "margin": self.margin,
            "cost_classes": self.costs,
            "clicks": self.clicks,
            "sales_cost": self.sales_cost_minor,
            "plans": self.plans,
        }
        return tuple(name for name in INPUTS if given[name] is None)


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """The table with what a reader needs to trust it.

    ``model`` and ``rule`` name the attribution behind the money, ``lookback_days`` how far it looks; ``left_out``
    counts deals and costs in other currencies, which no booked rate converts; ``names`` call records by name.
    """

    org: str
    results: CampaignResults
    period: Period
    as_of: datetime
    zone: str
    currency: str
    model: str
    rule: str
    lookback_days: int
    missing: tuple[Input, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
