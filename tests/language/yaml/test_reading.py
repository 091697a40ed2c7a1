from __future__ import annotations

from typing import Annotated, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, Field

from syncagent.errors import ConfigurationError, Problem
from syncagent.language.yaml import (
    Document,
    Place,
    Section,
    Value,
    listed,
    nearest,
    problem_at,
    read_yaml,
    shown,
    validate,
)
from syncagent.language.yaml_build import VALUES_MAX
from syncagent.language.yaml_read import SIZE_MAX


def problems(text: str | bytes) -> list[str]:
    with pytest.raises(ConfigurationError) as error:
        read_yaml(text, "f.yaml")
    return [str(problem) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: 1", {"a": 1}),
        ("a: -12\nb: +3\nc: 1.5\nd: .5\ne: 1e3", {"a": -12, "b": 3, "c": 1.5, "d": 0.5, "e": 1000.0}),
        ("a: yes\nb: on\nc: no", {"a": "yes", "b": "on", "c": "no"}),
        ("a: true\nb: False\nc: ~\nd:\ne: null", {"a": True, "b": False, "c": None, "d": None, "e": None}),
        ("a: 2026-11-30\nb: '5'\nc: \"true\"", {"a": "2026-11-30", "b": "5", "c": "true"}),
        ("a: 0123456789012345678901\nb: 1e999\nc: .inf", {"a": "0123456789012345678901", "b": "1e999", "c": ".inf"}),
        ("1: a\ntrue: b", {"1": "a", "true": "b"}),
        ("- 1\n- [2, {a: 3}]\n- |\n  x\n  y\n", [1, [2, {"a": 3}], "x\ny\n"]),
        ("\ufeffa: 株式会社", {"a": "株式会社"}),
        ("# only {}\n{}", {}),
    ],
)
def test_plain_data_is_read(text: str, data: Value) -> None:
    assert read_yaml(text, "f.yaml").data == data
    assert read_yaml(text.encode(), "f.yaml").data == data


def test_every_key_and_value_has_its_place() -> None:
    document = read_yaml("a:\n  - b: 1\n    c: [x, y]\nd: z\n", "f.yaml")
    assert document.keys == {
        ("a",): Place(1, 1),
        ("a", 0, "b"): Place(2, 5),
        ("a", 0, "c"): Place(3, 5),
        ("d",): Place(4, 1),
    }
    assert document.values[("a", 0, "c", 1)] == Place(3, 12)
    assert str(problem_at(document, ("d",), "odd")) == "f.yaml:4:4: odd"
    assert str(problem_at(document, ("d",), "odd", key=True)) == "f.yaml:4:1: odd"
    assert (
        str(problem_at(document, ("a",), "a block is placed at its key")) == "f.yaml:1:1: a block is placed at its key"
    )
    assert str(problem_at(document, ("a", 0, "c", 7, "x"), "the parent")) == "f.yaml:3:5: the parent"
    assert str(problem_at(document, (), "the file")) == "f.yaml:1:1: the file"
    assert Document("f.yaml", None).place_of(("a",)) == Place(1, 1)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1:1: the file is empty"),
        ("# nothing\n", "1:1: the file is empty"),
        ("~", "1:1: the file is empty"),
        ("a: 1\na: 2", "2:1: the key 'a' is already used on line 1"),
        ("a: {b: 1, b: 2}", "1:11: the key 'b' is already used on line 1"),
        ("a:\n\t- b", "2:1: a tab stands where YAML wants spaces; indent with spaces"),
        ("a: [1", "1:6: this is not YAML: while parsing a flow sequence: expected ',' or ']', but got '<stream end>'"),
        ("a: b: c", "1:5: this is not YAML: mapping values are not allowed here"),
        ("a: &x 1", "1:4: anchors (&) and aliases (*) are not read here; write the value out"),
        ("a: *x", "1:4: anchors (&) and aliases (*) are not read here; write the value out"),
        ("a: !!str 1", "1:4: tags (!) are not read here; remove it, and quote the value where it is text"),
        ("? [1]\n: 2", "1:3: a key must be a plain word, not a list or a mapping"),
        (": 2", "1:1: a key is missing before the colon"),
        ("a: 1\n---\nb: 2", "2:1: a second document begins here; keep one document per file"),
        ("[" * 40 + "]" * 40, "1:33: nested more than 32 levels deep"),
        ("[" * 5000, "1:33: nested more than 32 levels deep"),
        ('a: 1\nb: "\\U99999999"', "2:1: this is not YAML from here on (OverflowError)"),
        ("a: x\u0007", "1:5: the character U+0007 cannot stand in a file; remove it"),
        ("a: 1\nb: \ud800", "2:4: the character U+D800 cannot stand in a file; remove it"),
        ("a: \ufffe", "1:4: the character U+FFFE cannot stand in a file; remove it"),
        ("a: " + "x" * SIZE_MAX, f"1:1: the file has {SIZE_MAX + 3:,} characters; at most {SIZE_MAX:,} are read"),
    ],
)
def test_a_broken_file_is_told_with_its_place(text: str, problem: str) -> None:
    assert problems(text) == [f"f.yaml:{problem}"]


def test_a_file_with_too_many_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert VALUES_MAX >= 100_000
    monkeypatch.setattr("syncagent.language.yaml_build.VALUES_MAX", 5)
    assert problems("[1, 2, 3, 4, 5]") == ["f.yaml:1:14: the file holds more than 5 values; split it"]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("a: 日本".encode("cp932"), "1:4: the file is not UTF-8 (it reads as Shift_JIS); save it as UTF-8"),
        ("a: 日本".encode("utf-16"), "1:1: the file is not UTF-8 but UTF-16; save it as UTF-8"),
        (b"a: 1\nb: " + "日本語".encode("euc_jp"), "2:4: the file is not UTF-8"),
        (b"a: \x81", "1:4: the file is not UTF-8; save it as UTF-8"),
    ],
)
def test_a_wrong_encoding_is_told(raw: bytes, problem: str) -> None:
    assert problems(raw)[0].startswith(f"f.yaml:{problem}")


