"""Phone numbers: compared as E.164 with extension; Japanese style in Salesforce, international in HubSpot.

A number without country is Japanese. Text with no number in it (e.g. "ask reception") is kept as text.
"""

from __future__ import annotations

import re
import unicodedata

from syncagent.merging.transforms.text import clean
from syncagent.merging.transforms.transform import Spot, Transform

_EXTENSION = re.compile(r"[\s,;(]*(?:内線|extension|ext\.?|x)[\s:=]*(\d{1,8})\)?$", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\s().\-‐-―−ー〜~/]")
_JAPAN = "+81"
_NUMBER = re.compile(r"\+81[1-9][0-9]{5,12}|(?!\+81)\+?[1-9][0-9]{6,14}")
_STYLES = (
    (re.compile(r"(0800)(\d{3})(\d{4})"), r"\1-\2-\3"),
    (re.compile(r"(0[5789]0)(\d{4})(\d{4})"), r"\1-\2-\3"),
    (re.compile(r"(0120|0570|0990)(\d{3})(\d{3})"), r"\1-\2-\3"),
    (re.compile(r"(0[36])(\d{4})(\d{4})"), r"\1-\2-\3"),
)
"""Only the kinds whose split is certain; other area codes vary in length and stay unsplit."""


def _read(value: str | int | bool, _: Spot) -> str:
    plain = unicodedata.normalize("NFKC", clean(str(value))).strip()
    found = _EXTENSION.search(plain)
    number = plain[: found.start()] if found else plain
    digits = _international(_PUNCTUATION.sub("", number.replace("(0)", "") if number.startswith("+") else number))
    if digits is None:
        return " ".join(plain.split())
    return f"{digits};ext={found[1]}" if found else digits


def _international(compact: str) -> str | None:
    """Give E.164 for digits with or without country; None where it is no phone number."""
    if compact.startswith("010") and len(compact) > len("01012345678"):
        compact = "+" + compact[3:]
    if compact.startswith(_JAPAN + "0"):
        compact = compact.removeprefix(_JAPAN)
    if compact.startswith("0"):
        compact = _JAPAN + compact[1:]
    return compact if _NUMBER.fullmatch(compact) else None


def _write(canonical: str | int | bool, spot: Spot) -> str:
    number, _, extension = str(canonical).partition(";ext=")
    if spot.system == "hubspot":
        return f"{number} ext {extension}" if extension else number
    styled = _domestic(number) if re.fullmatch(r"\+81[1-9][0-9]+", number) else number
    return f"{styled} 内線{extension}" if extension else styled


def _domestic(number: str) -> str:
    digits = "0" + number.removeprefix(_JAPAN)
    for pattern, style in _STYLES:
        if pattern.fullmatch(digits):
            return pattern.sub(style, digits)
    return digits


TRANSFORM = Transform("phone", _read, _write)
