"""The pack's numbers as people read them: units, signs, points, durations."""

from __future__ import annotations

from decimal import Decimal

from syncagent.domain.money import Money
from syncagent.kpi import Absent, Metric, Reading, Words
from syncagent.rendering.words import Language, say, show_money

_HOUR, _DAY = 60, 24 * 60
_WHOLE = 100


def in_language(words: Words, lang: Language) -> str:
    """Give a text in the asked language."""
    return words.ja if lang == "ja" else words.en


def show_number(value: Decimal | None, metric: Metric, currency: str, lang: Language) -> str:
    """Render a metric's number with its unit; an empty denominator is "no value", never zero."""
    if value is None:
        return say(lang, "pack.no_input" if isinstance(metric.formula, Absent) else "pack.no_value")
    if metric.unit == "money":
        return show_money(Money(int(value), currency))
    if metric.unit == "percent":
        return f"{value:.1f} %"
    unit = f"pack.one.{metric.unit}" if value == 1 else f"unit.{metric.unit}"
    return f"{value:,.0f} {say(lang, unit)}"


def show_gap(reading: Reading, currency: str, lang: Language) -> str:
    """Render the gap to the target with its sign; between percentages it is in points."""
    if reading.gap is None:
        return ""
    if reading.metric.unit == "percent":
        return show_points(reading.gap)
    return f"{_sign(reading.gap)}{show_number(abs(reading.gap), reading.metric, currency, lang)}"


def show_points(value: Decimal) -> str:
    """Render a difference of percentages."""
    return f"{_sign(value)}{abs(value):.1f} pt"


def _sign(value: Decimal) -> str:
    return "−" if value < 0 else "+" if value > 0 else "±"


def show_percent(value: Decimal | None, lang: Language) -> str:
    """Render a share; of nothing there is no value."""
    return say(lang, "pack.no_value") if value is None else f"{value:.1f} %"


def show_conversion(value: Decimal | None, lang: Language) -> str:
    """Render what passes from stage to stage; where the next counts more than the one before, as a multiple."""
    if value is None or value <= _WHOLE:
        return show_percent(value, lang)
    return f"× {value / _WHOLE:.1f}"


def show_minutes(minutes: int | None, lang: Language) -> str:
    """Render a duration in the unit a person would use."""
    if minutes is None:
        return say(lang, "pack.no_value")
    if minutes < _HOUR:
        return say(lang, "pack.minutes", count=minutes)
    if minutes < _DAY:
        return say(lang, "pack.hours", count=f"{Decimal(minutes) / _HOUR:.1f}")
    return say(lang, "pack.days", count=f"{Decimal(minutes) / _DAY:.1f}")
