"""Names made comparable: Japanese companies and people, whatever the width, legal form or spacing.

For finding who is who, two strengths: names with the same ``exact`` key are spelled the same but for form; names that
share only the ``loose`` key differ in a way that may hide two different bearers (髙橋 and 高橋, キヤノン and キャノン),
so a person looks. Where two records are known to be one bearer, :func:`same_company` and :func:`same_person` tell
spelling from another name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from syncagent.domain.kanji import MODERN

_FORMS: Mapping[str, tuple[str, ...]] = {
    "特定非営利活動法人": ("(特非)",),
    "一般社団法人": ("(社)", "(一社)"),
    "一般財団法人": ("(財)", "(一財)"),
    "公益社団法人": ("(社)", "(公社)"),
    "公益財団法人": ("(財)", "(公財)"),
    "社会福祉法人": ("(福)",),
    "独立行政法人": ("(独)",),
    "国立大学法人": (),
    "株式会社": ("(株)",),
    "有限会社": ("(有)",),
    "合同会社": ("(同)",),
    "合資会社": ("(資)",),
    "合名会社": ("(名)",),
    "相互会社": ("(相)",),
    "医療法人": ("(医)",),
    "学校法人": ("(学)",),
    "宗教法人": ("(宗)",),
}
"""Japanese legal forms with the short ones they are written as; a short one may stand for several."""
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
_FORM = re.compile("|".join(re.escape(form) for long, short in _FORMS.items() for form in (long, *short)))
_LATIN_END = re.compile(rf"[\s,]+(?:{'|'.join(sorted(_LATIN_FORMS, key=len, reverse=True))})$")
_LATIN_FRONT = re.compile(r"^(?:kk|k k|kabushiki kaisha)\s+")
_SMALL_KANA = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Marks after a character that choose one of its shapes."""
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


def same_company(one: str, two: str) -> bool:
    """Tell whether two names of one company differ only in how they are spelled.

    Legal form (株式会社, (株), ㈱, front or back, left off), width, case, spaces, signs and old kanji are spelling;
    two different legal forms (株式会社 and 合同会社) are not.
    """
    forms = [_forms(name) for name in (one, two)]
    if all(forms) and not forms[0] & forms[1]:
        return False
    keys = [company_key(name).exact.translate(MODERN) for name in (one, two)]
    return keys[0] != "" and keys[0] == keys[1]


def same_person(one: str, two: str) -> bool:
    """Tell whether two names (or name parts) of one person differ only in spaces and old kanji (髙橋, 高橋)."""
    composed = (_SELECTORS.sub("", unicodedata.normalize("NFKC", name)) for name in (one, two))
    names = ["".join(name.translate(MODERN).split()) for name in composed]
    return names[0] != "" and names[0] == names[1]


def old_kanji(name: str) -> int:
    """Count the characters of a name that have a more usual form (髙, 﨑, 邊), and marks that choose a rare shape."""
    return sum(ord(char) in MODERN for char in name) + len(_SELECTORS.findall(name))


def _forms(name: str) -> frozenset[str]:
    """Give the Japanese legal forms a name may state: 株式会社 for (株), two for (社)."""
    stated = set(_FORM.findall(_fold(name)))
    return frozenset(long for long, short in _FORMS.items() if stated & {long, *short})


def _fold(name: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", name).casefold()).strip()


def _keys(folded: str) -> NameKey:
    exact = "".join(char for char in folded if unicodedata.category(char)[0] in "LN" or char in "ー々")
    loose = _LONG_VOWELS.sub("", exact.translate(MODERN).translate(_SMALL_KANA))
    return NameKey(exact, loose)
