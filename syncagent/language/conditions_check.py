"""Types: every name exists, every function is listed, and like is compared with like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TypeAlias, TypeVar, assert_never

from syncagent.domain.time import day_number
from syncagent.language.conditions import (
    TODAY,
    AllOf,
    AnyOf,
    Call,
    ColumnType,
    Condition,
    ConditionError,
    Constant,
    Empty,
    Name,
    Not,
    OneOf,
    Operand,
    Order,
    Place,
    Same,
    Sum,
    Text,
    names,
)
from syncagent.language.yaml_words import nearest

Columns: TypeAlias = Mapping[str, ColumnType]

FUNCTIONS: Mapping[str, tuple[ColumnType, ColumnType, str]] = {
    "age": ("day", "int", "days from a day to today; negative for a day to come"),
    "days_until": ("day", "int", "days from today to a day; negative for a day gone by"),
    "length": ("text", "int", "number of characters"),
    "lower": ("text", "text", "the text in lower case"),
    "trim": ("text", "text", "the text without spaces at its ends"),
}
"""The functions an operand may call: what they take, what they give, and what they mean."""

INTEGER_MAX = 10**15
"""Larger numbers are refused, so that no sum can leave the 64 bits of the database."""

_NUMBERS: tuple[ColumnType, ...] = ("int", "minor")
_ORDERED: tuple[ColumnType, ...] = ("int", "minor", "day")
_Judged = TypeVar("_Judged", Same, Order)


def check(condition: Condition, columns: Columns) -> Condition:
    """Give the condition with its constants in the columns' own form (days as day numbers).

    Raises:
        ConditionError: an unknown name or function, or operands that cannot be compared.
    """
    match condition:
        case AllOf(parts):
            return AllOf(tuple(check(part, columns) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(check(part, columns) for part in parts))
        case Not(part):
            return Not(check(part, columns))
        case Same():
            return _check_same(condition, columns)
        case Order():
            return _check_order(condition, columns)
        case OneOf(operand, values, at):
            kind = _kind(operand, columns)
            return OneOf(operand, tuple(_fit(value, kind) for value in values), at)
        case Empty(operand):
            _kind(operand, columns)
            return condition
        case Text(test, operand, part, at):
            _require(_kind(operand, columns), "text", f"{test} looks into text", at)
            _require(_kind(part, columns), "text", f"{test} looks for text", at)
            return condition
        case _:
            assert_never(condition)


def _check_same(same: Same, columns: Columns) -> Same:
    fitted, kind = _pair(same, columns)
    if kind in ("instant", "decimal"):
        raise ConditionError(f"a column of type {kind} cannot be compared for equality; compare a day instead", same.at)
    return fitted


def _check_order(order: Order, columns: Columns) -> Order:
    fitted, kind = _pair(order, columns)
    if kind not in _ORDERED:
        raise ConditionError(f"{order.op} compares numbers, money and days, not {kind}", order.at)
    return fitted


def _pair(leaf: _Judged, columns: Columns) -> tuple[_Judged, ColumnType]:
    """Bring both sides to one type; a constant takes the type of what it is compared with."""
    if not any(names(leaf.left)) and not any(names(leaf.right)):
        raise ConditionError("this compares two fixed values, so it is always the same; name a field", leaf.at)
    if isinstance(leaf.left, Constant):
        kind = _kind(leaf.right, columns)
        return replace(leaf, left=_fit(leaf.left, kind)), kind
    kind = _kind(leaf.left, columns)
    if isinstance(leaf.right, Constant):
        return replace(leaf, right=_fit(leaf.right, kind)), kind
    other = _kind(leaf.right, columns)
    if other != kind and not (kind in _NUMBERS and other in _NUMBERS):
        raise ConditionError(f"{kind} cannot be compared with {other}", leaf.at)
    return leaf, kind


def _fit(constant: Constant, kind: ColumnType) -> Constant:
    """Read a constant as a value of the column's type."""
    value = constant.value
    if kind == "day":
        return replace(constant, value=_day(value, constant.at))
    given = _kind(constant, {})
    if given != kind and not (given == "int" and kind in _NUMBERS):
        raise ConditionError(f"{value!r} is {given}, but it is compared with {kind}", constant.at)
    return constant


def _day(value: str | int | bool, at: Place) -> int:
    """Read an ISO date; bare numbers are refused because nobody means days since 1970."""
    try:
        return day_number(date.fromisoformat(str(value)))
    except ValueError:
        raise ConditionError(f"{value!r} is not a day; write '2026-11-16' or {TODAY} - 30", at) from None


def _kind(operand: Operand, columns: Columns) -> ColumnType:
    """Tell the type an operand has."""
    match operand:
        case Name(name, at):
            return _column(name, at, columns)
        case Constant():
            return _constant(operand)
        case Call(function, argument, at):
            if function not in FUNCTIONS:
                raise ConditionError(f"function {function} is not allowed: {nearest(function, FUNCTIONS)}", at)
            takes, gives, _ = FUNCTIONS[function]
            _require(_kind(argument, columns), takes, f"{function} takes {takes}", at)
            return gives
        case Sum(left, sign, right, at):
            return _sum(_kind(left, columns), sign, _kind(right, columns), at)
        case _:
            assert_never(operand)


def _constant(constant: Constant) -> ColumnType:
    if isinstance(constant.value, bool):
        return "bool"
    if isinstance(constant.value, str):
        return "text"
    if abs(constant.value) > INTEGER_MAX:
        raise ConditionError(f"{constant.value} is too large; the largest number is {INTEGER_MAX}", constant.at)
    return "int"


def _column(name: str, at: Place, columns: Columns) -> ColumnType:
    if name == TODAY:
        return "day"
    if name not in columns:
        raise ConditionError(f"unknown field {name}: {nearest(name, [*columns, TODAY])}", at)
    return columns[name]


def _sum(left: ColumnType, sign: str, right: ColumnType, at: Place) -> ColumnType:
    if left == "day" and right == "int":
        return "day"
    if (left, sign, right) == ("day", "-", "day"):
        return "int"
    if left in _NUMBERS and right in _NUMBERS:
        return left
    raise ConditionError(
        f"{left} {sign} {right} makes no sense: a day takes a whole number, and day - day is a number", at
    )


def _require(kind: ColumnType, wanted: ColumnType, why: str, at: Place) -> None:
    if kind != wanted:
        raise ConditionError(f"{why}, not {kind}", at)
