"""Spreadsheets run no formula out of a CRM, and no value breaks a file."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncagent.rendering.plan_table import plan_csv, plan_xlsx
from syncagent.rendering.tables import Cell, neutral, to_csv, to_xlsx
from tests.golden.plans import HOSTILE, hostile_plan, view
from tests.golden.sheets import workbook_text

STARTS = ("=", "+", "-", "@", "\t", "\r")


@pytest.mark.parametrize("start", STARTS)
def test_text_that_starts_like_a_formula_is_text(start: str) -> None:
    assert neutral(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("cell", [None, True, False, -5, 0])
def test_values_that_are_no_text_stay(cell: Cell) -> None:
    assert neutral(cell) is cell


def test_characters_no_file_can_hold_are_dropped_before_the_look_at_the_start() -> None:
    assert neutral("\x00=1") == "'=1"
    assert neutral("\x01\x02plain\x00") == "plain"
    assert neutral("a\ud800b") == "a?b"
    assert neutral("🍣 𠮷野家\r\n二行目") == "🍣 𠮷野家\r\n二行目"


any_text = st.text(st.characters(codec=None), max_size=20)


@given(any_text)
def test_no_text_is_left_that_a_spreadsheet_would_run(text: str) -> None:
    cell = str(neutral(text))
    assert not cell.startswith(STARTS)
    assert "\x00" not in cell
    cell.encode()


@given(st.lists(st.lists(any_text, min_size=3, max_size=3), min_size=1, max_size=5))
def test_csv_reads_back_cell_for_cell(rows: list[list[str]]) -> None:
    text = to_csv(["a", "b", "c"], rows)
    assert text.startswith("\ufeff")
    back = list(csv.reader(io.StringIO(text[1:], newline="")))
    assert back[1:] == [[neutral(cell) for cell in row] for row in rows]


def test_a_blank_is_an_empty_cell() -> None:
    assert to_csv(["a", "b"], [[None, 0]]) == "\ufeffa,b\r\n,0\r\n"


def test_a_hostile_plan_survives_csv() -> None:
    text = plan_csv(hostile_plan(), view("ja"))
    (row,) = list(csv.reader(io.StringIO(text[1:], newline="")))[1:]
    before = row[7]
    assert before.startswith("'=cmd|")
    assert "\r\n" in before
    assert "🍣𠮷" in before
    assert "\x00" not in text
    assert HOSTILE not in text


def test_a_hostile_plan_survives_excel_as_text() -> None:
    shown = workbook_text(plan_xlsx(hostile_plan(), view("en")))
    assert "'=cmd|" in shown
    assert "🍣𠮷" in shown
    assert not any(cell.startswith("=") for line in shown.splitlines() for cell in line.split("\t"))


def test_excel_keeps_numbers_truth_and_blanks() -> None:
    shown = workbook_text(to_xlsx([("a name of more than thirty-one characters", ["n", "t", "b"], [[5, True, None]])]))
    assert shown == "[a name of more than thirty-one ]\nn\tt\tb\n5\t1\n"


def test_an_empty_sheet_is_still_a_sheet() -> None:
    assert workbook_text(to_xlsx([("empty", ["a"], [])])) == "[empty]\na\n"