@settings(max_examples=600, deadline=None)
@given(st.text() | st.binary() | st.text(alphabet="abc:-[]{}#&*!|>'\"%@`?, \n\t\\0~"))
def test_whatever_the_file_is_it_is_data_or_a_placed_problem(text: str | bytes) -> None:
    found = read(text)
    assert found if isinstance(found, list) else found.data is not None


def read(text: str | bytes) -> Document | list[Problem]:
    """Read a file; its problems must have places."""
    try:
        return read_yaml(text, "f.yaml")
    except ConfigurationError as error:
        return [problem for problem in error.problems if problem.line >= 1 <= problem.column]


class Apple(Section):
    kind: Literal["apple"]
    size: int


class Bread(Section):
    kind: Literal["bread"]
    slices: list[str] = Field(default_factory=list)


def _even(number: int) -> int:
    if number % 2:
        raise ValueError("only even numbers go in pairs")
    return number


class Shop(Section):
    name: str
    rule: Literal["newest", "manual"] = "manual"
    label: str | dict[str, str] = "x"
    goods: list[Annotated[Apple | Bread, Field(discriminator="kind")]] = Field(default_factory=list)
    either: Apple | str = "s"
    open: bool = True
    pairs: Annotated[int, AfterValidator(_even)] = 2
    count: Annotated[int, Field(ge=1)] = 1
    shelves: dict[str, Bread] = Field(default_factory=dict)
    from_: str = Field(default="", alias="from")
    best: Apple | None = None
    never: None = None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", ["1:1: the key 'name' is missing here"]),
        ("[]", ["1:1: expected a mapping (key: value), found a list"]),
        ("name: 5", ["1:7: expected text, found number 5; put it in quotes"]),
        ("name:", ["1:6: expected text, found nothing"]),
        ("name: true", ["1:7: expected text, found true; put it in quotes"]),
        (
            "name: x\nnam: y\nform: z",
            ["2:1: unknown key 'nam'; did you mean 'name'?", "3:1: unknown key 'form'; did you mean 'from'?"],
        ),
        (
            "name: x\nrule: Newest",
            ["2:7: 'Newest' is not possible here; did you mean 'newest'? (legal: newest, manual)"],
        ),
        ("name: x\nrule: zzz", ["2:7: 'zzz' is not possible here; legal: manual, newest"]),
        ("name: x\nrule: 3", ["2:7: number 3 is not possible here (legal: newest, manual)"]),
        ("name: x\nlabel: [1]", ["2:8: expected text or a mapping (key: value), found a list"]),
        ("name: x\nlabel: {a: 1}", ["2:12: expected text, found number 1; put it in quotes"]),
        (
            "name: x\ngoods:\n- kind: apple\n  siz: 1",
            ["3:3: the key 'size' is missing here", "4:3: unknown key 'siz'; did you mean 'size'?"],
        ),
        ("name: x\ngoods: [{kind: pear}]", ["2:9: 'pear' is not possible here; legal: apple, bread"]),
        ("name: x\ngoods: [{size: 1}]", ["2:9: the key 'kind' is missing here"]),
        ("name: x\ngoods: [{kind: bread, slices: a}]", ["2:31: expected a list, found 'a'"]),
        ("name: x\neither: {kind: apple, size: many}", ["2:29: expected a whole number, found 'many'"]),
        (
            "name: x\neither: {kind: apple, size: 1.5, colour: red}",
            ["2:29: expected a whole number, found number 1.5", "2:34: unknown key 'colour'; legal: kind, size"],
        ),
        ("name: x\neither: 5", ["2:9: expected a mapping (key: value) or text, found number 5"]),
        ("name: x\nopen: maybe", ["2:7: expected true or false, found 'maybe'"]),
        ("name: x\npairs: 3", ["2:8: only even numbers go in pairs"]),
        ("name: x\ncount: 0", ["2:8: input should be greater than or equal to 1, found number 0"]),
        ("name: x\nshelves: {top: {kind: bread, slice: []}}", ["2:30: unknown key 'slice'; did you mean 'slices'?"]),
        ("name: x\nbest: {kind: apple, size: 1, sise: 1}", ["2:30: unknown key 'sise'; did you mean 'size'?"]),
        ("name: x\nnever: 1", ["2:8: expected nothing, found number 1"]),
    ],
)
def test_a_wrong_word_is_told_with_the_right_one(text: str, expected: list[str]) -> None:
    with pytest.raises(ConfigurationError) as error:
        validate(Shop, read_yaml(text, "f.yaml"))
    assert [str(problem) for problem in error.value.problems] == [f"f.yaml:{line}" for line in expected]


def test_a_right_file_becomes_the_model() -> None:
    shop = validate(Shop, read_yaml("name: x\ngoods: [{kind: apple, size: 2}]\nfrom: here\nopen: no", "f.yaml"))
    assert shop == Shop(name="x", goods=[Apple(kind="apple", size=2)], from_="here", open=False)


def test_words_for_messages() -> None:
    assert nearest("Emial", ["email", "phone"]) == "did you mean 'email'?"
    assert nearest("xyz", []) == "nothing is legal here"
    assert nearest("xyz", ["b", "a"]) == "legal: a, b"
    assert listed([str(number) for number in range(14)]).endswith("10, 11 and 2 more")
    assert shown("a" * 100) == repr("a" * 100)[:57] + "..."
    assert shown(object()).startswith("object ")
