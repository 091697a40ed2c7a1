"""Calendar days: "2026-11-30"; where ``instant_on`` names a side, that side holds the instant the day begins.

An instant is read as the day it falls on in the org's zone, so 2026-11-29T15:00Z is November 30 in Tokyo.
"""

from __future__ import annotations

from datetime import date

from syncagent.domain.time import day_of, parse_instant, start_of_day
from syncagent.merging.transforms.transform import NotReadable, Spot, Transform

_DAY_LENGTH = len("2026-11-30")
_YEARS = range(1700, 4001)
"""The years Salesforce knows."""


def _read(value: str | int | bool, spot: Spot) -> str:
    text = str(value).strip()
    try:
        instant = len(text) != _DAY_LENGTH
        day = day_of(parse_instant(text), spot.around.zone) if instant else date.fromisoformat(text)
    except (ValueError, OverflowError):
        day = date.min
    if day.year not in _YEARS:
        raise NotReadable(spot.say("not_date", value=value))
    return day.isoformat()


def _write(canonical: str | int | bool, spot: Spot) -> str:
    if spot.system in spot.field.instant_on:
        return start_of_day(date.fromisoformat(str(canonical)), spot.around.zone).isoformat()
    return str(canonical)


TRANSFORM = Transform("date", _read, _write, ordered=True)
