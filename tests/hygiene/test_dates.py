"""Dates in what people type: by example, and the SQL against the Python."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncagent.domain.time import day_number, from_day_number
from syncagent.hygiene.dates import dates_in
from syncagent.hygiene.dates_sql import dates_sql

TODAY = day_number(date(2026, 11, 16))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("11/24 見積書を再提出", ["2026-11-24"]),
        ("2026-11-24 役員向けデモ", ["2026-11-24"]),
        ("12月1日 決裁ルートの確認", ["2026-12-01"]),
        ("１２／１契約", ["2026-12-01"]),
        ("２０２６年１２月１日", ["2026-12-01"]),
        ("2026.12.1まで", ["2026-12-01"]),
        ("26/12/1", ["2026-12-01"]),
        ("12/1/2026 demo", ["2026-12-01"]),
        ("2027年4月に再提案", ["2027-04-01"]),
        ("2027-04", ["2027-04-01"]),
        ("2027/4", ["2027-04-01"]),
        ("1/15 再提案", ["2027-01-15"]),
        ("5/18 call", ["2026-05-18"]),
        ("5/17 call", ["2027-05-17"]),
        ("11/10デモ済→12/1見積", ["2026-11-10", "2026-12-01"]),
        ("12月1日12月2日", ["2026-12-01", "2026-12-02"]),
        ("2/29", []),
        ("13/45", []),
        ("24/7サポート", []),
        ("1/2/3/4", []),
        ("090-1234-5678", []),
        ("03-2026-1234", []),
        ("返事待ち", []),
        ("来月", []),
        ("", []),
    ],
)
def test_dates_as_representatives_type_them(text: str, days: list[str]) -> None:
    assert [from_day_number(day).isoformat() for day in dates_in(text, TODAY)] == days


def test_a_leap_day_is_the_nearest_one_there_is() -> None:
    assert dates_in("2/29", day_number(date(2028, 1, 10))) == (day_number(date(2028, 2, 29)),)


def test_a_date_as_far_back_as_ahead_is_the_one_ahead() -> None:
    day = day_number(date(2027, 9, 1))
    assert dates_in("3/2", day) == (day_number(date(2028, 3, 2)),)


PIECES = st.sampled_from(
    [
        "11/24",
        "2026-11-24",
        "12月1日",
        "2027年4月",
        "１２／１",
        "２０２６－１２－１",
        "2/29",
        "24/7",
        "13/45",
        "26/11/24",
        "11/24/2026",
        "2027-04",
        "090-2026-1234",
        "→",
        "a",
        "。",
        "1/2/3/4",
        "2026.1.5",
        "日",
        "月",
        "年",
        "/",
        "-",
        "5/17",
        "5/18",
        "2026",
        "9999/1/1",
        "2000/1/1",
        "2099年12月31日",
        "0/0",
        "12/1月",
    ]
)
TEXTS = st.one_of(
    st.lists(PIECES | st.just(" "), max_size=6).map("".join),
    st.text("0123456789/-.月年日 a１２／", max_size=14),
)


@given(st.lists(TEXTS, max_size=20, unique=True), st.dates(date(2019, 1, 1), date(2031, 12, 31)).map(day_number))
@settings(max_examples=60, deadline=None)
def test_the_sql_reads_the_same_dates(texts: list[str], today: int) -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE typed (id VARCHAR, subject VARCHAR)")
        for number, text in enumerate(texts):
            connection.execute("INSERT INTO typed VALUES (?, ?)", [str(number), text])
        rows = connection.execute(dates_sql("SELECT id, subject FROM typed", "$1"), [today]).fetchall()
    found = {number: tuple(sorted({day for row, _, day in rows if row == str(number)})) for number in range(len(texts))}
    assert found == {number: dates_in(text, today) for number, text in enumerate(texts)}
