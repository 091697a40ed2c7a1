"""The text forms values travel in: canonical decimals and UTC instants, without a float in between."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from syncagent.domain.time import parse_instant


def decimal_text(number: Decimal | int | str) -> str:
    """Give the canonical text of a number: no exponent, no trailing zeros, no negative zero.

    Raises:
        ValueError: not a finite number.
    """
    try:
        exact = Decimal(number)
    except InvalidOperation:
        raise ValueError(f"{number!r} is not a number") from None
    if not exact.is_finite():
        raise ValueError(f"{number!r} is not a finite number")
    text = format(exact, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def instant_text(text: str) -> str:
    """Give an instant in the form it is compared in: UTC, ISO 8601."""
    return parse_instant(text).isoformat()


def wire_instant(instant: datetime, offset: str = "Z") -> str:
    """Give an instant with milliseconds, as both systems write it; ``offset`` is "Z" or "+0000"."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", offset)
