from __future__ import annotations

from types import MappingProxyType

import pytest

from syncagent.domain.changes import Change, Evidence
from syncagent.domain.records import Fields, RecordRef, Scalar
from syncagent.domain.surrogates import without_surrogates

HALF = "\ud83d"
REF = RecordRef("hubspot", "contacts", "7")


def change(before: Scalar, after: Scalar | Fields, reason: str = "because") -> Change:
    operation = "update" if isinstance(after, str) else "create"
    return Change(REF, operation, "name", before, after, "merge:person.name", reason)  # type: ignore[arg-type]  # a literal by construction


@pytest.mark.parametrize("text", ["a\x00b", HALF, f"a{HALF}", "\udc00\ud800", "🍜", "𠮷"])
def test_a_change_of_any_text_has_an_id(text: str) -> None:
    made = change(text, "x")
    assert len(made.id) == 16
    assert made.id == change(text, "x").id
    assert made.id != change("other", "x").id
    assert change(None, {"name": text}).id == change(None, MappingProxyType({"name": text})).id


def test_ids_of_ordinary_changes_stay_as_they_are() -> None:
    """Ids stand in saved plans, journals and approvals."""
    assert change("東京", "大阪").id == "4a04655cfc102ace"


def test_words_for_people_have_no_part_in_the_id() -> None:
    told = Change(
        REF, "update", "name", "a", "b", "merge:person.name", "理由", evidence=(Evidence("name", "a", "根拠"),)
    )
    assert told.id == change("a", "b").id


def test_only_halves_are_replaced() -> None:
    document = {"a": [f"x{HALF}", 1, None, True, {"b" + HALF: "🍜"}], "c": ("𠮷",)}
    assert without_surrogates(document) == {"a": ["x\ufffd", 1, None, True, {"b\ufffd": "🍜"}], "c": ["𠮷"]}
