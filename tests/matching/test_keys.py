from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, TypeAdapter

from syncagent.domain.names import NameKey, company_key, old_kanji, person_key, same_company, same_person
from syncagent.language.yaml import read_yaml
from syncagent.matching.corporate_numbers import corporate_number
from syncagent.matching.emails import domain_key, email_key, is_shared

CASES = Path(__file__).parents[1] / "cases/matching"


class Companies(BaseModel):
    model_config = ConfigDict(extra="forbid")

    one: str
    two: str
    are: Literal["same", "look", "different"]
    one_company: bool


class People(BaseModel):
    model_config = ConfigDict(extra="forbid")

    one: list[str]
    two: list[str]
    are: Literal["same", "look", "different"]
    one_person: bool


def _read(file: str) -> object:
    return read_yaml((CASES / file).read_bytes(), file).data


def verdict(one: NameKey, two: NameKey) -> str:
    if one.exact and one.exact == two.exact:
        return "same"
    return "look" if one.loose and one.loose == two.loose else "different"


@pytest.mark.parametrize("case", TypeAdapter(list[Companies]).validate_python(_read("companies.yaml")), ids=str)
def test_company_names(case: Companies) -> None:
    assert verdict(company_key(case.one), company_key(case.two)) == case.are
    assert verdict(company_key(case.two), company_key(case.one)) == case.are
    assert same_company(case.one, case.two) is same_company(case.two, case.one) is case.one_company


@pytest.mark.parametrize("case", TypeAdapter(list[People]).validate_python(_read("people.yaml")), ids=str)
def test_person_names(case: People) -> None:
    assert verdict(person_key(*case.one), person_key(*case.two)) == case.are
    one, two = " ".join(case.one), " ".join(case.two)
    assert same_person(one, two) is same_person(two, one) is case.one_person


@pytest.mark.parametrize(("name", "count"), [("髙橋", 1), ("高橋", 0), ("山﨑 邊", 2), ("葛\U000e0100城", 1), ("", 0)])
def test_old_kanji_are_counted(name: str, count: int) -> None:
    assert old_kanji(name) == count


@given(st.text(max_size=20))
def test_a_name_matches_itself_with_any_legal_form(name: str) -> None:
    if company_key(name).exact:
        spellings = [company_key(text).exact for text in (f"株式会社{name}", f"{name}(株)", f"{name} ㈱", f" {name} ")]
        assert set(spellings) == {company_key(name).exact}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7000012050002", "7000012050002"),
        ("T7000012050002", "7000012050002"),
        ("７０００－０１２０－５０００２", "7000012050002"),
        ("7000012050003", None),
        ("8000012050002", None),
        ("700001205000", None),
        ("七千", None),
        ("", None),
    ],
)
def test_corporate_numbers_have_a_check_digit(text: str, expected: str | None) -> None:
    assert corporate_number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Taro@Example.JP ", "taro@example.jp"),
        ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "taro@example.jp"),
        ("taro", None),
        ("taro@localhost", None),
        ("a@b@c.jp", None),
        ("@c.jp", None),
        ("a b@c.jp", None),
    ],
)
def test_addresses(text: str, expected: str | None) -> None:
    assert email_key(text) == expected


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("info@a.jp", True),
        ("info2@a.jp", True),
        ("sales+web@a.jp", True),
        ("taro@a.jp", False),
        ("informatics@a.jp", False),
    ],
)
def test_shared_mailboxes(address: str, shared: bool) -> None:
    assert is_shared(address) is shared


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://www.Example.co.jp/about", "example.co.jp"),
        ("taro@example.co.jp", "example.co.jp"),
        ("example.co.jp.", "example.co.jp"),
        ("taro@gmail.com", None),
        ("yahoo.co.jp", None),
        ("localhost", None),
        ("なし", None),
        ("", None),
    ],
)
def test_domains(text: str, expected: str | None) -> None:
    assert domain_key(text) == expected
