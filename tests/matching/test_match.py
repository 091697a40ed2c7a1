from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncagent.domain.records import Link, Record, RecordRef, Scalar, State
from syncagent.domain.time import parse_instant
from syncagent.matching import MatchResult, match
from syncagent.matching.proofs import GROUP_MAX, PROOFS
from syncagent.merging import RecordMapping, load_mapping

SEEN = parse_instant("2026-11-16T00:00:00+00:00")
PERSON = load_mapping((Path(__file__).parents[2] / "mappings/person.yaml").read_bytes(), "person.yaml")
COMPANY = load_mapping(
    """\
mapping: company
salesforce: {objects: [Account]}
hubspot: {objects: [companies], external_id: sf}
match:
  - {key: external_id}
  - {key: corporate_number, salesforce: [Number__c], hubspot: [number]}
  - key: name_and_domain
    name: {salesforce: [Name], hubspot: [name]}
    domain: {salesforce: [Website], hubspot: [domain]}
fields:
  name: {salesforce: Name, hubspot: name, rule: salesforce}
""",
    "company.yaml",
)


def lead(record_id: str, email: str | None = None, last: str = "山田", **fields: Scalar) -> Record:
    return _record("salesforce/Lead", record_id, {"Email": email, "LastName": last, "FirstName": "太郎", **fields})


def contact(record_id: str, email: str | None = None, last: str = "山田", **fields: Scalar) -> Record:
    return _record("salesforce/Contact", record_id, {"Email": email, "LastName": last, "FirstName": "太郎", **fields})


def person(record_id: str, email: str | None = None, last: str = "山田", **fields: Scalar) -> Record:
    return _record("hubspot/contacts", record_id, {"email": email, "lastname": last, "firstname": "太郎", **fields})


def account(record_id: str, name: str, website: str | None = None, number: str | None = None) -> Record:
    return _record("salesforce/Account", record_id, {"Name": name, "Website": website, "Number__c": number})


def company(record_id: str, name: str | None, domain: str | None = None, number: str | None = None) -> Record:
    return _record("hubspot/companies", record_id, {"name": name, "domain": domain, "number": number})


def _record(kind: str, record_id: str, fields: dict[str, Scalar]) -> Record:
    system, _, name = kind.partition("/")
    ref = RecordRef("salesforce" if system == "salesforce" else "hubspot", name, record_id)
    return Record(ref, fields, SEEN, SEEN)


def linked(mapping: RecordMapping, records: list[Record], links: list[Link] | None = None) -> MatchResult:
    salesforce = [record for record in records if record.ref.system == "salesforce"]
    hubspot = [record for record in records if record.ref.system == "hubspot"]
    return match(mapping, salesforce, hubspot, links or [])


def pairs(result: MatchResult) -> list[tuple[str, str, str]]:
    return sorted((link.salesforce.id, link.hubspot.id, link.key) for link in result.links)


def doubts(result: MatchResult) -> list[tuple[str, str, str]]:
    return sorted((doubt.salesforce.id, doubt.hubspot.id, doubt.kind) for doubt in result.doubtful)


def test_an_address_links() -> None:
    result = linked(PERSON, [lead("L1", "A@b.jp"), person("1", "a@B.jp"), person("2", "c@d.jp"), lead("L2")])
    assert result.links == (
        Link("person", RecordRef("salesforce", "Lead", "L1"), RecordRef("hubspot", "contacts", "1"), "email"),
    )
    assert result.doubtful == ()


def test_a_second_address_links_but_a_first_one_is_preferred() -> None:
    second = person("1", "other@b.jp", hs_additional_emails="x@b.jp;a@b.jp")
    assert pairs(linked(PERSON, [lead("L1", "a@b.jp"), second])) == [("L1", "1", "email")]
    both = linked(PERSON, [lead("L1", "a@b.jp"), second, person("2", "a@b.jp")])
    assert pairs(both) == [("L1", "2", "email")]
    assert doubts(both) == [("L1", "1", "ambiguous")]


