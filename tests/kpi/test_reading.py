"""Readings: ratios without a denominator have no value, stocks no week before, gaps are in the metric's unit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncagent.kpi import Absent, Measured, Ratio, Reading, Words, read_metrics, share
from tests.kpi.metrics import metric

RATE = metric("rate", Ratio("won", "closed"), unit="percent", target=Decimal(25))


def read(won: tuple[int | None, ...], closed: tuple[int | None, ...]) -> Reading:
    parts = [metric("won"), metric("closed"), RATE]
    return read_metrics(parts, {"won": Measured(won), "closed": Measured(closed)})[-1]


def test_the_example_of_the_rulebook() -> None:
    three_of_fifteen = read((3,), (15,))
    assert (three_of_fifteen.value, three_of_fifteen.gap) == (Decimal("20.0"), Decimal("-5.0"))
    assert share(1, 3) == Decimal("33.3")
    assert share(1, 6) == Decimal("16.7")
    assert share(1, 16) == Decimal("6.3"), "half up"


def test_an_empty_denominator_is_no_value_never_zero() -> None:
    reading = read((0, 0), (4, 0))
    assert reading.value is None
    assert reading.gap is None
    assert reading.previous == Decimal("0.0")


def test_a_ratio_of_a_stock_has_no_week_before() -> None:
    reading = read((None, 3), (None, 4))
    assert (reading.previous, reading.value) == (None, Decimal("75.0"))


def test_a_ratio_of_what_was_not_measured_has_no_value() -> None:
    absent = metric("won", Absent(Words("connect", "接続")))
    rate, missing = read_metrics([RATE, absent], {"closed": Measured((1,))})
    assert rate.trend == (None,)
    assert missing.trend == (None,)
    assert missing.previous is None


def test_a_measure_keeps_its_weeks_and_what_is_behind() -> None:
    (reading,) = read_metrics([metric("won", target=Decimal(3))], {"won": Measured((1, 2), left_out=4)})
    assert (reading.previous, reading.value, reading.gap) == (Decimal(1), Decimal(2), Decimal(-1))
    assert reading.left_out == 4


def test_without_a_target_there_is_no_gap() -> None:
    (reading,) = read_metrics([metric("won")], {"won": Measured((1,))})
    assert reading.gap is None


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_share_is_finite_with_one_decimal(part: int, whole: int) -> None:
    found = share(part, whole)
    assert (found is None) == (whole == 0)
    if found is not None:
        assert found.is_finite()
        assert found.as_tuple().exponent == -1


@pytest.mark.parametrize(("part", "whole", "expected"), [(0, 5, "0.0"), (5, 5, "100.0"), (7, 5, "140.0")])
def test_shares(part: int, whole: int, expected: str) -> None:
    assert share(part, whole) == Decimal(expected)
