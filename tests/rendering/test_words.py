"""Both catalogues say the same things, with the same blanks to fill in."""

from __future__ import annotations

from string import Formatter

import pytest

from syncagent.domain.money import Money
from syncagent.rendering.words import Language, catalogue, say, show_money, show_value


def _blanks(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in Formatter().parse(text) if name is not None}


def test_both_languages_hold_the_same_keys() -> None:
    assert catalogue("ja").keys() == catalogue("en").keys()


@pytest.mark.parametrize("key", sorted(catalogue("en")))
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    assert _blanks(catalogue("ja")[key]) == _blanks(catalogue("en")[key])
    assert catalogue("ja")[key].strip()
    assert catalogue("en")[key].strip()


def test_an_unknown_key_is_a_defect() -> None:
    with pytest.raises(KeyError):
        say("en", "no.such.key")


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money(1_200_000, "JPY"), "¥1,200,000"),
        (Money(-5, "JPY"), "−¥5"),
        (Money(150, "USD"), "$1.50"),
        (Money(100, "EUR"), "€1.00"),
        (Money(1_234_567, "KWD"), "1,234.567 KWD"),
        (Money(0, "JPY"), "¥0"),
    ],
)
def test_money(money: Money, shown: str) -> None:
    assert show_money(money) == shown


@pytest.mark.parametrize(
    ("lang", "value", "shown"),
    [
        ("en", None, "(blank)"),
        ("ja", "", "(空)"),
        ("en", True, "true"),
        ("en", False, "false"),
        ("en", 12, "“12”"),
        ("en", "a\r\nb\x00", "“a⏎b�”"),
        ("ja", "x" * 61, f"“{'x' * 59}…”"),
        ("ja", "x" * 60, f"“{'x' * 60}”"),
        ("ja", "🍣𠮷\ud800", "“🍣𠮷?”"),
    ],
)
def test_values_stay_on_one_line(lang: Language, value: str | int | bool | None, shown: str) -> None:
    assert show_value(lang, value) == shown
