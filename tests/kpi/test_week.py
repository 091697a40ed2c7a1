"""ISO weeks in the org's zone, over the turn of the year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncagent.errors import UsageError
from syncagent.kpi import Week, parse_week, week_before, week_of, weeks_until

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-W46", "2026-11-09", "2026-11-15"),
        ("2026-W53", "2026-12-28", "2027-01-03"),
        ("2027-W01", "2027-01-04", "2027-01-10"),
        ("2024-W01", "2024-01-01", "2024-01-07"),
        ("2025-W01", "2024-12-30", "2025-01-05"),
    ],
)
def test_a_week_has_its_days(name: str, first: str, last: str) -> None:
    week = parse_week(name)
    assert (week.first.isoformat(), week.last.isoformat(), str(week)) == (first, last, name)


@pytest.mark.parametrize(
    "text", ["2026-46", "2026-W0", "2026-W00", "2026-W54", "2027-W53", "W46", "", "2026-W461", "x"]
)
def test_what_is_no_week_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="is not a week; write one such as 2026-W46"):
        parse_week(text)


def test_the_week_before_the_first_of_a_year() -> None:
    assert str(week_before(parse_week("2027-W01"))) == "2026-W53"
    assert str(week_before(parse_week("2026-W01"))) == "2025-W52"


@pytest.mark.parametrize(
    ("instant", "name"),
    [
        (datetime(2026, 11, 15, 14, 59, 59, tzinfo=UTC), "2026-W46"),
        (datetime(2026, 11, 15, 15, 0, tzinfo=UTC), "2026-W47"),
        (datetime(2027, 1, 3, 14, 59, tzinfo=UTC), "2026-W53"),
        (datetime(2027, 1, 3, 15, 0, tzinfo=UTC), "2027-W01"),
    ],
)
def test_monday_begins_in_the_zone_of_the_org(instant: datetime, name: str) -> None:
    assert str(week_of(instant, TOKYO)) == name


def test_weeks_until_end_with_the_week() -> None:
    assert [str(week) for week in weeks_until(parse_week("2027-W01"), 3)] == ["2026-W52", "2026-W53", "2027-W01"]


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_every_day_is_in_one_week_that_reads_back(day: date) -> None:
    week = week_of(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), ZoneInfo("UTC"))
    assert week.first <= day <= week.last
    assert week.first.weekday() == 0
    assert parse_week(str(week)) == week
    assert week_before(week) == Week(week.first - timedelta(days=7)) < week
