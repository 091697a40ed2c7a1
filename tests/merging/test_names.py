"""Names in a whole merge: spelling, swapped parts, and both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncagent.domain.records import Fields, Record, Scalar
from syncagent.merging import MergeContext, MergeResult, RecordMapping, create_changes, merge_link, not_created
from syncagent.merging.texts import Language
from tests.merging.reading import OWNERS, TOKYO, link_of, record, small_mapping

SWAPPED = "family and given name are swapped between the systems"
NAMES = """\
  lastname: {{salesforce: LastName, hubspot: lastname, transform: person_name, rule: {rule}, spelling: {spelling}}}
  firstname: {{salesforce: FirstName, hubspot: firstname, transform: person_name, rule: {rule}, spelling: {spelling}}}
  title: {{salesforce: Title, hubspot: jobtitle, transform: name, rule: {rule}}}
"""


def names(rule: str = "salesforce", spelling: str = "keep") -> RecordMapping:
    return small_mapping(NAMES.format(rule=rule, spelling=spelling))


def pair(salesforce: tuple[Scalar, Scalar], hubspot: tuple[Scalar, Scalar]) -> tuple[Record, Record]:
    one = record("salesforce", "00Q1", LastName=salesforce[0], FirstName=salesforce[1])
    return one, record("hubspot", "7", lastname=hubspot[0], firstname=hubspot[1])


def merge(
    mapping: RecordMapping, records: tuple[Record, Record], base: Fields | None = None, language: Language = "en"
) -> MergeResult:
    return merge_link(
        mapping, link_of(*records, base), *records, MergeContext(TOKYO, OWNERS, language=language)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        ("en", f"{SWAPPED}; the sides differ at their first meeting: Salesforce owns this field"),
        ("ja", "姓と名がSalesforceとHubSpotで逆。初回の突合で値が異なる。この項目はSalesforceを正とする"),
    ],
)
def test_swapped_name_parts_are_said(language: Language, reason: str) -> None:
    result = merge(names(), pair(("宮崎", "慎一"), ("慎一", "宮崎")), language=language)
    assert [(change.field, change.after, change.reason) for change in result.changes] == [
        ("lastname", "宮崎", reason),
        ("firstname", "慎一", reason),
    ]


def test_swapped_parts_are_said_in_a_conflict_too() -> None:
    result = merge(names("manual"), pair(("宮崎", "慎一"), ("慎一", "宮崎")))
    assert len(result.conflicts) == 2
    assert all(conflict.reason.startswith("family and given name are swapped") for conflict in result.conflicts)


def test_swapped_parts_in_another_spelling_are_left_to_a_person() -> None:
    swapped = pair(("斎藤", "剛"), ("剛", "齋藤"))
    result = merge(names(), swapped)
    assert (result.changes, result.base) == ((), {"title": None})
    assert {conflict.reason for conflict in result.conflicts} == {
        f"{SWAPPED} and spelled differently: put them right by hand"
    }
    following = merge(names(spelling="follow"), swapped)
    assert [(change.field, change.after) for change in following.changes] == [("lastname", "斎藤"), ("firstname", "剛")]


@pytest.mark.parametrize(
    ("salesforce", "hubspot"),
    [
        (("宮崎", "慎一"), ("宮崎", "慎二")),
        (("宮崎", "慎一"), ("慎一", "川崎")),
        (("宮崎", "慎一"), ("慎一", None)),
        (("林", "林"), ("林", "林")),
        (("林", "髙"), ("高", "山")),
    ],
)
def test_other_differences_are_not_called_swapped(
    salesforce: tuple[Scalar, Scalar], hubspot: tuple[Scalar, Scalar]
) -> None:
    assert not [d for d in merge(names(), pair(salesforce, hubspot)).decisions if "swapped" in d.reason]


def test_a_spelling_is_no_change_and_no_conflict() -> None:
    records = pair(("高橋", "花子"), ("髙橋", "花子"))
    result = merge(names(), records)
    assert (result.changes, result.conflicts) == ((), ())
    assert result.base == {"lastname": "高橋", "firstname": "花子", "title": None}
    again = merge(names(), records, result.base)
    assert (again.changes, again.conflicts, again.base) == ((), (), {})


MISSING = """\
create: {salesforce: {when: unmatched, require: [email, company]}}
"""
CREATING = small_mapping(
    "  email: {salesforce: Email, hubspot: email, rule: manual, transform: email}\n"
    "  company: {salesforce: Company, hubspot: company, rule: manual, transform: company_name}\n",
    head=MISSING,
)


def test_ids_of_changes_do_not_depend_on_the_language() -> None:
    records = pair(("宮崎", "慎一"), ("川崎", None))
    english, japanese = (merge(names(), records, {"lastname": "川崎"}, language) for language in ("en", "ja"))
    assert [change.id for change in english.changes] == [change.id for change in japanese.changes]
    assert all(one.reason != two.reason for one, two in zip(english.changes, japanese.changes, strict=True))
    assert [item.text for item in japanese.changes[0].evidence] == [
        "Salesforce Lead.LastName の値は「宮崎」",
        "HubSpot contacts.lastname の値は「川崎」",
        "前回の一致値は「川崎」",
    ]
    assert japanese.changes[1].evidence[1].text == "HubSpot contacts.firstname は未入力"


def test_creates_and_their_obstacles_are_told_in_japanese() -> None:
    context = MergeContext(TOKYO, OWNERS, language="ja")
    whole = record("hubspot", "7", email="a@b.jp", company="株式会社山田")
    (change,) = create_changes(CREATING, [whole], context)
    assert change.reason == "HubSpot contacts に対応するレコードがSalesforceにない"
    assert change.evidence[0].text == "作成元: hubspot/contacts/7"
    odd = replace(whole, fields={**whole.fields, "email": "なし"})
    poor = replace(whole, fields={"email": "a@b.jp"})
    assert [each.reason for each in not_created(CREATING, [odd], context)] == [
        "HubSpotの値「なし」はメールアドレスでない。HubSpot側を修正する"
    ]
    assert [each.reason for each in not_created(CREATING, [poor], context)] == [
        "Salesforceでの作成にはcompanyが必要だが hubspot/contacts/7 は未入力。先に入力する"
    ]


_PARTS = st.sampled_from([None, "髙橋", "高橋", "髙 橋", "斎藤", "齋藤", "剛", "花子"])
_RULES = st.sampled_from(["salesforce", "hubspot", "newest", "manual", "fill_blank"])


@settings(max_examples=500, deadline=None)
@given(_RULES, st.sampled_from(["keep", "follow"]), st.lists(_PARTS, min_size=4, max_size=4))
def test_a_second_merge_of_names_finds_nothing_to_do(rule: str, spelling: str, parts: list[Scalar]) -> None:
    mapping = names(rule, spelling)
    one, two = pair((parts[0], parts[1]), (parts[2], parts[3]))
    first = merge(mapping, (one, two))
    for change in first.changes:
        held = one if change.ref == one.ref else two
        written = replace(held, fields={**held.fields, str(change.field): change.after})  # type: ignore[dict-item]  # an update's after is one value
        one, two = (written, two) if held is one else (one, written)
        if spelling == "keep" and change.before is not None:
            assert "髙" not in str(change.before) or "高" not in str(change.after)
            assert "齋" not in str(change.before) or "斎" not in str(change.after)
    second = merge(mapping, (one, two), {**first.base, **first.pending})
    assert not second.changes
    assert not second.base
    assert len(second.conflicts) == len(first.conflicts)
