"""A metric: a number with its definition and extraction condition, which stand beside it wherever it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from syncagent.language.conditions import Condition

Unit: TypeAlias = Literal["people", "deals", "meetings", "records", "money", "percent"]
Kind: TypeAlias = Literal["count", "sum"]
Team: TypeAlias = Literal["marketing", "inside_sales", "field_sales", "everyone"]
"""Whose number it is; each team is shown its own and the next stage's (rulebook, section 4)."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    en: str
    ja: str


@dataclass(frozen=True, slots=True)
class Measure:
    """Counts rows of a view, or sums one of its columns, where a condition holds.

    With ``in_week`` (a day column) only rows of the asked week count; without, the state as it is now. ``currency``
    names the column that must hold the org's currency for a sum; rows in another are left out and counted apart.
    """

    over: str
    kind: Kind
    where: Condition | None = None
    column: str | None = None
    in_week: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """One metric as a share of another, its denominator named (rulebook, section 4)."""

    of: str
    to: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A metric nobody's CRM can answer by itself: which input is missing and how to connect it (section 8)."""

    missing: Words


@dataclass(frozen=True, slots=True)
class Metric:
    """One entry of a KPI file; ``downstream`` is the next stage of the funnel."""

    id: str
    label: Words
    unit: Unit
    formula: Measure | Ratio | Absent
    definition: Words
    condition: Words
    target: Decimal | None = None
    focus: bool = False
    source: str = ""
    team: Team = "everyone"
    downstream: str | None = None

    @property
    def is_flow(self) -> bool:
        """Tell a flow of a week from a stock: only a flow can be read for a week that is over."""
        return isinstance(self.formula, Measure) and self.formula.in_week is not None