def test_a_stored_link_wins_over_every_key() -> None:
    one, two = lead("L1", "a@b.jp", SyncAgent_HubSpot_Id__c="2"), person("1", "z@b.jp")
    stored = Link("person", one.ref, two.ref, "email")
    result = linked(PERSON, [one, two, person("2", "a@b.jp")], [stored])
    assert pairs(result) == []
    assert doubts(result) == [("L1", "2", "ambiguous")]
    assert "salesforce/Lead/L1 is already linked with hubspot/contacts/1" in result.doubtful[0].reason


def test_external_ids_of_either_side_link_and_mutual_ones_first() -> None:
    short, full = "00Q5g0000001026", "00Q5g0000001026EAA"
    assert pairs(linked(PERSON, [lead(full), person("1", syncagent_salesforce_id=short)])) == [
        (full, "1", "external_id")
    ]
    assert pairs(linked(PERSON, [lead("L1", SyncAgent_HubSpot_Id__c="1"), person("1")])) == [("L1", "1", "external_id")]
    rivals = [
        contact("C1", SyncAgent_HubSpot_Id__c="1"),
        lead("L1", SyncAgent_HubSpot_Id__c="1"),
        person("1", syncagent_salesforce_id="L1"),
    ]
    result = linked(PERSON, rivals)
    assert pairs(result) == [("L1", "1", "external_id")]
    assert doubts(result) == [("C1", "1", "ambiguous")]
    assert linked(PERSON, [lead("L1", SyncAgent_HubSpot_Id__c="9"), person("1")]).links == ()


def test_the_contact_wins_over_the_lead_then_the_oldest_then_the_smallest_id() -> None:
    older, newer = {"CreatedDate": "2025-01-01T00:00:00+00:00"}, {"CreatedDate": "2026-01-01T00:00:00+00:00"}
    people = [
        lead("L1", "a@b.jp", **older),
        contact("C2", "a@b.jp", **newer),
        contact("C3", "a@b.jp", **older),
        contact("C1", "a@b.jp"),
        person("1", "a@b.jp"),
    ]
    result = linked(PERSON, people)
    assert pairs(result) == [("C3", "1", "email")]
    assert [each[0] for each in doubts(result)] == ["C1", "C2", "L1"]
    without = linked(PERSON, [record for record in people if record.ref.id != "C3"])
    assert pairs(without) == [("C2", "1", "email")]


def test_of_several_with_one_address_the_namesake_wins() -> None:
    result = linked(
        PERSON, [contact("C1", "a@b.jp", "佐藤"), lead("L1", "a@b.jp", "山田"), person("1", "a@b.jp", "山田")]
    )
    assert pairs(result) == [("L1", "1", "email")]


@pytest.mark.parametrize(
    ("fields", "certain"),
    [
        ({"last": "山田"}, True),
        ({"last": "太郎", "firstname": "山田"}, True),
        ({"last": "佐藤"}, False),
        ({"last": "", "firstname": None}, False),
    ],
)
def test_a_shared_mailbox_needs_the_name(fields: dict[str, str], certain: bool) -> None:
    result = linked(PERSON, [lead("L1", "info@b.jp"), person("1", "info@b.jp", **fields)])
    assert pairs(result) == ([("L1", "1", "email")] if certain else [])
    assert doubts(result) == ([] if certain else [("L1", "1", "weak")])


def test_another_name_at_a_personal_address_still_links() -> None:
    assert pairs(linked(PERSON, [lead("L1", "a@b.jp", "山田"), person("1", "a@b.jp", "佐藤")])) == [
        ("L1", "1", "email")
    ]


def test_records_that_are_gone_or_not_mapped_take_no_part() -> None:
    gone = replace(lead("L1", "a@b.jp"), state=State.CONVERTED)
    assert linked(PERSON, [gone, person("1", "a@b.jp"), account("A1", "ABC")]) == MatchResult()


def test_an_address_half_the_company_shares_forms_no_pairs() -> None:
    crowd = [lead(f"L{number}", "front@b.jp") for number in range(GROUP_MAX + 1)]
    assert linked(PERSON, [*crowd, person("1", "front@b.jp")]) == MatchResult()


