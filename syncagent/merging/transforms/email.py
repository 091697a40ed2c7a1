"""E-mail addresses: width folded, lower case."""

from __future__ import annotations

import re
import unicodedata

from syncagent.merging.transforms.text import clean
from syncagent.merging.transforms.transform import NotReadable, Spot, Transform

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def _read(value: str | int | bool, spot: Spot) -> str:
    # Lower case first: for a few letters (İ) it yields a sequence that composes again.
    address = unicodedata.normalize("NFKC", clean(str(value)).lower()).strip()
    if not _ADDRESS.fullmatch(address):
        raise NotReadable(spot.say("not_address", value=value))
    return address


def _write(canonical: str | int | bool, _: Spot) -> str:
    return str(canonical)


TRANSFORM = Transform("email", _read, _write)
