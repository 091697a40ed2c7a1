"""Cells of a query's rows as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from syncagent.domain.time import from_day_number

Cell: TypeAlias = str | int | bool | Decimal | float | None
Row: TypeAlias = Mapping[str, Cell]


def text(row: Row, name: str) -> str:
    """Give a text, "" where there is none."""
    cell = row[name]
    return "" if cell is None else str(cell)


def number(row: Row, name: str) -> int:
    """Give a whole number, 0 where there is none (a sum or count over nothing)."""
    return int(row[name] or 0)


def some_number(row: Row, name: str) -> int | None:
    """Give a whole number, None where there is none."""
    cell = row[name]
    return None if cell is None else int(cell)


def day(row: Row, name: str) -> date | None:
    """Give the calendar day of a day number, None where there is none."""
    found = some_number(row, name)
    return None if found is None else from_day_number(found)