NUMBER = "7000012050002"


@pytest.mark.parametrize(
    ("one", "two", "key", "words"),
    [
        (account("A", "ABC", number=NUMBER), company("1", "別の名", number=f"T{NUMBER}"), "corporate_number", ""),
        (
            account("A", "株式会社ABC", "https://www.abc.jp/"),
            company("1", "ABC㈱", "abc.jp"),
            "name_and_domain",
            "",
        ),
        (account("A", "株式会社ABC"), company("1", "ABC㈱", "abc.jp"), None, "the same name, but no common domain"),
        (
            account("A", "髙橋商店", "abc.jp"),
            company("1", "高橋商店", "abc.jp"),
            None,
            "names that differ only in old or small characters",
        ),
        (account("A", "ABC", "abc.jp"), company("1", "XYZ", "abc.jp"), None, "the domain abc.jp under different names"),
        (account("A", "ABC", "abc.jp"), company("1", None, "abc.jp"), None, "the domain abc.jp under different names"),
        (account("A", "ABC", "gmail.com"), company("1", "XYZ", "gmail.com"), None, ""),
        (account("A", "ABC", number="1"), company("1", "XYZ", number="1"), None, ""),
        (account("A", "株式会社"), company("1", "有限会社"), None, ""),
    ],
)
def test_companies(one: Record, two: Record, key: str | None, words: str) -> None:
    result = linked(COMPANY, [one, two])
    assert [link.key for link in result.links] == ([key] if key else [])
    assert [doubt.reason for doubt in result.doubtful] == (
        [f"{words}: link them by hand if they are the same"] if words else []
    )


def test_a_weak_hint_between_companies_that_found_theirs_is_dropped() -> None:
    everyone = [
        account("A", "ABC", "abc.jp"),
        account("B", "XYZ", "abc.jp"),
        company("1", "ABC", "abc.jp"),
        company("2", "XYZ", "abc.jp"),
    ]
    result = linked(COMPANY, everyone)
    assert pairs(result) == [("A", "1", "name_and_domain"), ("B", "2", "name_and_domain")]
    assert result.doubtful == ()


def test_every_key_a_mapping_may_name_has_a_proof() -> None:
    assert set(PROOFS) == {"external_id", "email", "corporate_number", "name_and_domain"}


_EMAILS = st.sampled_from(["a@b.jp", "info@b.jp", "c@b.jp", None])
_NAMES = st.sampled_from(["山田", "佐藤", ""])


@st.composite
def crowds(draw: st.DrawFn) -> list[Record]:
    makers = {"L": lead, "C": contact, "H": person}
    kinds = draw(st.lists(st.sampled_from("LCH"), max_size=9))
    records = [makers[kind](f"{kind}{place}", draw(_EMAILS), draw(_NAMES)) for place, kind in enumerate(kinds)]
    pointing = draw(st.sampled_from(["", *[record.ref.id for record in records]]))
    for index, record in enumerate(records):
        if draw(st.booleans()):
            field = "syncagent_salesforce_id" if record.ref.system == "hubspot" else "SyncAgent_HubSpot_Id__c"
            records[index] = replace(record, fields={**record.fields, field: pointing})
    return records


@settings(max_examples=300, deadline=None)
@given(crowd=crowds(), data=st.data())
def test_the_order_of_records_means_nothing_and_a_second_run_finds_nothing_new(
    crowd: list[Record], data: st.DataObject
) -> None:
    first = linked(PERSON, crowd)
    assert linked(PERSON, data.draw(st.permutations(crowd))) == first
    sides = [ref for link in first.links for ref in (link.salesforce, link.hubspot)]
    assert len(sides) == len(set(sides))
    again = linked(PERSON, crowd, list(first.links))
    assert again.links == ()
    assert {(doubt.salesforce, doubt.hubspot) for doubt in again.doubtful} <= {
        (doubt.salesforce, doubt.hubspot) for doubt in first.doubtful
    }
    assert not {(doubt.salesforce, doubt.hubspot) for doubt in first.doubtful} & {
        (link.salesforce, link.hubspot) for link in first.links
    }
