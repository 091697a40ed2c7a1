"""Measure the metrics of the pack over its weeks, with the records behind each number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syncagent.domain.time import day_number, day_of
from syncagent.hygiene import VIEWS
from syncagent.kpi import (
    Behind,
    Measure,
    Measured,
    Metric,
    Named,
    Statement,
    Week,
    measure_statement,
    records_statement,
)
from syncagent.kpi.rows import number, some_number, text
from syncagent.operations.installation import Installation
from syncagent.store import analytics
from syncagent.store.analytics import Cell

RECORDS_SHOWN = 30
"""Records listed behind a number; the count says how many there are."""

Rows = list[dict[str, Cell]]


@dataclass(frozen=True, slots=True)
class Asking:
    """The week asked for, how many weeks its trend has, and today's day number in the org's zone."""

    installation: Installation
    week: Week
    weeks: int

    @property
    def today(self) -> int:
        """Give today's day number."""
        return day_number(day_of(self.installation.clock(), self.installation.settings.timezone))

    @property
    def currency(self) -> str:
        """Give the org's currency."""
        return self.installation.settings.currency

    def rows(self, statement: Statement) -> Rows:
        """Run a statement."""
        return analytics.query(self.installation.store, statement.sql, statement.values)


def measure(asking: Asking, metrics: Sequence[Metric]) -> Mapping[str, Measured]:
    """Read every measure, one statement each for all weeks, and the records behind the asked week."""
    return {
        metric.id: _measured(asking, metric.formula, asking.weeks if metric.is_flow else 1)
        for metric in metrics
        if isinstance(metric.formula, Measure)
    }


def _measured(asking: Asking, formula: Measure, weeks: int) -> Measured:
    today, currency = asking.today, asking.currency
    statement = measure_statement(formula, asking.week, weeks, today=today, currency=currency)
    found = {number(row, "place"): row for row in asking.rows(statement)}
    read = tuple(some_number(found[place], "value") or 0 if place in found else 0 for place in range(weeks))
    values: tuple[int | None, ...] = (*[None] * (asking.weeks - weeks), *read)
    last = found.get(weeks - 1)
    if last is None:
        return Measured(values)
    left_out = number(last, "left_out")
    behind = Behind(_records(asking, formula), number(last, "rows") - left_out)
    return Measured(values, left_out, behind)


def _records(asking: Asking, formula: Measure) -> tuple[Named, ...]:
    view = VIEWS[formula.over]
    statement = records_statement(
        formula, asking.week, view.types(), today=asking.today, currency=asking.currency, limit=RECORDS_SHOWN
    )
    return tuple(Named(str(view.ref(text(row, "id"))), text(row, "name")) for row in asking.rows(statement))
