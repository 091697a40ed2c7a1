"""Literals: escapes in strings, moments with offsets, and date literals as ranges in the org's zone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from syncagent.sandbox.salesforce.soql.complaining import complain
from syncagent.sandbox.salesforce.soql.syntax import Value
from syncagent.sandbox.salesforce.state import format_stamp

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
# LIKE keeps these two with their backslash, to tell them from its wildcards.
_LIKE_ESCAPES = frozenset("%_")
_DAYS_IN_WEEK, _MONTHS_IN_QUARTER, _MONTHS_IN_YEAR = 7, 3, 12


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days: the first day, and the first day after it."""

    start: date
    end: date

    def bounds(self, zone: ZoneInfo, *, moments: bool) -> tuple[str, str]:
        """Start and end in the stored form of a date field, or of a datetime field when `moments`."""
        if not moments:
            return self.start.isoformat(), self.end.isoformat()
        days = (self.start, self.end)
        first, after = (format_stamp(datetime.combine(day, time(), tzinfo=zone)) for day in days)
        return first, after


def read_string(text: str, literal: Value) -> str:
    """The characters of a quoted literal; its escaped % and _ stay so for LIKE. `text` is the query, for errors."""

    def unescape(match: re.Match[str]) -> str:
        letter = match[1]
        if letter in _LIKE_ESCAPES:
            return match[0]
        if letter[0] == "u":
            return chr(int(letter[1:], 16))
        if letter in _ESCAPES:
            return _ESCAPES[letter]
        reason = f"Illegal character sequence '{match[0]}' in string literal"
        raise complain("MALFORMED_QUERY", text, literal.at, reason)

    return re.sub(r"\\(u[0-9A-Fa-f]{4}|.)", unescape, literal.text[1:-1], flags=re.DOTALL)


def read_moment(literal: str) -> str | None:
    """A datetime literal as a stamp, or None when there is no such moment."""
    try:
        moment = datetime.fromisoformat(literal).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}+0000"


def read_date(literal: str) -> str | None:
    """A date literal, or None when there is no such day."""
    try:
        return date.fromisoformat(literal).isoformat()
    except ValueError:
        return None


def read_span(literal: str, today: date) -> Span | None:
    """The days a date literal such as LAST_N_DAYS:30 stands for, or None when there is no such literal."""
    name, _, number = literal.upper().partition(":")
    if not number:
        fixed = _FIXED.get(name)
        if fixed:
            return fixed(today)
        direction, _, unit = name.partition("_")
        return _around(today, unit, {"LAST": -1, "THIS": 0, "NEXT": 1}[direction], 1) if unit in _UNITS else None
    count = int(number)
    if ago := re.fullmatch(r"N_(\w+?)S_AGO", name):
        return _ago(today, ago[1], count)
    if run := re.fullmatch(r"(LAST|NEXT)_N_(\w+?)S", name):
        return _run(today, run[2], count, forwards=run[1] == "NEXT")
    return None


def _ago(today: date, unit: str, count: int) -> Span | None:
    if unit == "DAY":
        return _days(today, -count, 1)
    return _around(today, unit, -count, 1) if unit in _UNITS else None


def _run(today: date, unit: str, count: int, *, forwards: bool) -> Span | None:
    if unit == "DAY":
        # The last n days include today, the next n do not.
        return _days(today, 1, count) if forwards else _days(today, -count, count + 1)
    if unit not in _UNITS:
        return None
    return _around(today, unit, 1 if forwards else -count, count)


def _days(today: date, offset: int, length: int) -> Span:
    start = today + timedelta(days=offset)
    return Span(start, start + timedelta(days=length))


def _around(today: date, unit: str, offset: int, count: int) -> Span:
    start = _UNITS[unit](today, offset)
    return Span(start, _UNITS[unit](start, count))


def _week(day: date, offset: int) -> date:
    # Weeks begin on Sunday, in the Japanese locale as in the American one.
    sunday = day - timedelta(days=(day.weekday() + 1) % _DAYS_IN_WEEK)
    return sunday + timedelta(weeks=offset)


def _months(size: int) -> Callable[[date, int], date]:
    def shift(day: date, offset: int) -> date:
        months = day.year * _MONTHS_IN_YEAR + (day.month - 1) // size * size + offset * size
        return date(months // _MONTHS_IN_YEAR, months % _MONTHS_IN_YEAR + 1, 1)

    return shift


_UNITS: dict[str, Callable[[date, int], date]] = {
    "WEEK": _week,
    "MONTH": _months(1),
    "QUARTER": _months(_MONTHS_IN_QUARTER),
    "YEAR": _months(_MONTHS_IN_YEAR),
}
_FIXED: dict[str, Callable[[date], Span]] = {
    "YESTERDAY": lambda today: _days(today, -1, 1),
    "TODAY": lambda today: _days(today, 0, 1),
    "TOMORROW": lambda today: _days(today, 1, 1),
    "LAST_90_DAYS": lambda today: _days(today, -90, 91),
    "NEXT_90_DAYS": lambda today: _days(today, 1, 90),
}
