"""Statements SQLAlchemy spells differently per database, and the sizes they are sent in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Item = TypeVar("Item")
Values = dict[str, "str | int | None"]
Row = Mapping[str, "str | int | None"]

_MANY = 20
CHUNK = 500
"""Rows looked up by one ``IN`` list; older SQLite builds allow 999 bound values in all."""


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    """Cut into lists of at most ``size`` items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; those whose primary key exists are left as they are."""
    if rows:
        _send(connection, insert_into(connection, table).on_conflict_do_nothing(), rows)


def upsert(connection: Connection, table: Table, rows: Sequence[Row], keep: Collection[str] = ()) -> None:
    """Insert rows; those whose primary key exists take the new values, except for the columns to ``keep``."""
    if not rows:
        return
    statement = insert_into(connection, table)
    fixed = {column.name for column in table.primary_key} | set(keep)
    taken = {name: statement.excluded[name] for name in rows[0] if name not in fixed}
    _send(connection, statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=taken), rows)


def _send(connection: Connection, statement: sqlite.Insert | postgresql.Insert, rows: Sequence[Row]) -> None:
    """Hand many rows to the driver as they are: our column types need no conversion, which would take as long again."""
    if len(rows) < _MANY:
        connection.execute(statement, rows)
        return
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(rows[0]))
    if compiled.positional and compiled.positiontup is not None:
        values = itemgetter(*compiled.positiontup)
        connection.exec_driver_sql(compiled.string, [values(row) for row in rows])
    else:
        connection.exec_driver_sql(compiled.string, [dict(row) for row in rows])


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Begin an INSERT that knows ``on_conflict`` in the database's own words."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
