"""Money as integer minor units, and the one rounding rule: largest remainder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

_DECIMALS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "TND": 3, "OMR": 3, "JOD": 3}
_REMAINDER_DIGITS = 9


def decimals_of(currency: str) -> int:
    """Give the number of decimal places of an ISO 4217 currency (2 unless it is known to differ)."""
    return _DECIMALS.get(currency.upper(), 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's smallest unit: Money(120000, "JPY") is 120,000 yen, Money(150, "USD") is $1.50."""

    amount_minor: int
    currency: str

    @classmethod
    def parse(cls, text: str | int, currency: str) -> Money:
        """Read a decimal text such as "1200000.0"; sub-unit digits are rounded half up.

        Raises:
            ValueError: the text is not a finite number.
        """
        try:
            number = Decimal(str(text).strip())
        except InvalidOperation:
            raise ValueError(f"{text!r} is not an amount of money") from None
        if not number.is_finite():
            raise ValueError(f"{text!r} is not an amount of money")
        return cls(int(number.scaleb(decimals_of(currency)).to_integral_value(ROUND_HALF_UP)), currency)

    def to_decimal(self) -> Decimal:
        """Give the amount in whole currency units."""
        return Decimal(self.amount_minor).scaleb(-decimals_of(self.currency))

    def __str__(self) -> str:
        """Render with thousands separators and the currency code: ``1,200,000 JPY``."""
        return f"{self.to_decimal():,.{decimals_of(self.currency)}f} {self.currency}"


def split_largest_remainder(amount_minor: int, weights: Sequence[Fraction]) -> list[int]:
    """Split an amount by weights that sum to 1 so that the parts sum to it exactly (attribution.md, P7).

    The absolute value is split and the sign put back; remainders are compared after rounding to 1e-9 and ties
    go to the earlier part.
    """
    if not weights:
        return []
    size = abs(amount_minor)
    exact = [size * weight for weight in weights]
    parts = [int(value) for value in exact]
    remainders = [round(value - part, _REMAINDER_DIGITS) for value, part in zip(exact, parts, strict=True)]
    order = sorted(range(len(parts)), key=lambda index: (-remainders[index], index))
    for index in order[: size - sum(parts)]:
        parts[index] += 1
    return [-part for part in parts] if amount_minor < 0 else parts
