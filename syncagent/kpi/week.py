"""ISO weeks as people name them (2026-W46), with their days in the org's zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from syncagent.domain.time import day_of
from syncagent.errors import UsageError

WEEK_DAYS = 7
"""Days in a week, the distance between two weeks' Mondays."""

_NAME = re.compile(r"(\d{4})-W(\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """Monday to Sunday, both days included."""

    first: date

    @property
    def last(self) -> date:
        """The Sunday."""
        return self.first + timedelta(days=WEEK_DAYS - 1)

    def __str__(self) -> str:
        """Render as 2026-W46."""
        year, number, _day = self.first.isocalendar()
        return f"{year}-W{number:02d}"


def parse_week(text: str) -> Week:
    """Read a week's name.

    Raises:
        UsageError: not a week, or a year that has no such week.
    """
    found = _NAME.fullmatch(text)
    year, number = (int(found[1]), int(found[2])) if found else (0, 0)
    try:
        return Week(date.fromisocalendar(year, number, 1))
    except ValueError:
        raise UsageError(f"{text!r} is not a week; write one such as 2026-W46") from None


def week_of(instant: datetime, zone: ZoneInfo) -> Week:
    """Give the week an instant falls in, by the org's calendar."""
    day = day_of(instant, zone)
    return Week(day - timedelta(days=day.weekday()))


def week_before(week: Week) -> Week:
    """Give the week before."""
    return Week(week.first - timedelta(days=WEEK_DAYS))


def weeks_until(week: Week, count: int) -> tuple[Week, ...]:
    """Give the ``count`` weeks that end with this one, the earliest first."""
    return tuple(Week(week.first - timedelta(days=WEEK_DAYS * back)) for back in range(count - 1, -1, -1))
