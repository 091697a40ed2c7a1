from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from syncagent.domain.changes import Change, Evidence
from syncagent.domain.records import Fields, Record, RecordRef, State
from syncagent.merging import (
    MergeContext,
    MergeResult,
    RecordMapping,
    create_changes,
    included,
    merge_link,
    not_created,
)
from tests.merging.reading import OWNERS, SEEN, TOKYO, link_of, record, small_mapping

CONTEXT = MergeContext(TOKYO, OWNERS)

PHONE = "  phone: {salesforce: Phone, hubspot: phone, rule: salesforce, transform: phone}\n"


def merge(mapping: RecordMapping, one: Record, two: Record, base: Fields | None = None) -> MergeResult:
    return merge_link(mapping, link_of(one, two, base), one, two, CONTEXT)


def test_a_change_carries_what_a_reader_needs() -> None:
    one = record("salesforce", "00Q1", Phone="03-1234-5678", OwnerId="005A")
    two = record("hubspot", "7", phone="+81399999999", hubspot_owner_id="101")
    result = merge(small_mapping(PHONE), one, two, {"phone": "+81399999999"})
    assert result.changes == (
        Change(
            ref=two.ref,
            operation="update",
            field="phone",
            before="+81399999999",
            after="+81312345678",
            origin="merge:small.phone",
            reason="Salesforce changed it, and Salesforce owns this field",
            evidence=(
                Evidence("Phone", "03-1234-5678", "Salesforce Lead.Phone holds '03-1234-5678'"),
                Evidence("phone", "+81399999999", "HubSpot contacts.phone holds '+81399999999'"),
                Evidence("base", "+81399999999", "last agreed on '+81399999999'"),
            ),
            owner="101",
        ),
    )
    assert (result.base, result.pending) == ({}, {"phone": "+81312345678"})


def test_different_spellings_of_one_number_write_nothing() -> None:
    one, two = (
        record("salesforce", "00Q1", Phone="03-1234-5678"),
        record("hubspot", "7", phone="０３（１２３４）５６７８"),
    )
    result = merge(small_mapping(PHONE), one, two)
    assert (result.changes, result.base) == ((), {"phone": "+81312345678"})
    assert merge(small_mapping(PHONE), one, two, result.base).base == {}


def test_a_conflict_names_both_raw_values_and_writes_nothing() -> None:
    mapping = small_mapping("  phone: {salesforce: Phone, hubspot: phone, rule: manual, transform: phone}\n")
    one, two = record("salesforce", "00Q1", Phone="03-1234-5678"), record("hubspot", "7", phone="03-9999-9999")
    result = merge(mapping, one, two, {"phone": None})
    (conflict,) = result.conflicts
    assert (result.changes, result.base, result.pending) == ((), {}, {})
    assert (conflict.salesforce_value, conflict.hubspot_value, conflict.base) == ("03-1234-5678", "03-9999-9999", None)
    assert (conflict.pair, conflict.field, conflict.salesforce, conflict.hubspot) == (
        "small",
        "phone",
        one.ref,
        two.ref,
    )


def test_a_value_that_cannot_be_read_goes_to_a_person() -> None:
    mapping = small_mapping("  amount: {salesforce: A__c, hubspot: a, rule: salesforce, transform: decimal}\n")
    result = merge(mapping, record("salesforce", "00Q1", A__c="1"), record("hubspot", "7", a="many"))
    assert [conflict.reason for conflict in result.conflicts] == ["'many' in HubSpot is not a number; correct it there"]


def test_a_value_too_long_goes_to_a_person_unless_cutting_is_allowed() -> None:
    fields = "  name: {{salesforce: N__c, hubspot: n, rule: hubspot, length: {{salesforce: 4}}{}}}\n"
    one, two = record("salesforce", "00Q1", N__c="abcd"), record("hubspot", "7", n="abcdef")
    refused = merge(small_mapping(fields.format("")), replace(one, fields={"N__c": "x"}), two)
    assert [conflict.reason for conflict in refused.conflicts] == [
        "the value has 6 characters, Salesforce holds 4; shorten it or say truncate: true"
    ]
    cutting = small_mapping(fields.format(", truncate: true"))
    assert [change.after for change in merge(cutting, replace(one, fields={"N__c": "x"}), two).changes] == ["abcd"]
    settled = merge(cutting, one, two)
    assert (settled.changes, settled.base) == ((), {"name": "abcdef"})


