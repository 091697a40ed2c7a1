"""A DuckDB with every view the pack reads, filled from plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import duckdb

from syncagent.domain.time import day_number
from syncagent.hygiene import VIEWS
from syncagent.kpi import Statement
from syncagent.kpi.rows import Row
from syncagent.operations.views import PACK_VIEWS

_SQL = {"text": "VARCHAR", "bool": "BOOLEAN", "day": "INTEGER", "decimal": "DECIMAL(38, 9)"}
_COLUMNS: Mapping[str, Mapping[str, str]] = {
    **{view.name: {"id": "text", **{column.name: column.type for column in view.columns}} for view in PACK_VIEWS},
    **{name: dict(view.types()) for name, view in VIEWS.items()},
}
MINUTE_US = 60_000_000


def on(text: str) -> int:
    """Give the day number of a date."""
    return day_number(date.fromisoformat(text))


class Warehouse:
    """The views, all empty at first; rows are live unless they say otherwise."""

    def __init__(self) -> None:
        self._connection = duckdb.connect()
        run = self._connection.execute
        for name, columns in _COLUMNS.items():
            typed = ", ".join(f'"{column}" {_SQL.get(kind, "BIGINT")}' for column, kind in columns.items())
            run(f'CREATE TABLE "{name}_all" ({typed}, _state VARCHAR, _successor VARCHAR)')
            run(f'CREATE VIEW "{name}" AS SELECT * EXCLUDE (_successor) FROM "{name}_all" WHERE _state = \'live\'')
        texts = "system VARCHAR, object VARCHAR, id VARCHAR, stage VARCHAR"
        run(f"CREATE TABLE stage_history ({texts}, at_us BIGINT, day INTEGER)")
        run("CREATE TABLE link (pair VARCHAR, salesforce_id VARCHAR, hubspot_object VARCHAR, hubspot_id VARCHAR)")

    def close(self) -> None:
        """Give the memory back."""
        self._connection.close()

    def add(self, view: str, *rows: Mapping[str, object]) -> None:
        """Add rows to a view."""
        for row in rows:
            whole: dict[str, object] = {"_state": "live", **row}
            names, marks = ", ".join(f'"{name}"' for name in whole), ", ".join("?" * len(whole))
            self._connection.execute(f'INSERT INTO "{view}_all" ({names}) VALUES ({marks})', list(whole.values()))

    def moved(self, record: str, *steps: tuple[str, str]) -> None:
        """Add stage history: (stage, date)."""
        for place, (stage, day) in enumerate(steps):
            row = ["salesforce", "Opportunity", record, stage, on(day) * 86_400_000_000 + place, on(day)]
            self._connection.execute("INSERT INTO stage_history VALUES (?, ?, ?, ?, ?, ?)", row)

    def link(self, *rows: Sequence[str]) -> None:
        """Add links: (pair, salesforce id, hubspot object, hubspot id)."""
        for row in rows:
            self._connection.execute("INSERT INTO link VALUES (?, ?, ?, ?)", list(row))

    def rows(self, statement: Statement) -> list[Row]:
        """Run a statement as the analytics file does."""
        cursor = self._connection.execute(statement.sql, list(statement.values))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def ids(rows: Iterable[Row]) -> list[str]:
    """Give the ids of rows, in order."""
    return [str(row["id"]) for row in rows]
