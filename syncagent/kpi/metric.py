"""A metric: a number with its definition and extraction condition, which stand beside it wherever it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from syncagent.language.conditions import Condition

Unit: TypeAlias = Literal["people", "deals", "meetings", "records", "money", "percent"]
Kind: TypeAlias = Literal["count", "sum"]


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
class Metric:
    """One entry of a KPI file."""

    id: str
    label: Words
    unit: Unit
    formula: Measure | Ratio
    definition: Words
    condition: Words
    target: Decimal | None = None
    focus: bool = False
    source: str = ""
