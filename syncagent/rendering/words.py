"""The words of every view in Japanese and English; both catalogues hold the same keys (a test compares them)."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias, cast
from zoneinfo import ZoneInfo

import orjson

from syncagent.domain.money import Money
from syncagent.domain.records import Scalar

Language: TypeAlias = Literal["ja", "en"]

_FOLDER = Path(__file__).parent / "words"
_VALUE_WIDTH_MAX = 60


@cache
def catalogue(lang: Language) -> dict[str, str]:
    """Read one language's words by key."""
    return cast("dict[str, str]", orjson.loads((_FOLDER / f"{lang}.json").read_bytes()))


def say(lang: Language, key: str, **values: object) -> str:
    """Give the words for a key with values filled in; an unknown key is a KeyError."""
    return catalogue(lang)[key].format(**values)


def show_value(lang: Language, value: Scalar) -> str:
    """Render a field value for a person: quoted text on one line, shortened, blanks named."""
    if value is None or value == "":
        return say(lang, "value.blank")
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).encode("utf-8", "replace").decode().replace("\r", "").replace("\n", "⏎")
    text = "".join(char if char.isprintable() else "�" for char in text)
    return f"“{text if len(text) <= _VALUE_WIDTH_MAX else text[: _VALUE_WIDTH_MAX - 1] + '…'}”"


_SIGNS = {"JPY": "¥", "USD": "$", "EUR": "€"}


def show_money(money: Money) -> str:
    """Render an amount the way a page shows it: ¥1,200,000, or the code where the currency has no common sign."""
    sign = _SIGNS.get(money.currency)
    if sign is None:
        return str(money)
    minus = "−" if money.amount_minor < 0 else ""
    return f"{minus}{sign}{str(Money(abs(money.amount_minor), money.currency)).split(' ')[0]}"


def show_instant(instant: datetime, zone: ZoneInfo) -> str:
    """Render an instant to the minute in the org's zone."""
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")
