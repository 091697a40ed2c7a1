"""Whole numbers: numbers in Salesforce, text in HubSpot."""

from __future__ import annotations

from decimal import Decimal

from syncagent.merging.transforms.decimal import number_of
from syncagent.merging.transforms.transform import NotReadable, Spot, Transform


def _read(value: str | int | bool, spot: Spot) -> int:
    number = number_of(value, spot)
    if number != number.to_integral_value():
        raise NotReadable(spot.say("not_whole", value=value))
    return int(number)


def _write(canonical: str | int | bool, spot: Spot) -> str | int:
    number = int(Decimal(str(canonical)))
    return number if spot.system == "salesforce" else str(number)


TRANSFORM = Transform("integer", _read, _write, ordered=True)
