"""How the same company name gets written: legal form in front, behind or abbreviated, wide letters, half-width kana."""

import unicodedata
from random import Random

_ABBREVIATIONS = {
    "株式会社": ("(株)", "（株）", "㈱"),
    "有限会社": ("(有)", "（有）", "㈲"),
    "合同会社": ("(同)", "（同）", "合同会社"),
}


def _half_width_table() -> dict[int, str]:
    """Katakana to its half-width letters; a voiced letter becomes two."""
    table = {}
    for code in range(0xFF66, 0xFFA0):
        plain = unicodedata.normalize("NFKC", chr(code))
        if len(plain) == 1 and plain > "゜":
            table[ord(plain)] = chr(code)
            for mark in "ﾞﾟ":
                voiced = unicodedata.normalize("NFKC", chr(code) + mark)
                if len(voiced) == 1:
                    table[ord(voiced)] = chr(code) + mark
    return table


_HALF_WIDTH = _half_width_table()
_WIDE = {code: chr(code + 0xFEE0) for code in range(0x21, 0x7F)}


def official(legal_form: str, front: bool, name: str) -> str:
    """The registered name."""
    return legal_form + name if front else name + legal_form


def respell(rng: Random, legal_form: str, front: bool, name: str) -> str:
    """Another spelling of the registered name that means the same company."""
    ways = ["abbreviated", "abbreviated", "moved", "spaced"]
    if name.translate(_WIDE) != name:
        ways += ["wide", "wide"]
    if name.translate(_HALF_WIDTH) != name:
        ways += ["half", "half"]
    way = ways[rng.randrange(len(ways))]
    if way == "abbreviated":
        return official(rng.choice(_ABBREVIATIONS[legal_form]), front, name)
    if way == "moved":
        return official(rng.choice(_ABBREVIATIONS[legal_form]), not front, name)
    if way == "spaced":
        return f"{legal_form}　{name}" if front else f"{name} {legal_form}"
    return official(legal_form, front, name.translate(_WIDE if way == "wide" else _HALF_WIDTH))
