"""Calendar days: "2026-11-30"; where ``instant_on`` names a side, that side holds the instant the day begins.

An instant is read as the day it falls on in the org's zone, so 2026-11-29T15:00Z is November 30 in Tokyo.
"""

from __future__ import annotations

from datetime import date

from syncagent.domain.time import day_of, parse_instant, start_of_day
from syncagent.merging.transforms.transform import NotReadable, Spot, Transform

_DAY_LENGTH = len("2026-11-30")


def _read(value: str | int | bool, spot: Spot) -> str:
    text = str(value).strip()
    try:
        if len(text) == _DAY_LENGTH:
            return date.fromisoformat(text).isoformat()
        return day_of(parse_instant(text), spot.around.zone).isoformat()
    except (ValueError, OverflowError):
        raise NotReadable(f"{value!r} in {spot.label} is not a date (2026-11-30); correct it there") from None


def _write(canonical: str | int | bool, spot: Spot) -> str:
    if spot.system in spot.field.instant_on:
        return start_of_day(date.fromisoformat(str(canonical)), spot.around.zone).isoformat()
    return str(canonical)


TRANSFORM = Transform("date", _read, _write, ordered=True)
