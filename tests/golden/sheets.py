"""Reads an Excel workbook back as text, so that it can be reviewed and compared."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree as ET

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def workbook_text(data: bytes) -> str:
    """Give every sheet's name and its rows, cells separated by tabs; formulas as ``=...``."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        strings = _strings(book)
        root = ET.fromstring(book.read("xl/workbook.xml"))  # noqa: S314 # written by us
        names = [str(sheet.get("name")) for sheet in root.iterfind(".//m:sheet", _NS)]
        return "\n".join(
            f"[{name}]\n" + _rows(book.read(f"xl/worksheets/sheet{place}.xml"), strings)
            for place, name in enumerate(names, start=1)
        )


def _strings(book: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    root = ET.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 # written by us
    return ["".join(part.text or "" for part in item.iterfind(".//m:t", _NS)) for item in root.iterfind("m:si", _NS)]


def _rows(sheet: bytes, strings: list[str]) -> str:
    root = ET.fromstring(sheet)  # noqa: S314 # written by us
    return "".join(_row(row, strings) + "\n" for row in root.iterfind(".//m:row", _NS))


def _row(row: ET.Element, strings: list[str]) -> str:
    cells = {str(cell.get("r")).rstrip("0123456789"): _cell(cell, strings) for cell in row.iterfind("m:c", _NS)}
    columns = list("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    last = max((columns.index(name) for name in cells), default=-1)
    return "\t".join(cells.get(name, "") for name in columns[: last + 1])


def _cell(cell: ET.Element, strings: list[str]) -> str:
    formula, value = cell.find("m:f", _NS), cell.find("m:v", _NS)
    if formula is not None:
        return f"={formula.text}"
    text = "" if value is None else str(value.text)
    shown = strings[int(text)] if cell.get("t") == "s" else text
    return re.sub(r"[\r\n\t]", lambda found: repr(found[0])[1:-1], shown)
