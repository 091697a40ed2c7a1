"""Instants, calendar days and day numbers in an org's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1)


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant with an offset ("Z", "+09:00" or Salesforce's "+0000").

    Raises:
        ValueError: not an instant, or without an offset (a local time is nobody's instant).
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset; write e.g. 2026-11-16T09:00:00+09:00")
    return instant.astimezone(UTC)


def to_micros(instant: datetime) -> int:
    """Give microseconds since 1970 UTC, the form instants have in the store."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    """Undo :func:`to_micros`."""
    return _EPOCH + timedelta(microseconds=micros)


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """Give the calendar day of an instant in the org's zone."""
    return instant.astimezone(zone).date()


def day_number(day: date) -> int:
    """Count days since 1970-01-01, so that ages are plain integer differences."""
    return (day - _EPOCH_DAY).days


def from_day_number(number: int) -> date:
    """Undo :func:`day_number`."""
    return _EPOCH_DAY + timedelta(days=number)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Give the instant a calendar day begins in the org's zone, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
