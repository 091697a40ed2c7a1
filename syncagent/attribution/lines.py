"""One line of the campaign results: what was brought in, what it cost, and the ratios a manager asks for.

Readings: CPA is cost per sourced lead, CPC cost per click, CVR sourced meetings per sourced lead, CAC campaign and
sales cost per new customer, ROI gross profit per cost (125 % means 1.25 back for each 1 spent). A ratio whose
denominator is missing or zero has no value; it is never zero or infinite.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias, get_args

Kind: TypeAlias = Literal[
    "lead", "target_lead", "follow_lead", "click", "meeting", "valid_meeting", "deal", "won", "new_customer"
]
"""What is counted; ``click`` is for campaigns whose clicks are known."""
CostClass: TypeAlias = Literal["promotion", "outsourcing", "production", "tools"]
Level: TypeAlias = Literal["all", "category", "campaign"]
Records: TypeAlias = Mapping[Kind, tuple[str, ...]]

KINDS: tuple[Kind, ...] = get_args(Kind)
COST_CLASSES: tuple[CostClass, ...] = get_args(CostClass)
_CAMPAIGN_COST: tuple[CostClass, ...] = ("promotion", "outsourcing")


@dataclass(frozen=True, slots=True)
class Line:
    """One campaign, category, or everything; money is in minor units of one currency.

    ``sourced`` holds the records whose first campaign this is, so its counts add up over campaigns; ``influenced``
    those it ever touched, which do not add up. ``margin`` is gross profit per revenue, None where no input gives it.
    ``costs`` lacks the classes nobody recorded; ``plans`` holds planned values by kind, or by "pipeline",
    "revenue" or "cost".
    """

    level: Level
    key: str
    label: str
    sourced: Records = field(default_factory=dict)
    influenced: Records = field(default_factory=dict)
    pipeline_minor: int = 0
    revenue_minor: int = 0
    costs: Mapping[CostClass, int] = field(default_factory=dict)
    plans: Mapping[str, int] = field(default_factory=dict)
    margin: Fraction | None = None
    sales_cost_minor: int = 0

    def count(self, kind: Kind) -> int:
        """Count the sourced records of a kind."""
        return len(self.sourced.get(kind, ()))

    @property
    def cost_minor(self) -> int | None:
        """Give the cost of all classes, None where nobody recorded any."""
        return sum(self.costs.values()) if self.costs else None

    @property
    def gross_profit(self) -> Fraction | None:
        """Give revenue times margin in exact minor units, so that lines add up."""
        return None if self.margin is None else self.revenue_minor * self.margin

    @property
    def sales_profit(self) -> Fraction | None:
        """Give gross profit less promotion and outsourcing; for everything, less production and tools too."""
        if self.gross_profit is None:
            return None
        classes = COST_CLASSES if self.level == "all" else _CAMPAIGN_COST
        return self.gross_profit - sum(self.costs.get(name, 0) for name in classes)

    @property
    def cpa(self) -> Fraction | None:
        """Give the cost per sourced lead."""
        return _ratio(self.cost_minor, self.count("lead"))

    @property
    def cpc(self) -> Fraction | None:
        """Give the cost per click."""
        return _ratio(self.cost_minor, self.count("click"))

    @property
    def cvr(self) -> Fraction | None:
        """Give sourced meetings per sourced lead."""
        return _ratio(self.count("meeting"), self.count("lead"))

    @property
    def cac(self) -> Fraction | None:
        """Give campaign and sales cost per new customer."""
        cost = self.cost_minor
        return _ratio(None if cost is None else cost + self.sales_cost_minor, self.count("new_customer"))

    @property
    def roi(self) -> Fraction | None:
        """Give gross profit per cost."""
        return _ratio(self.gross_profit, self.cost_minor)

    @property
    def revenue_needed(self) -> Fraction | None:
        """Give the revenue whose gross profit would pay for the cost."""
        return _ratio(self.cost_minor, self.margin)

    def actual(self, measure: str) -> int | None:
        """Give the figure a plan of this measure is held against.

        Raises:
            KeyError: there is no such measure.
        """
        if measure == "cost":
            return self.cost_minor
        if measure == "pipeline":
            return self.pipeline_minor
        if measure == "revenue":
            return self.revenue_minor
        kinds = {str(kind): kind for kind in KINDS}
        return self.count(kinds[measure])


def _ratio(above: Fraction | int | None, below: Fraction | int | None) -> Fraction | None:
    return None if above is None or not below else Fraction(above) / below
