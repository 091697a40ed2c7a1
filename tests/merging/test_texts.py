from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

import pytest

import syncagent.merging
from syncagent.merging.texts import SENTENCES, Language, minute, quoted, say
from tests.merging.reading import TOKYO

JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
POLITE = re.compile(r"(です|ます|ください|ました)")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", SENTENCES)
def test_both_languages_say_the_same_thing(key: str) -> None:
    words = SENTENCES[key]
    assert placeholders(words.en) == placeholders(words.ja)
    assert JAPANESE.search(words.ja)
    assert not JAPANESE.search(words.en)
    assert not POLITE.search(words.ja)
    assert not words.ja.endswith("。")
    assert (words.text("en"), words.text("ja")) == (words.en, words.ja)


def test_every_sentence_is_said_and_nothing_else() -> None:
    """The keys in the code are the keys of the table: no sentence is missing, none is left over."""
    folder = Path(syncagent.merging.__file__).parent
    known = set(SENTENCES)
    quoted_words: set[str] = set()
    said: set[str] = set()
    for file in folder.rglob("*.py"):
        if file.name == "texts.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                quoted_words.add(node.value)
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "say":
                said |= {arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}
    assert said <= known
    assert known <= quoted_words


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        ("山田", "en", "'山田'"),
        ("山田", "ja", "「山田」"),
        (5, "en", "5"),
        (5, "ja", "「5」"),
        ("a\nb\x00c\u3000d", "ja", "「a b c\u3000d」"),
        ("\ud83d", "ja", "「 」"),
        ("\ud83d", "en", "'\\ud83d'"),
        ("長" * 61, "ja", "「" + "長" * 59 + "…」"),
        ("a" * 60, "ja", "「" + "a" * 60 + "」"),
        ("a" * 70, "en", "'" + "a" * 56 + "..."),
    ],
)
def test_values_are_quoted_for_people(value: str | int, language: Language, expected: str) -> None:
    assert quoted(value, language) == expected
    expected.encode()


def test_a_sentence_is_filled() -> None:
    assert say("not_number", "ja", value="多数", system="HubSpot") == (
        "HubSpotの値「多数」は数値でない。HubSpot側を修正する"
    )
    assert say("not_number", "en", value="x", system="HubSpot") == "'x' in HubSpot is not a number; correct it there"


def test_instants_are_told_to_the_minute_in_the_orgs_zone() -> None:
    assert minute(datetime(2026, 11, 1, 15, 4, 59, tzinfo=UTC), TOKYO) == "2026-11-02 00:04"
