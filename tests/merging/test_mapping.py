from __future__ import annotations

from pathlib import Path

import pytest

from syncagent.errors import ConfigurationError
from syncagent.language.yaml import read_yaml, validate
from syncagent.merging import MappedField, load_mapping, mapping_schema
from syncagent.merging.mapping import Phase, ValueRow
from tests.merging.reading import CASES, MAPPINGS, Row, mapping_of, small_mapping


class Mistake(Row):
    name: str
    find: str
    replace: str
    problems: list[str]


class Mistakes(Row):
    mapping: str
    cases: list[Mistake]


_FILE = CASES / "mapping/mistakes.yaml"
MISTAKES = validate(Mistakes, read_yaml(_FILE.read_bytes(), str(_FILE)))


@pytest.mark.parametrize("mistake", MISTAKES.cases, ids=lambda mistake: mistake.name)
def test_a_mistake_is_told_at_its_place(mistake: Mistake) -> None:
    assert mistake.find in MISTAKES.mapping
    text = MISTAKES.mapping.replace(mistake.find, mistake.replace)
    assert problems_of(text) == [f"mapping.yaml:{line}" for line in mistake.problems]


def problems_of(text: str) -> list[str]:
    try:
        mapping_of(text)
    except ConfigurationError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize("file", sorted(MAPPINGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_mappings_load(file: Path) -> None:
    mapping = load_mapping(file.read_bytes(), str(file))
    assert mapping.name == file.stem
    assert not mapping.automatic
    assert mapping.create["salesforce"].allowed is mapping.create["hubspot"].allowed is False


def test_a_mapping_lists_what_must_be_read() -> None:
    file = MAPPINGS / "person.yaml"
    mapping = load_mapping(file.read_bytes(), str(file))
    assert list(mapping.objects()) == [("salesforce", "Contact"), ("salesforce", "Lead"), ("hubspot", "contacts")]
    lead, contact = mapping.fields_read("salesforce", "Lead"), mapping.fields_read("salesforce", "Contact")
    assert set(lead) - set(contact) == {"Company", "IsConverted"}
    assert {"CreatedDate", "Email", "OwnerId", "SyncAgent_HubSpot_Id__c"} <= set(contact)
    assert {"createdate", "hs_additional_emails", "hubspot_owner_id"} <= set(mapping.fields_read("hubspot", "contacts"))


def test_fields_are_read_as_written() -> None:
    mapping = small_mapping(
        "  stage: {salesforce: S__c, hubspot: s, rule: forward_only, transform: picklist, "
        "values: {Open: lead, New: lead, Done: sql}, stages: [lead, sql]}\n"
        "  note: {salesforce: {Lead: N__c}, hubspot: n, rule: by_phase, length: {hubspot: 9}, truncate: yes,\n"
        "         phase: {field: stage, from: sql, before: hubspot, after: salesforce}}\n"
        "  day: {salesforce: D__c, hubspot: d, rule: newest, blank: overwrite, transform: date, instant_on: hubspot}\n",
        objects="[Lead, Contact]",
        head="mode: auto\ntitle: Small\n",
    )
    assert (mapping.title, mapping.automatic) == ("Small", True)
    both = {"Lead": "S__c", "Contact": "S__c"}
    rows = (ValueRow("lead", ("Open", "New"), ("lead",)), ValueRow("sql", ("Done",), ("sql",)))
    assert mapping.fields == (
        MappedField("stage", both, {"contacts": "s"}, "forward_only", "picklist", values=rows, stages=("lead", "sql")),
        MappedField(
            "note",
            {"Lead": "N__c"},
            {"contacts": "n"},
            "by_phase",
            stages=("lead", "sql"),
            phase=Phase("stage", "sql", "hubspot", "salesforce"),
            length={"hubspot": 9},
            truncate=True,
        ),
        MappedField(
            "day",
            {"Lead": "D__c", "Contact": "D__c"},
            {"contacts": "d"},
            "newest",
            "date",
            overwrite_with_blank=True,
            instant_on=("hubspot",),
        ),
    )


def test_the_schema_names_every_word() -> None:
    text = str(mapping_schema())
    assert "https://json-schema.org/draft/2020-12/schema" in text
    for word in ("forward_only", "multi_select", "fill_blank", "name_and_domain", "unmatched", "'is'", "'from'"):
        assert word in text
