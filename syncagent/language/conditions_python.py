"""What a condition means, in plain Python: the reference the compiled SQL must agree with, and the way cases run."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias, assert_never

from syncagent.language.conditions import (
    TODAY,
    AllOf,
    AnyOf,
    Call,
    Condition,
    Constant,
    Empty,
    Name,
    Not,
    OneOf,
    Operand,
    Order,
    Same,
    Sum,
    Text,
)

Value: TypeAlias = str | int | bool | None
Truth: TypeAlias = bool | None
"""True, False, or None for unknown."""

_ORDER: Mapping[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def holds(condition: Condition, row: Mapping[str, Value], today: int) -> Truth:
    """Judge a checked condition on one row; ``today`` is a day number in the org's zone."""
    match condition:
        case AllOf(parts):
            return _all(holds(part, row, today) for part in parts)
        case AnyOf(parts):
            truths = [holds(part, row, today) for part in parts]
            return _not(_all(_not(truth) for truth in truths))
        case Not(part):
            return _not(holds(part, row, today))
        case Same(left, op, right):
            return (_value(left, row, today) == _value(right, row, today)) is (op == "=")
        case Order(left, op, right):
            low, high = _value(left, row, today), _value(right, row, today)
            return None if low is None or high is None else _ORDER[op](int(low), int(high))
        case OneOf(operand, values):
            return _value(operand, row, today) in [value.value for value in values]
        case Empty(operand):
            return _value(operand, row, today) is None
        case Text(test, operand, part):
            return _text(test, _value(operand, row, today), str(part.value))
        case _:
            assert_never(condition)


def _all(truths: Iterable[Truth]) -> Truth:
    seen = list(truths)
    if False in seen:
        return False
    return None if None in seen else True


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _text(test: str, value: Value, part: str) -> bool:
    if value is None:
        return False
    text = str(value)
    if test == "contains":
        return part in text
    return text.startswith(part) if test == "starts_with" else text.endswith(part)


def _value(operand: Operand, row: Mapping[str, Value], today: int) -> Value:
    match operand:
        case Name(name):
            return today if name == TODAY else row.get(name)
        case Constant(value):
            return value
        case Call(function, argument):
            given = _value(argument, row, today)
            return None if given is None else _call(function, given, today)
        case Sum(left, sign, right):
            first, second = _value(left, row, today), _value(right, row, today)
            if first is None or second is None:
                return None
            return int(first) + int(second) if sign == "+" else int(first) - int(second)
        case _:
            assert_never(operand)


def _call(function: str, value: str | int | bool, today: int) -> Value:
    match function:
        case "age":
            return today - int(value)
        case "days_until":
            return int(value) - today
        case "length":
            return len(str(value))
        case "lower":
            return str(value).lower()
        case _:
            return str(value).strip(" ")
