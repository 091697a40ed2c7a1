"""Numbers with decimals: plain text without trailing zeros on both sides, never a float."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from syncagent.merging.transforms.transform import NotReadable, Spot, Transform

_MAGNITUDE_MAX = 30


def number_of(value: str | int | bool, spot: Spot) -> Decimal:
    """Read a number as either system writes it.

    Raises:
        NotReadable: not a finite number of sensible size.
    """
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > _MAGNITUDE_MAX:
        raise NotReadable(spot.say("not_number", value=value))
    return number


def plain(number: Decimal) -> str:
    """Give a number's text without exponent, trailing zeros or a negative zero."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _read(value: str | int | bool, spot: Spot) -> str:
    return plain(number_of(value, spot))


def _write(canonical: str | int | bool, _: Spot) -> str:
    return str(canonical)


TRANSFORM = Transform("decimal", _read, _write, ordered=True)
