"""Conditions as DuckDB SQL: built as an expression tree, identifiers quoted, every value bound as a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from sqlglot import exp

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

_ORDER: Mapping[str, type[exp.Binary]] = {"<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}


class Binder:
    """Collects the values of a statement; each becomes a numbered parameter ($1, $2 ...)."""

    def __init__(self, today: int) -> None:
        self.today = today
        self.values: list[str | int | bool] = []

    def bind(self, value: str | int | bool) -> exp.Expr:
        """Give the placeholder of a value; whole numbers are read as 64-bit ones whatever their size."""
        self.values.append(value)
        parameter = exp.Parameter(this=exp.Literal.number(len(self.values)))
        return parameter if isinstance(value, str | bool) else exp.cast(parameter, exp.DType.BIGINT)


def condition_sql(condition: Condition, binder: Binder, table: str) -> exp.Expr:
    """Compile a checked condition over the columns of ``table``; the result is true, false or null (unknown)."""
    match condition:
        case AllOf(parts):
            return exp.and_(*(condition_sql(part, binder, table) for part in parts)) if parts else exp.true()
        case AnyOf(parts):
            return exp.or_(*(condition_sql(part, binder, table) for part in parts)) if parts else exp.false()
        case Not(part):
            return exp.not_(condition_sql(part, binder, table))
        case Same(left, op, right):
            kind = exp.NullSafeEQ if op == "=" else exp.NullSafeNEQ
            return exp.Paren(this=kind(this=_operand(left, binder, table), expression=_operand(right, binder, table)))
        case Order(left, op, right):
            return _ORDER[op](this=_operand(left, binder, table), expression=_operand(right, binder, table))
        case OneOf(operand, values):
            inside = exp.In(
                this=_operand(operand, binder, table), expressions=[binder.bind(value.value) for value in values]
            )
            return _or_false(inside)
        case Empty(operand):
            return exp.Paren(this=exp.Is(this=_operand(operand, binder, table), expression=exp.null()))
        case Text(test, operand, part):
            return _or_false(exp.func(test, _operand(operand, binder, table), binder.bind(part.value)))
        case _:
            assert_never(condition)


def _or_false(expression: exp.Expr) -> exp.Expr:
    return exp.Coalesce(this=expression, expressions=[exp.false()])


def _operand(operand: Operand, binder: Binder, table: str) -> exp.Expr:
    match operand:
        case Name(name):
            return binder.bind(binder.today) if name == TODAY else exp.column(name, table=table, quoted=True)
        case Constant(value):
            return binder.bind(value)
        case Call(function, argument):
            return _call(function, _operand(argument, binder, table), binder)
        case Sum(left, sign, right):
            kind = exp.Add if sign == "+" else exp.Sub
            return _binary(kind, _operand(left, binder, table), _operand(right, binder, table))
        case _:
            assert_never(operand)


def _call(function: str, argument: exp.Expr, binder: Binder) -> exp.Expr:
    match function:
        case "age":
            return _binary(exp.Sub, binder.bind(binder.today), argument)
        case "days_until":
            return _binary(exp.Sub, argument, binder.bind(binder.today))
        case _:
            return exp.func(function, argument)


def _binary(kind: type[exp.Binary], left: exp.Expr, right: exp.Expr) -> exp.Expr:
    wide = (exp.cast(side, exp.DType.BIGINT) for side in (left, right))
    return exp.Paren(this=kind(this=next(wide), expression=next(wide)))
