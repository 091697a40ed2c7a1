"""Time in the generated org: seconds since 1970 inside, Japan's calendar for days, each system's text outside."""

from datetime import UTC, date, datetime
from random import Random

DAY = 86_400
HOUR = 3_600
MINUTE = 60
_FRIDAY = 4
_ZONE_OFFSET = 9 * HOUR  # Asia/Tokyo has had no daylight saving time since 1951

CLOCK_TEXT = "2026-11-16T08:00:00+09:00"
NOW = int(datetime.fromisoformat(CLOCK_TEXT).timestamp())
START = int(datetime.fromisoformat("2024-11-16T09:00:00+09:00").timestamp())
"""The day the company moved into both systems; nothing is older."""
LATEST = NOW - 60 * HOUR
"""The last write: Friday evening, and nobody worked at the weekend."""


def day_of(moment: int) -> int:
    """The day number in Japan's calendar."""
    return (moment + _ZONE_OFFSET) // DAY


TODAY = day_of(NOW)
START_DAY = day_of(START)


def at(day: int, second: int) -> int:
    """The moment of a Japanese day and a second within it."""
    return day * DAY - _ZONE_OFFSET + second


def weekday(day: int) -> int:
    """0 for Monday to 6 for Sunday; day 0 was a Thursday."""
    return (day + 3) % 7


def workday(day: int) -> int:
    """The day itself, or the Friday before when it falls on a weekend."""
    return day - max(0, weekday(day) - _FRIDAY)


def next_workday(day: int) -> int:
    """The day itself, or the Monday after when it falls on a weekend."""
    return day + 7 - weekday(day) if weekday(day) > _FRIDAY else day


def working_moment(rng: Random, day: int) -> int:
    """A moment between 9 and 19 o'clock of a day, never after the last write."""
    return min(at(day, 9 * HOUR + rng.randrange(10 * HOUR)), LATEST - rng.randrange(HOUR))


def salesforce_time(moment: int) -> str:
    """A datetime as Salesforce writes it."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def hubspot_time(moment: int) -> str:
    """A datetime as HubSpot writes it; its milliseconds vary but follow from the moment."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment * 37 % 1000:03d}Z"


def date_text(day: int) -> str:
    """A Japanese day as YYYY-MM-DD."""
    return date_of(day).isoformat()


def date_of(day: int) -> date:
    """A Japanese day as a date."""
    return date.fromordinal(day + 719_163)  # the ordinal of 1970-01-01


def day_number(value: date) -> int:
    """The day number of a date."""
    return value.toordinal() - 719_163
