"""Dates in what people type: 11/24, 2026-11-24, 12月1日, 2027年4月, also in wide digits.

A date without a year means the nearest one to today, so at most half a year back or ahead. A month stands for its
first day. The patterns serve Python and DuckDB alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from syncagent.domain.time import day_number, from_day_number

WIDE = "０１２３４５６７８９／－．"
NARROW = "0123456789/-."

REWRITES: tuple[tuple[str, str], ...] = (
    (r"\b(20[0-9]{2})[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?", r" \1/\2/\3 "),
    (r"\b(20[0-9]{2})[-年]([0-9]{1,2})(?:月|\b)", r" \1/\2/1 "),
    (r"\b([0-9]{1,2})月([0-9]{1,2})日", r" \1/\2 "),
)
"""Ways of writing a date, each brought to numbers between slashes."""

BETWEEN = "[^0-9/]+"
"""What stands between words of digits and slashes."""

FULL = "20[0-9]{2}/[0-9]{1,2}/[0-9]{1,2}"
SHORT_YEAR = "[0-9]{2}/[0-9]{1,2}/[0-9]{1,2}"
YEAR_LAST = "[0-9]{1,2}/[0-9]{1,2}/20[0-9]{2}"
YEAR_MONTH = "20[0-9]{2}/[0-9]{1,2}"
NO_YEAR = "[0-9]{1,2}/[0-9]{1,2}"

_NARROWED = str.maketrans(WIDE, NARROW)


def dates_in(text: str, today: int) -> tuple[int, ...]:
    """List the dates a text names as day numbers, each once, earliest first; what is no date is passed over."""
    return tuple(sorted({day for word in words_in(text) for day in _day_of(word, today)}))


def words_in(text: str) -> list[str]:
    """Split a text into its words of digits and slashes."""
    plain = text.translate(_NARROWED)
    for pattern, rewritten in REWRITES:
        plain = re.sub(pattern, rewritten, plain, flags=re.ASCII)
    return re.split(BETWEEN, plain)


def _day_of(word: str, today: int) -> Iterator[int]:
    """Read one word; nothing when it is no date."""
    this_year = from_day_number(today).year
    parts = [int(part) for part in word.split("/") if part]
    if re.fullmatch(FULL, word):
        year, month, day = parts
    elif re.fullmatch(SHORT_YEAR, word):
        year, month, day = 2000 + parts[0], parts[1], parts[2]
    elif re.fullmatch(YEAR_LAST, word):
        month, day, year = parts
    elif re.fullmatch(YEAR_MONTH, word):
        year, month, day = parts[0], parts[1], 1
    elif re.fullmatch(NO_YEAR, word):
        near = [day for shift in (-1, 0, 1) for day in _valid(this_year + shift, parts[0], parts[1])]
        yield from sorted(near, key=lambda each: (abs(each - today), -each))[:1]
        return
    else:
        return
    yield from _valid(year, month, day)


def _valid(year: int, month: int, day: int) -> Iterator[int]:
    try:
        yield day_number(date(year, month, day))
    except ValueError:
        return