def test_a_cut_copy_is_not_an_edit_but_a_new_word_is() -> None:
    mapping = small_mapping(
        "  name: {salesforce: N__c, hubspot: n, rule: manual, length: {salesforce: 4}, truncate: true}\n"
    )
    one, two = record("salesforce", "00Q1", N__c="abcd"), record("hubspot", "7", n="xyz")
    assert [(c.field, c.after) for c in merge(mapping, one, two, {"name": "abcdef"}).changes] == [("N__c", "xyz")]
    edited = merge(
        mapping, replace(one, fields={"N__c": "new"}), record("hubspot", "7", n="abcdef"), {"name": "abcdef"}
    )
    assert [(change.field, change.after) for change in edited.changes] == [("n", "new")]


def test_a_coarser_list_is_not_rewritten() -> None:
    mapping = small_mapping(
        "  state: {salesforce: S__c, hubspot: s, rule: hubspot, transform: picklist, "
        "values: {New: open, Waiting: open, Done: closed}}\n"
    )
    result = merge(mapping, record("salesforce", "00Q1", S__c="Waiting"), record("hubspot", "7", s="open"))
    assert (result.changes, result.base) == ((), {"state": "open"})


def test_a_one_way_field_never_writes_the_other_way() -> None:
    mapping = small_mapping(
        "  owner: {salesforce: OwnerId, hubspot: hubspot_owner_id, rule: salesforce, "
        "transform: owner, direction: to_hubspot}\n"
    )
    blank = merge(mapping, record("salesforce", "00Q1"), record("hubspot", "7", hubspot_owner_id="101"))
    assert (blank.changes, blank.base, blank.pending, blank.conflicts) == ((), {}, {}, ())
    one = record("salesforce", "00Q1", OwnerId="0055g0000001026AAA")
    filled = merge(mapping, one, record("hubspot", "7", hubspot_owner_id="103"))
    assert [(change.field, change.after) for change in filled.changes] == [("hubspot_owner_id", "101")]
    assert filled.pending == {"owner": "sato@example.com"}


def test_fields_an_object_does_not_have_are_left_out() -> None:
    mapping = small_mapping(
        "  company: {salesforce: {Lead: Company}, hubspot: company, rule: manual}\n", objects="[Contact, Lead]"
    )
    contact = record("salesforce", "0031", "Contact")
    assert merge(mapping, contact, record("hubspot", "7", company="A")).decisions == ()


PHASED = """\
  stage: {salesforce: Stage__c, hubspot: stage, rule: forward_only, stages: [lead, mql, sql]}
  note:
    salesforce: Note__c
    hubspot: note
    rule: by_phase
    phase: {field: stage, from: mql, before: hubspot, after: salesforce}
"""


@pytest.mark.parametrize(
    ("salesforce", "hubspot", "takes"),
    [
        ("lead", "lead", "hubspot"),
        ("lead", "mql", "salesforce"),
        (None, None, "hubspot"),
        ("sql", "lead", "salesforce"),
        ("vip", "lead", "conflict"),
    ],
)
def test_the_phase_is_the_furthest_either_side_has_reached(salesforce: str, hubspot: str, takes: str) -> None:
    one = record("salesforce", "00Q1", Stage__c=salesforce, Note__c="s")
    two = record("hubspot", "7", stage=hubspot, note="h")
    decisions = {decision.field: decision for decision in merge(small_mapping(PHASED), one, two).decisions}
    assert decisions["note"].side == takes


def test_a_phase_field_that_is_gone_counts_as_no_phase_yet() -> None:
    mapping = small_mapping(PHASED)
    without = replace(mapping, fields=mapping.fields[1:])
    result = merge(without, record("salesforce", "00Q1", Note__c="s"), record("hubspot", "7", note="h"))
    assert result.decisions[0].side == "hubspot"


def test_the_later_change_wins() -> None:
    mapping = small_mapping("  phone: {salesforce: Phone, hubspot: phone, rule: newest}\n")
    one, two = record("salesforce", "00Q1", Phone="1"), record("hubspot", "7", phone="2")
    asked: list[tuple[RecordRef, str]] = []

    def changed_at(ref: RecordRef, field: str) -> datetime:
        asked.append((ref, field))
        return datetime(2026, 11, 2 if ref == one.ref else 1, tzinfo=UTC)

    result = merge_link(mapping, link_of(one, two), one, two, MergeContext(TOKYO, changed_at=changed_at))
    assert [(change.ref, change.after) for change in result.changes] == [(two.ref, "1")]
    assert asked == [(one.ref, "Phone"), (two.ref, "phone")]


