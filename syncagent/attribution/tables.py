"""Comma-separated text with the place of every cell, so that a mistake can be shown where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from syncagent.errors import ConfigurationError, Problem

_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|\Z)')
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of one cell, without surrounding blanks, and where it starts (1-based)."""

    text: str
    line: int
    column: int


Row = Mapping[str, Cell]
"""One row by column name; every column of the header is there."""


def split_rows(text: str, file: str) -> Iterator[list[Cell]]:
    """Split text into rows of cells (RFC 4180: quotes, doubled quotes, line breaks in quotes); empty lines are skipped.

    Raises:
        ConfigurationError: a quote that is not closed, or text beside a quoted cell.
    """
    position, line, start = 0, 1, 0
    text = text.removeprefix(_BYTE_ORDER_MARK)
    row: list[Cell] = []
    while position < len(text):
        found = _CELL.match(text, position)
        if not found:
            message = "the quotes of this cell do not match; write a quote inside a quoted cell twice"
            raise ConfigurationError([Problem(file, line, position - start + 1, message)])
        quoted, plain, end = found.groups()
        value = quoted.replace('""', '"') if quoted is not None else plain
        row.append(Cell(value.strip(), line, position - start + 1))
        breaks = list(re.finditer(r"\r\n|\n|\r", found[0]))
        if breaks:
            line += len(breaks)
            start = position + breaks[-1].end()
        position = found.end()
        if end == "," and position < len(text):
            continue
        if end == ",":
            row.append(Cell("", line, position - start + 1))
        if len(row) > 1 or row[0].text:
            yield row
        row = []


def read_table(text: str, file: str, required: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
    """Read a table whose first row names its columns; unknown columns are ignored, absent optional ones read as "".

    Raises:
        ConfigurationError: missing or repeated columns, or rows with another number of cells than the header.
    """
    rows = list(split_rows(text, file))
    if not rows:
        raise ConfigurationError(
            [Problem(file, 1, 1, f"the file is empty; its first line names {', '.join(required)}")]
        )
    header, *body = rows
    names = [cell.text for cell in header]
    problems = [
        Problem(file, cell.line, cell.column, f"column {cell.text!r} appears twice")
        for index, cell in enumerate(header)
        if cell.text in names[:index]
    ]
    problems += [
        Problem(file, header[0].line, 1, f"column {name!r} is missing; the columns here are {', '.join(names)}")
        for name in required
        if name not in names
    ]
    problems += [
        Problem(file, row[0].line, row[0].column, f"this row has {len(row)} cells, the header has {len(header)}")
        for row in body
        if len(row) != len(header)
    ]
    if problems:
        raise ConfigurationError(problems)
    absent = [name for name in optional if name not in names]
    return [
        dict(zip(names, row, strict=True)) | {name: Cell("", row[0].line, row[0].column) for name in absent}
        for row in body
    ]
