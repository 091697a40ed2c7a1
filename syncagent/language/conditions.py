"""The condition language as data: one small tree, whether it was written as text or as structured YAML.

Truth has three values. Equality, membership and the text tests are never unknown: an empty field equals nothing
but another empty one, so ``<>`` and ``not in`` keep empty fields. An ordering comparison (``<``, ``<=``, ``>``,
``>=``) with an empty field is unknown, and so is whatever hangs on it alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

ColumnType: TypeAlias = Literal["text", "int", "bool", "day", "instant", "minor", "decimal"]
"""What a view column holds: a day is a day number in the org's zone, minor is money in the smallest unit."""

Place: TypeAlias = int | tuple[str | int, ...]
"""Where a part was written: an offset in the ``where:`` text, or a path in the YAML document."""

Ordering: TypeAlias = Literal["<", "<=", ">", ">="]
Equality: TypeAlias = Literal["=", "<>"]
TextTest: TypeAlias = Literal["contains", "starts_with", "ends_with"]

TODAY = "today"
"""The name that stands for the current day in the org's zone."""


class ConditionError(ValueError):
    """A condition that cannot be understood; ``at`` tells where it was written."""

    def __init__(self, message: str, at: Place) -> None:
        self.at = at
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Name:
    """A column of the view, or ``today``."""

    name: str
    at: Place = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written in the condition; it reaches the database as a bound parameter."""

    value: str | int | bool
    at: Place = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the list in :mod:`syncagent.language.conditions_check`."""

    function: str
    argument: Operand
    at: Place = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Sum:
    """``left + right`` or ``left - right`` over numbers and days."""

    left: Operand
    sign: Literal["+", "-"]
    right: Operand
    at: Place = field(default=0, compare=False)


Operand: TypeAlias = Name | Constant | Call | Sum


@dataclass(frozen=True, slots=True)
class Same:
    """Equality that treats empty fields as a value of their own."""

    left: Operand
    op: Equality
    right: Operand
    at: Place = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Order:
    """An ordering comparison; unknown when either side is empty."""

    left: Operand
    op: Ordering
    right: Operand
    at: Place = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Membership in a list of constants."""

    operand: Operand
    values: tuple[Constant, ...]
    at: Place = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Empty:
    """True when the operand holds nothing (null)."""

    operand: Operand
    at: Place = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """Whether a text holds, begins or ends with another, letter for letter; false for an empty field."""

    test: TextTest
    operand: Operand
    part: Constant
    at: Place = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold; the opposite of unknown is unknown."""

    part: Condition


Condition: TypeAlias = Same | Order | OneOf | Empty | Text | AllOf | AnyOf | Not


def leaves(condition: Condition) -> Iterator[Same | Order | OneOf | Empty | Text]:
    """Walk the comparisons of a condition from left to right."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield condition


def operands(leaf: Same | Order | OneOf | Empty | Text) -> tuple[Operand, ...]:
    """Give the operands a comparison reads."""
    return (leaf.left, leaf.right) if isinstance(leaf, Same | Order) else (leaf.operand,)


def names(operand: Operand) -> Iterator[Name]:
    """Walk the names an operand reads."""
    match operand:
        case Name():
            yield operand
        case Call(_, argument):
            yield from names(argument)
        case Sum(left, _, right):
            yield from names(left)
            yield from names(right)
        case _:
            yield from ()


def columns_read(condition: Condition) -> tuple[str, ...]:
    """List the view columns a condition reads, each once, in the order written."""
    found = (name.name for leaf in leaves(condition) for operand in operands(leaf) for name in names(operand))
    return tuple(dict.fromkeys(name for name in found if name != TODAY))


def columns_ordered(condition: Condition) -> tuple[str, ...]:
    """List the columns whose emptiness can make the condition unknown."""
    ordered = AllOf(tuple(leaf for leaf in leaves(condition) if isinstance(leaf, Order)))
    return columns_read(ordered)
