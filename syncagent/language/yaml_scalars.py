"""Plain YAML scalars to values, by the core schema of YAML 1.2: ``yes``, ``on`` and dates are text."""

from __future__ import annotations

import math
import re

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_LONG_INTEGER = re.compile(r"[-+]?[0-9]{19,}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")


def resolve(text: str) -> str | int | float | bool | None:
    """Give the value of an unquoted scalar; integers beyond 18 digits stay text, for they are ids and not counts."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and not _LONG_INTEGER.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text
