from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from syncagent.domain.records import FieldInfo, System
from syncagent.merging import check_fields
from tests.merging.reading import mapping_of

MAPPING = """\
mapping: person
salesforce: {objects: [Lead], external_id: Ext__c}
hubspot: {objects: [contacts], external_id: ext}
match: [{key: email, salesforce: [Email], hubspot: [email], name: {salesforce: [LastName], hubspot: [lastname]}}]
include: [{object: Lead, field: IsConverted, is: false}]
fields:
  email: {salesforce: {Lead: Email}, hubspot: email, transform: email, rule: manual}
  lastname: {salesforce: LastName, hubspot: lastname, transform: name, rule: manual, length: {salesforce: 80}}
  status: {salesforce: Status, hubspot: status, transform: picklist, rule: manual, values: {New: new, Old: old}}
  day: {salesforce: Day__c, hubspot: day, transform: date, rule: manual, instant_on: hubspot}
  note: {salesforce: Note__c, hubspot: note, rule: salesforce, direction: to_hubspot}
"""


NO_DATE = (
    "mapping.yaml:10:21: Lead.Day__c is of type currency, which transform date does not fit "
    "(it fits date, datetime, string)"
)
TOO_SHORT = (
    "mapping.yaml:8:45: contacts.lastname holds 20 characters and Salesforce holds longer ones; "
    "set length.hubspot: 20, and truncate: true if cutting is right"
)


def info(name: str, kind: str = "string", length: int | None = None, *, unique: bool = False) -> FieldInfo:
    return FieldInfo(name, name, kind, length, unique=unique)


def picklist(name: str, kind: str, *options: str) -> FieldInfo:
    return FieldInfo(name, name, kind, options=options, restricted=True)


LEAD = {
    each.name: each
    for each in (
        info("Ext__c", unique=True),
        info("Email", "email", 80),
        info("LastName", length=80),
        info("IsConverted", "boolean"),
        picklist("Status", "picklist", "New", "Old"),
        info("Day__c", "date"),
        replace(info("Note__c", "textarea", 500), writable=False),
    )
}
CONTACTS = {
    each.name: each
    for each in (
        info("ext", unique=True),
        info("email"),
        info("lastname"),
        picklist("status", "enumeration", "new", "old"),
        info("day", "datetime"),
        info("note", length=500),
    )
}
DESCRIBED: Mapping[tuple[System, str], Mapping[str, FieldInfo]] = {
    ("salesforce", "Lead"): LEAD,
    ("hubspot", "contacts"): CONTACTS,
}


def problems(
    lead: Mapping[str, FieldInfo | None] | None = None,
    contacts: Mapping[str, FieldInfo | None] | None = None,
    text: str = MAPPING,
) -> list[str]:
    """Check the mapping against the two objects with some fields put in another way (None: taken away)."""
    described = {
        key: {name: field for name, field in {**fields, **(other or {})}.items() if field is not None}
        for (key, fields), other in zip(DESCRIBED.items(), (lead, contacts), strict=True)
    }
    return [str(problem) for problem in check_fields(mapping_of(text), described)]


def test_a_fitting_mapping_has_no_problems() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("lead", "contacts", "expected"),
    [
        (
            {"LastName": None, "LastNam": info("LastNam", length=80)},
            {},
            [
                "mapping.yaml:4:15: Salesforce has no field 'LastName' there; did you mean 'LastNam'?",
                "mapping.yaml:8:26: Salesforce Lead has no field 'LastName'; did you mean 'LastNam'?",
            ],
        ),
        (
            {"Email": None, "E_Mail": info("E_Mail", "email")},
            {},
            [
                "mapping.yaml:4:15: Salesforce has no field 'Email' there; did you mean 'E_Mail'?",
                "mapping.yaml:7:30: Salesforce Lead has no field 'Email'; did you mean 'E_Mail'?",
            ],
        ),
        (
            {},
            {"ext": None, "extt": info("extt")},
            ["mapping.yaml:3:45: HubSpot contacts has no field 'ext'; did you mean 'extt'?"],
        ),
        (
            {"Ext__c": info("Ext__c")},
            {},
            ["mapping.yaml:2:44: Lead.Ext__c is not unique; make it a unique (external id) field"],
        ),
        (
            {"IsConverted": None, "Converted": info("Converted")},
            {},
            ["mapping.yaml:5:33: Salesforce Lead has no field 'IsConverted'; did you mean 'Converted'?"],
        ),
        (
            {},
            {"note": replace(info("note", length=500), writable=False)},
            ["mapping.yaml:11:40: contacts.note cannot be written; say direction: to_salesforce with rule: hubspot"],
        ),
        (
            {"Day__c": info("Day__c", "currency")},
            {},
            [
                NO_DATE,
            ],
        ),
        (
            {"Day__c": info("Day__c", "datetime")},
            {"day": info("day", "date")},
            [
                "mapping.yaml:10:21: Lead.Day__c is of type datetime; say instant_on: salesforce",
                "mapping.yaml:10:38: contacts.day is of type date; remove instant_on: hubspot",
            ],
        ),
        ({}, {"day": info("day", "string")}, []),
        (
            {"LastName": info("LastName", length=40)},
            {},
            ["mapping.yaml:8:26: Lead.LastName holds 40 characters, not 80; set length.salesforce: 40"],
        ),
        (
            {},
            {"lastname": info("lastname", length=20)},
            [
                TOO_SHORT,
            ],
        ),
        (
            {"Status": picklist("Status", "picklist", "New", "Older")},
            {},
            [
                "mapping.yaml:9:24: Lead.Status has no value 'Old'; did you mean 'Older'?",
                "mapping.yaml:9:24: Lead.Status has values the mapping does not know: Older; add them under values",
            ],
        ),
        ({"Status": replace(picklist("Status", "picklist", "New"), restricted=False)}, {}, []),
        ({"Status": info("Status", "picklist")}, {}, []),
    ],
)
def test_what_does_not_fit_is_told_at_its_place(
    lead: dict[str, FieldInfo | None], contacts: dict[str, FieldInfo | None], expected: list[str]
) -> None:
    assert problems(lead, contacts) == expected


def test_an_object_that_is_not_there_is_the_only_thing_told_about_it() -> None:
    described: Mapping[tuple[System, str], Mapping[str, FieldInfo]] = {
        ("salesforce", "Leads"): {},
        ("hubspot", "contacts"): CONTACTS,
    }
    assert [str(problem) for problem in check_fields(mapping_of(MAPPING), described)] == [
        "mapping.yaml:2:24: Salesforce has no object 'Lead'; did you mean 'Leads'?"
    ]


def test_a_list_without_values_may_hold_anything() -> None:
    assert problems(text=MAPPING.replace(", values: {New: new, Old: old}", "")) == []


def test_sides_without_external_ids_are_not_asked_for_them() -> None:
    text = MAPPING.replace(", external_id: Ext__c", "").replace(", external_id: ext", "")
    assert problems(text=text) == []