CREATE = """\
create: {salesforce: {when: unmatched, require: [email, company]}, hubspot: {when: unmatched, require: [email]}}
include:
  - {object: contacts, field: test, is_not: true}
  - {object: contacts, field: kind, one_of: [a, 5]}
  - {object: Lead, field: IsConverted, is: false}
  - {object: Lead, field: Email, filled: true}
"""
PERSON = """\
  email: {salesforce: Email, hubspot: email, rule: manual, transform: email}
  company: {salesforce: {Lead: Company}, hubspot: company, rule: manual}
  owner: {salesforce: OwnerId, hubspot: hubspot_owner_id, rule: salesforce, transform: owner, direction: to_hubspot}
"""
CREATING = small_mapping(PERSON, objects="[Lead, Contact]", head=CREATE)


def test_a_missing_counterpart_is_created_with_the_id_it_came_from() -> None:
    lead = record(
        "salesforce",
        "00Q5g000000104lEAA",
        Email="A@b.jp",
        Company="山田",
        IsConverted=False,
        OwnerId="0055g0000001026AAA",
    )
    (change,) = create_changes(CREATING, [lead], CONTEXT)
    assert (change.operation, change.field, change.before) == ("create", None, None)
    assert (change.ref, change.counterpart) == (RecordRef("hubspot", "contacts", ""), lead.ref)
    assert change.after == {
        "email": "a@b.jp",
        "company": "山田",
        "hubspot_owner_id": "101",
        "hs_ext": "00Q5g000000104lEAA",
    }
    assert (change.owner, change.origin) == ("101", "merge:small.create")
    assert change.reason == "Salesforce Lead has no counterpart in HubSpot"


def test_a_record_that_lacks_something_is_told() -> None:
    poor = record("hubspot", "7", email="a@b.jp", kind="a")
    odd = record("hubspot", "8", email="nobody", kind="5")
    assert create_changes(CREATING, [odd, poor], CONTEXT) == []
    assert [(each.ref.id, each.reason) for each in not_created(CREATING, [odd, poor], CONTEXT)] == [
        ("7", "Salesforce needs company and hubspot/contacts/7 holds none; fill it in there"),
        ("8", "'nobody' in HubSpot is not an e-mail address; correct it there"),
    ]


def test_what_is_excluded_gone_or_not_allowed_is_not_created() -> None:
    whole = record("hubspot", "7", email="a@b.jp", company="A", kind="a")
    assert len(create_changes(CREATING, [whole], CONTEXT)) == 1
    assert create_changes(CREATING, [replace(whole, state=State.DELETED)], CONTEXT) == []
    assert create_changes(CREATING, [replace(whole, fields={**whole.fields, "test": "true"})], CONTEXT) == []
    assert create_changes(small_mapping(PERSON, objects="[Lead]"), [whole], CONTEXT) == []
    contact = record("salesforce", "0031", "Contact", Email="a@b.jp")
    assert [change.after for change in create_changes(CREATING, [contact], CONTEXT)] == [
        {"email": "a@b.jp", "hs_ext": "0031"}
    ]


def test_a_create_without_an_external_id_field_carries_none() -> None:
    bare = replace(CREATING, hubspot=replace(CREATING.hubspot, external_id=None))
    contact = record("salesforce", "0031", "Contact", Email="a@b.jp")
    assert [change.after for change in create_changes(bare, [contact], CONTEXT)] == [{"email": "a@b.jp"}]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"IsConverted": False, "Email": "a@b.jp"}, True),
        ({"IsConverted": True, "Email": "a@b.jp"}, False),
        ({"Email": "a@b.jp"}, False),
        ({"IsConverted": False}, False),
        ({"IsConverted": False, "Email": ""}, False),
    ],
)
def test_a_record_is_included_when_it_passes_every_test(fields: Fields, expected: bool) -> None:
    lead = Record(RecordRef("salesforce", "Lead", "00Q1"), fields, SEEN, SEEN)
    assert included(CREATING, lead) is expected
    assert not included(CREATING, replace(lead, ref=RecordRef("salesforce", "Account", "0011")))
