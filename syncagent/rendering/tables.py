"""Rows to CSV and Excel, with cells that a spreadsheet cannot mistake for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

Cell: TypeAlias = str | int | bool | None
Row: TypeAlias = Sequence[Cell]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutral(cell: Cell) -> Cell:
    """Put an apostrophe before text that a spreadsheet would run as a formula; drop characters files cannot hold."""
    if not isinstance(cell, str):
        return cell
    text = "".join(char for char in cell if char in "\t\n\r" or ord(char) >= ord(" "))
    text = text.encode("utf-8", "replace").decode()
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def to_csv(header: Sequence[str], rows: Sequence[Row]) -> str:
    """Render CSV with a byte-order mark, so that Excel reads Japanese as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([["" if cell is None else neutral(cell) for cell in row] for row in rows])
    return "\ufeff" + out.getvalue()


def to_xlsx(sheets: Sequence[tuple[str, Sequence[str], Sequence[Row]]]) -> bytes:
    """Render an Excel workbook of (title, header, rows) sheets with frozen, filtered header rows."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        for title, header, rows in sheets:
            sheet = book.add_worksheet(title[:31])
            sheet.freeze_panes(1, 0)
            for column, name in enumerate(header):
                sheet.write_string(0, column, name, bold)
                sheet.set_column(column, column, 18)
            for line, row in enumerate(rows, start=1):
                for column, cell in enumerate(row):
                    _write_cell(sheet, line, column, cell)
            sheet.autofilter(0, 0, max(len(rows), 1), max(len(header) - 1, 0))
    return out.getvalue()


def _write_cell(sheet: Worksheet, line: int, column: int, cell: Cell) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(line, column, cell)
    elif isinstance(cell, int):
        sheet.write_number(line, column, cell)
    elif cell is not None:
        sheet.write_string(line, column, str(neutral(cell)))
