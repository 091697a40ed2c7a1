"""Instants: UTC text to the second, the finest both systems keep."""

from __future__ import annotations

from syncagent.domain.time import parse_instant
from syncagent.merging.transforms.transform import NotReadable, Spot, Transform


def _read(value: str | int | bool, spot: Spot) -> str:
    try:
        return parse_instant(str(value).strip()).replace(microsecond=0).isoformat()
    except (ValueError, OverflowError):
        raise NotReadable(spot.say("not_instant", value=value)) from None


def _write(canonical: str | int | bool, _: Spot) -> str:
    return str(canonical)


TRANSFORM = Transform("datetime", _read, _write, ordered=True)
