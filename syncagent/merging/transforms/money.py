"""Amounts of money: rounded half up to the currency's smallest unit, so that "1200000.4" yen equals "1200000"."""

from __future__ import annotations

from syncagent.domain.money import Money
from syncagent.merging.transforms.decimal import number_of, plain
from syncagent.merging.transforms.transform import Spot, Transform


def _read(value: str | int | bool, spot: Spot) -> str:
    amount = Money.parse(str(number_of(value, spot)), spot.field.currency or "")
    return plain(amount.to_decimal())


def _write(canonical: str | int | bool, _: Spot) -> str:
    return str(canonical)


TRANSFORM = Transform("money", _read, _write, ordered=True)
