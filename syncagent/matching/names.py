"""Names made comparable: Japanese companies and people, whatever the width, legal form or spacing.

Two strengths: names with the same ``exact`` key are spelled the same but for form; names that share only the ``loose``
key differ in a way that may hide two different bearers (髙橋 and 高橋, キヤノン and キャノン), so a person looks.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from syncagent.matching.kanji import MODERN

_JAPANESE_FORMS = (
    "特定非営利活動法人",
    "一般社団法人",
    "一般財団法人",
    "公益社団法人",
    "公益財団法人",
    "社会福祉法人",
    "独立行政法人",
    "国立大学法人",
    "株式会社",
    "有限会社",
    "合同会社",
    "合資会社",
    "合名会社",
    "相互会社",
    "医療法人",
    "学校法人",
    "宗教法人",
)
_SHORT_FORMS = ("株", "有", "同", "資", "名", "社", "財", "医", "学", "福", "独", "特非")
_LATIN_FORMS = (
    *(
        "incorporated",
        "inc",
        "corporation",
        "corp",
        "company limited",
        "co ltd",
        "coltd",
        "co",
        "company",
        "limited",
        "ltd",
    ),
    *("llc", "llp", "plc", "gmbh", "ag", "sa", "kk", "k k", "godo kaisha", "kabushiki kaisha"),
)
_FORM = re.compile("|".join((*_JAPANESE_FORMS, rf"\((?:{'|'.join(_SHORT_FORMS)})\)")))
_LATIN_END = re.compile(rf"[\s,]+(?:{'|'.join(sorted(_LATIN_FORMS, key=len, reverse=True))})$")
_LATIN_FRONT = re.compile(r"^(?:kk|k k|kabushiki kaisha)\s+")
_SMALL_KANA = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_LONG_VOWELS = re.compile("[ー―‐-]")


@dataclass(frozen=True, slots=True)
class NameKey:
    """A name's keys; both are empty for a name that says nothing (only a legal form, only signs)."""

    exact: str
    loose: str


def company_key(name: str) -> NameKey:
    """Give a company's keys: legal forms taken off front and back, width, case, spaces and signs evened out."""
    folded = _fold(name)
    folded = _FORM.sub(" ", folded).strip()
    # "ABC Co., Ltd." carries two forms; signs go first so that every spelling of them is one.
    spaced = re.sub(r"[.,]", " ", folded)
    spaced = re.sub(r"\s+", " ", spaced).strip()
    shorter = _LATIN_FRONT.sub("", spaced)
    while (cut := _LATIN_END.sub("", f" {shorter}").strip()) and cut != shorter:
        shorter = cut
    return _keys(shorter)


def person_key(*parts: str) -> NameKey:
    """Give a person's keys from name parts in the order they are spoken; spaces between them mean nothing."""
    return _keys(_fold(" ".join(parts)))


def _fold(name: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", name).casefold()).strip()


def _keys(folded: str) -> NameKey:
    exact = "".join(char for char in folded if unicodedata.category(char)[0] in "LN" or char in "ー々")
    loose = _LONG_VOWELS.sub("", exact.translate(MODERN).translate(_SMALL_KANA))
    return NameKey(exact, loose)
