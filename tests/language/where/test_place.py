"""Errors inside a `where:` text point at the character in the file, however the text is written."""

from __future__ import annotations

import pytest

from syncagent.language.where_place import place_in_scalar
from syncagent.language.yaml import read_yaml

WRITTEN = [
    "where: one two wrong",
    "where:    'one two wrong'",
    'where: "one two wrong"',
    "where: |\n  one two\n  wrong",
    "where: >-\n\n    one two\n    wrong\n",
    "where: >\n  one\n  two wrong\nother: x\n",
    "where: one\n  two\n  wrong\n",
    "where: 'one\n  two\n  wrong'\n",
    "a: 1\nb:\n  where: |-\n      one two\n      wrong\n",
    "where:\n  one two wrong\n",
]


@pytest.mark.parametrize("source", WRITTEN)
def test_the_place_of_a_word_is_where_it_stands(source: str) -> None:
    document = read_yaml(source, "policy.yaml")
    path = ("b", "where") if source.startswith("a") else ("where",)
    value = document.values[path]
    text = next(part for part in _texts(document.data) if "wrong" in part)
    line, column = place_in_scalar(source, value.line, value.column, text.index("wrong"))
    assert source.splitlines()[line - 1][column - 1 :].startswith("wrong")


def test_an_offset_past_the_end_stays_on_the_last_line() -> None:
    assert place_in_scalar("where: |\n", 1, 8, 0) == (1, 1)
    assert place_in_scalar("where: |\n  one\n", 1, 8, 9) == (2, 1)


def _texts(data: object) -> list[str]:
    if isinstance(data, dict):
        return [text for value in data.values() for text in _texts(value)]
    return [data] if isinstance(data, str) else []
