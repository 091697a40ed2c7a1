"""Time to first response and neglect."""

from __future__ import annotations

from decimal import Decimal

from syncagent.kpi import Response, read_response, response_statement
from tests.kpi.warehouse import MINUTE_US, Warehouse, on

DAY = on("2026-11-09")
TODAY = on("2026-11-16")
US = DAY * 24 * 60 * MINUTE_US


def lead(house: Warehouse, name: str, day: int = DAY, **more: str | bool) -> None:
    house.add("leads", {"id": name, "created_day": day, "created_us": US, "is_converted": False, **more})


def call(house: Warehouse, who: str, minutes: int, *, closed: bool = True) -> None:
    house.add("tasks", {"id": who, "who_id": who, "is_closed": closed, "created_us": US + minutes * MINUTE_US})


def read(house: Warehouse) -> Response:
    (row,) = house.rows(response_statement(DAY - 7, DAY + 6, today=TODAY, neglected_days=7))
    return read_response(row)


def test_the_first_of_several_touches_counts(house: Warehouse) -> None:
    lead(house, "a")
    call(house, "a", 60)
    call(house, "a", 4)
    call(house, "a", -5)
    house.add("events", {"id": "e", "who_id": "a", "created_us": US + 90 * MINUTE_US})
    read_ = read(house)
    assert (read_.leads, read_.touched, read_.median_minutes, read_.within) == (1, 1, 4, 1)
    assert read_.within_share == Decimal("100.0")


def test_five_minutes_are_too_late(house: Warehouse) -> None:
    lead(house, "a")
    call(house, "a", 5)
    assert read(house).within == 0


def test_a_converted_lead_is_followed_to_its_contact(house: Warehouse) -> None:
    lead(house, "a", _state="converted", _successor="c", is_converted=True)
    lead(house, "b", _state="converted", _successor="d", is_converted=True)
    call(house, "c", 30)
    read_ = read(house)
    assert (read_.leads, read_.touched, read_.median_minutes, read_.neglected) == (2, 1, 30, 0)


def test_neglect_begins_on_the_seventh_day(house: Warehouse) -> None:
    lead(house, "seven", TODAY - 7)
    lead(house, "six", TODAY - 6)
    lead(house, "open task only", TODAY - 7)
    call(house, "open task only", 3, closed=False)
    read_ = read(house)
    assert (read_.leads, read_.old, read_.neglected) == (3, 2, 2)
    assert read_.neglected_share == Decimal("100.0")


def test_median_and_the_slowest_tenth(house: Warehouse) -> None:
    for minutes in range(1, 11):
        lead(house, f"l{minutes}")
        call(house, f"l{minutes}", minutes)
    read_ = read(house)
    assert (read_.median_minutes, read_.p90_minutes, read_.within) == (5, 9, 4)


def test_an_empty_org_has_no_value(house: Warehouse) -> None:
    read_ = read(house)
    assert read_ == Response(0, 0, 0, None, None, 0, 0)
    assert read_.neglected_share is None
    assert read_.within_share is None
