"""Compile a measure to one DuckDB statement over the analytic views; values are bound, never written into the text."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from syncagent.domain.time import day_number
from syncagent.kpi.metric import Measure
from syncagent.kpi.week import Week
from syncagent.language.sql import Binder, condition_sql


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL that gives one row: ``value``, the rows behind it, and the rows left out for their currency."""

    sql: str
    values: tuple[str | int | bool, ...]


def measure_statement(measure: Measure, week: Week, *, today: int, currency: str) -> Statement:
    """Compile a measure for a week; ``today`` is the day number ages are counted to."""
    binder = Binder(today)
    table = exp.to_identifier(measure.over, quoted=True)
    conditions = [] if measure.where is None else [condition_sql(measure.where, binder, measure.over)]
    if measure.in_week is not None:
        day = exp.column(measure.in_week, table=measure.over, quoted=True)
        conditions.append(day.copy() >= binder.bind(day_number(week.first)))
        conditions.append(day.copy() <= binder.bind(day_number(week.last)))
    counted: exp.Expr = exp.true()
    if measure.currency is not None:
        held = exp.column(measure.currency, table=measure.over, quoted=True)
        counted = exp.Paren(this=exp.func("coalesce", held, binder.bind(currency)).eq(binder.bind(currency)))
    amount: exp.Expr = exp.Literal.number(1)
    if measure.column is not None:
        amount = exp.column(measure.column, table=measure.over, quoted=True)
    kept = exp.Case().when(counted, exp.cast(amount, exp.DType.BIGINT))
    left_out = exp.Case().when(exp.not_(counted.copy()), exp.Literal.number(1))
    select = exp.select(
        exp.cast(exp.func("sum", kept), exp.DType.BIGINT).as_("value"),
        exp.func("count", exp.Star()).as_("rows"),
        exp.func("count", left_out).as_("left_out"),
    ).from_(exp.Table(this=table))
    for condition in conditions:
        select = select.where(condition)
    return Statement(select.sql(dialect="duckdb"), tuple(binder.values))
