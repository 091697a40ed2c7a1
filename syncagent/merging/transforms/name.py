"""One line of text, e.g. a title or a street: full-width Latin and half-width kana folded, one space between parts."""

from __future__ import annotations

import unicodedata

from syncagent.merging.transforms.text import clean
from syncagent.merging.transforms.transform import Spot, Transform


def _read(value: str | int | bool, _: Spot) -> str:
    return " ".join(unicodedata.normalize("NFKC", clean(str(value))).split())


def _write(canonical: str | int | bool, _: Spot) -> str:
    return str(canonical)


TRANSFORM = Transform("name", _read, _write)
