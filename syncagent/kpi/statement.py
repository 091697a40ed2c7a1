"""Compile measures to DuckDB statements over the analytic views; values are bound, never written into the text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from sqlglot import exp

from syncagent.domain.time import day_number
from syncagent.kpi.metric import Measure
from syncagent.kpi.week import WEEK_DAYS, Week
from syncagent.language.sql import Binder, condition_sql

Value: TypeAlias = str | int | bool

_NAMING = ("name", "company", "last_name", "first_name", "subject")
"""The columns people recognise a record by, as far as a view has them."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with its bound values in order."""

    sql: str
    values: tuple[Value, ...]


def measure_statement(measure: Measure, week: Week, weeks: int, *, today: int, currency: str) -> Statement:
    """Compile a measure for the ``weeks`` weeks that end with ``week``; ``today`` is what ages are counted to.

    One row a week that holds anything: ``place`` (0 is the earliest, ``weeks`` - 1 the asked one), ``value``, the
    ``rows`` behind it and the rows ``left_out`` for their currency. A stock has the last place alone.
    """
    binder = Binder(today)
    if measure.in_week is None:
        place = binder.bind(weeks - 1)
    else:
        first = day_number(week.first) - (weeks - 1) * WEEK_DAYS
        since = exp.Paren(this=_column(measure, measure.in_week) - binder.bind(first))
        place = exp.IntDiv(this=since, expression=exp.Literal.number(WEEK_DAYS))
    counted = _counted(measure, binder, currency)
    amount = exp.Literal.number(1) if measure.column is None else _column(measure, measure.column)
    kept = exp.Case().when(counted, exp.cast(amount, exp.DType.BIGINT))
    left_out = exp.Case().when(exp.not_(counted.copy()), exp.Literal.number(1))
    select = exp.select(
        exp.cast(place, exp.DType.BIGINT).as_("place"),
        exp.cast(exp.func("sum", kept), exp.DType.BIGINT).as_("value"),
        exp.func("count", exp.Star()).as_("rows"),
        exp.func("count", left_out).as_("left_out"),
    )
    chosen = _where(select, measure, week, weeks, binder).group_by(exp.Literal.number(1))
    return Statement(chosen.sql(dialect="duckdb"), tuple(binder.values))


def records_statement(
    measure: Measure, week: Week, columns: Iterable[str], *, today: int, currency: str, limit: int
) -> Statement:
    """Compile the list of the records behind a week's number: ``id`` and ``name``, the largest or latest first."""
    binder = Binder(today)
    held = set(columns)
    naming = [_column(measure, name) for name in _NAMING if name in held]
    name: exp.Expr = exp.Literal.string("")
    if naming:  # anonymous, because sqlglot's own concat_ws is empty as soon as one part is
        name = exp.Anonymous(this="concat_ws", expressions=[exp.Literal.string(" "), *naming])
    select = exp.select(_column(measure, "id").as_("id"), name.as_("name"))
    chosen = _where(select, measure, week, 1, binder)
    if measure.currency is not None:
        chosen = chosen.where(_counted(measure, binder, currency))
    leading = measure.column or measure.in_week
    if leading is not None:
        chosen = chosen.order_by(exp.Ordered(this=_column(measure, leading), desc=True, nulls_first=False))
    chosen = chosen.order_by(_column(measure, "id")).limit(limit)
    return Statement(chosen.sql(dialect="duckdb"), tuple(binder.values))


def _column(measure: Measure, name: str) -> exp.Column:
    return exp.column(name, table=measure.over, quoted=True)


def _counted(measure: Measure, binder: Binder, currency: str) -> exp.Expr:
    """Tell rows in the org's currency; a row without one is in it."""
    if measure.currency is None:
        return exp.true()
    held = exp.func("coalesce", _column(measure, measure.currency), binder.bind(currency))
    return exp.Paren(this=held.eq(binder.bind(currency)))


def _where(select: exp.Select, measure: Measure, week: Week, weeks: int, binder: Binder) -> exp.Select:
    """Add source and conditions; a lead that was converted is still a person who came."""
    there = exp.column("_state", quoted=True).isin(exp.Literal.string("live"), exp.Literal.string("converted"))
    everyone = exp.select("*").from_(exp.Table(this=exp.to_identifier(f"{measure.over}_all", quoted=True)))
    chosen = select.from_(everyone.where(there).subquery(alias=exp.to_identifier(measure.over, quoted=True)))
    if measure.where is not None:
        chosen = chosen.where(condition_sql(measure.where, binder, measure.over))
    if measure.in_week is not None:
        first = day_number(week.first) - (weeks - 1) * WEEK_DAYS
        day = _column(measure, measure.in_week)
        chosen = chosen.where(day >= binder.bind(first)).where(day.copy() <= binder.bind(day_number(week.last)))
    return chosen
