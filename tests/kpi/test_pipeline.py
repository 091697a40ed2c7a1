"""The clean pipeline and its weight."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncagent.kpi import Pipeline, StageLine, pipeline_statement, read_pipeline, weigh
from tests.kpi.warehouse import Warehouse

STAGES = [("P1", 10), ("P2", 30), ("P3", 60), ("P4", 80), ("P5", 90)]


def fill(house: Warehouse) -> None:
    for place, (stage, percent) in enumerate(STAGES):
        house.add("stages", {"id": stage, "stage": stage, "place": place, "probability": percent})
        house.add("opportunities", {"id": f"o{stage}", "stage": stage, "is_closed": False, "amount_minor": 1_000_000})


def read(house: Warehouse, *zombies: str) -> Pipeline:
    return read_pipeline(house.rows(pipeline_statement(zombies, "JPY")))


def test_a_million_in_each_stage_weighs_two_million_seven(house: Warehouse) -> None:
    fill(house)
    whole = read(house)
    assert [line.stage for line in whole.lines] == ["P1", "P2", "P3", "P4", "P5"]
    assert (whole.amount_minor, whole.weighted_minor) == (5_000_000, 2_700_000)
    assert (whole.clean_minor, whole.clean_weighted_minor) == (5_000_000, 2_700_000)


def test_zombies_leave_the_clean_pipeline(house: Warehouse) -> None:
    fill(house)
    whole = read(house, "oP5", "oP1", "gone")
    assert (whole.amount_minor, whole.weighted_minor) == (5_000_000, 2_700_000)
    assert (whole.clean_minor, whole.clean_weighted_minor) == (3_000_000, 1_700_000)
    assert whole.lines[-1] == StageLine("P5", Decimal(90), 1, 1_000_000, 1, 1_000_000)


def test_closed_deals_other_currencies_and_unknown_stages(house: Warehouse) -> None:
    fill(house)
    house.add(
        "opportunities",
        {"id": "1", "stage": "P1", "is_closed": True, "amount_minor": 7},
        {"id": "2", "stage": "P1", "is_closed": False, "amount_minor": 7, "currency": "USD"},
        {"id": "3", "stage": "old", "is_closed": False, "amount_minor": 9, "currency": "JPY"},
        {"id": "4", "stage": "P2", "is_closed": False, "amount_minor": None},
    )
    whole = read(house)
    assert whole.lines[0].left_out == 1
    assert whole.lines[0].amount_minor == 1_000_000
    assert whole.lines[1].count == 2
    assert whole.lines[-1] == StageLine("old", Decimal(0), 1, 9)
    assert whole.weighted_minor == 2_700_000


def test_amounts_beyond_32_bits_are_exact(house: Warehouse) -> None:
    fill(house)
    deals = ({"id": f"{n}", "stage": "P1", "is_closed": False, "amount_minor": 9_000_000_000_000_001} for n in range(3))
    house.add("opportunities", *deals)
    assert read(house).lines[0].amount_minor == 27_000_000_001_000_003


def test_an_empty_org_has_an_empty_pipeline(house: Warehouse) -> None:
    assert read(house, "x") == Pipeline()
    assert Pipeline().weighted_minor == 0


@pytest.mark.parametrize(
    ("amount", "percent", "expected"), [(5, "10", 1), (4, "10", 0), (15, "10", 2), (1, "33.33", 0)]
)
def test_weights_round_half_up(amount: int, percent: str, expected: int) -> None:
    assert weigh([(amount, Decimal(percent))]) == expected


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 100).map(Decimal)), max_size=6))
def test_a_weighted_sum_never_exceeds_the_amount(amounts: list[tuple[int, Decimal]]) -> None:
    assert 0 <= weigh(amounts) <= sum(amount for amount, _ in amounts)
