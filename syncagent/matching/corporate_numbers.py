"""The 13-digit corporate number (法人番号) every Japanese company has, with its check digit."""

from __future__ import annotations

import re
import unicodedata


def corporate_number(text: str) -> str | None:
    """Give the number's 13 digits, None where they are not one (length or check digit).

    The check digit stands first: 9 less the remainder by 9 of the other digits, counted from the right, weighted
    1 and 2 in turn (National Tax Agency, ordinance on corporate numbers, article 2).
    """
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper().removeprefix("T")
    if not re.fullmatch(r"[0-9]{13}", digits):
        return None
    weighted = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits[1:])))
    return digits if int(digits[0]) == 9 - weighted % 9 else None
