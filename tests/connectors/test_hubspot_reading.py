"""HubSpot answers no sandbox gives on demand: ten thousand equal stamps, merges, wide objects, partial answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncagent.connectors.hubspot.changes import SEARCH_MAX, Changes
from syncagent.connectors.hubspot.client import Client, versioned
from syncagent.connectors.hubspot.metadata import read_associations, read_owners, read_stage_history
from syncagent.connectors.hubspot.reading import Reader
from syncagent.connectors.hubspot.schema import Schema, fetch_schema, milliseconds
from syncagent.connectors.replies import Refusal
from syncagent.domain.records import Cursor, FieldInfo, State
from syncagent.errors import Rejected, Transient

START = datetime(2026, 11, 16, tzinfo=UTC)


def schema(*more: str) -> Schema:
    kinds = {"lastmodifieddate": "datetime", "hs_merged_object_ids": "string", "lastname": "string", "day": "date"}
    names = (*kinds, *more)
    return Schema("contacts", {name: FieldInfo(name, name, kinds.get(name, "string")) for name in names})


def text_of(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def row(record_id: str, at: datetime = START, **values: str) -> dict[str, Any]:
    stamp = text_of(at)
    return {"id": record_id, "properties": {"lastmodifieddate": stamp, **values}, "updatedAt": stamp}


@dataclass(slots=True)
class Portal:
    """Enough of HubSpot: a search with its order, its page of 200 and its wall; batch reads; single reads."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    archived: list[dict[str, Any]] = field(default_factory=list)
    batch_resolves: bool = False
    edits: list[tuple[int, str]] = field(default_factory=list)
    page_max: int = SEARCH_MAX
    searches: int = 0
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def put(self, record_id: str, at: datetime, **values: str) -> None:
        self.rows[record_id] = row(record_id, at, **values)

    def search(self, _object: str, question: Mapping[str, Any]) -> object:
        self.searches += 1
        for when, record_id in self.edits:
            if when == self.searches and record_id in self.rows:
                self.put(record_id, START + timedelta(days=1, milliseconds=self.searches))
        found = [one for one in self.rows.values() if self._passes(one, question["filterGroups"][0]["filters"])]
        order = question["sorts"][0]["propertyName"]
        # Ties come in an order of their own, which is nobody's id order.
        found.sort(key=lambda one: (self._value(one, order), hash(one["id"])))
        shown = found[: min(question["limit"], self.page_max)]
        return {"total": len(found), "results": shown, **({"paging": {}} if len(found) == len(shown) else PAGING)}

    def _passes(self, one: Mapping[str, Any], filters: Sequence[Mapping[str, str]]) -> bool:
        compare = {"GTE": int.__ge__, "GT": int.__gt__, "EQ": int.__eq__}
        return all(
            compare[rule["operator"]](self._value(one, rule["propertyName"]), int(rule["value"])) for rule in filters
        )

    @staticmethod
    def _value(one: Mapping[str, Any], name: str) -> int:
        if name == "hs_object_id":
            return int(one["id"])
        return int(milliseconds(datetime.fromisoformat(one["properties"][name])))

    def batch(self, _object: str, action: str, body: Mapping[str, Any]) -> object:
        assert action == "read"
        asked = [one["id"] for one in body["inputs"]]
        assert len(asked) <= 100
        self.asked.append(("batch", body))
        ids = [self.moved.get(one, one) if self.batch_resolves else one for one in asked]
        return {"results": [self.rows[one] for one in dict.fromkeys(ids) if one in self.rows]}

    def get(self, _object: str, record_id: str, _properties: Sequence[str]) -> object:
        self.asked.append(("get", record_id))
        return self.rows.get(self.moved.get(record_id, record_id))

    def page(self, _object: str, **query: object) -> object:
        self.asked.append(("page", query))
        rows = self.archived if query["archived"] else list(self.rows.values())
        return {"results": rows}


PAGING = {"paging": {"next": {"after": "200"}}}


def changes_of(portal: Portal, since: datetime = START) -> list[Any]:
    pages = Changes(cast("Client", portal), schema(), ("lastname",)).since(since)
    return [one for page in pages for one in page]


def test_ten_thousand_and_one_records_of_one_millisecond_are_read_once_and_it_ends() -> None:
    portal = Portal()
    for number in range(1, 10_002):
        portal.put(str(number), START)
    portal.put("20000", START + timedelta(milliseconds=1))
    found = [one["id"] for one in changes_of(portal)]
    assert set(found) == set(portal.rows)
    assert len(found) <= len(portal.rows) + SEARCH_MAX
    assert portal.searches <= 10_001 // SEARCH_MAX + 4


@given(
    stamps=st.lists(st.integers(0, 6), max_size=60),
    edits=st.lists(st.tuples(st.integers(1, 20), st.integers(1, 60).map(str)), max_size=12),
    page_max=st.integers(1, 7),
)
def test_no_change_is_missed_whatever_is_edited_meanwhile(
    stamps: list[int], edits: list[tuple[int, str]], page_max: int
) -> None:
    portal = Portal(edits=edits, page_max=page_max)
    for number, stamp in enumerate(stamps, 1):
        portal.put(str(number), START + timedelta(milliseconds=stamp))
    latest = {one["id"]: one["properties"]["lastmodifieddate"] for one in changes_of(portal)}
    missed = {
        record_id
        for record_id, one in portal.rows.items()
        if latest.get(record_id) != one["properties"]["lastmodifieddate"]
        and not any(when >= portal.searches and edited == record_id for when, edited in edits)
    }
    assert missed == set()


@dataclass(slots=True)
class Rude(Portal):
    """A search that ignores its filter."""

    def search(self, _object: str, question: Mapping[str, Any]) -> object:
        by_id = len(question["filterGroups"][0]["filters"]) > 1
        rows = [row("5", START - timedelta(days=1)), row("6", START)] if not by_id else [row("0")]
        return {"results": rows, **PAGING}


def test_a_search_that_answers_out_of_order_is_an_error_and_no_loop() -> None:
    with pytest.raises(Transient, match="out of order"):
        changes_of(Rude())


@dataclass(slots=True)
class Deaf(Portal):
    """A search that finds the millisecond again which it was asked to go beyond."""

    def search(self, _object: str, question: Mapping[str, Any]) -> object:
        by_id = len(question["filterGroups"][0]["filters"]) > 1
        return {"results": [row("5", START)], **({} if by_id else PAGING)}


def test_a_search_that_comes_back_to_a_finished_millisecond_is_an_error_and_no_loop() -> None:
    with pytest.raises(Transient, match="out of order"):
        changes_of(Deaf())


@dataclass(slots=True)
class Stuck(Portal):
    """A search that never gets past one record."""

    def search(self, _object: str, _question: Mapping[str, Any]) -> object:
        return {"results": [row("5", START)], **PAGING}


def test_a_search_that_does_not_move_on_is_an_error_and_no_loop() -> None:
    with pytest.raises(Transient, match="out of order"):
        changes_of(Stuck())


def reader(portal: Portal, fields: Sequence[str] = ("lastname",), about: Schema | None = None) -> Reader:
    now = START + timedelta(days=2)
    return Reader(cast("Client", portal), about or schema(), tuple(fields), lambda: now)


def test_a_winner_brings_the_ids_merged_into_it() -> None:
    portal = Portal()
    portal.put("30", START, hs_merged_object_ids="10;20;30;", lastname="勝")
    (page, last) = reader(portal).pull(None, timedelta())
    assert [(one.ref.id, one.state, one.successor) for one in page.records] == [
        ("30", State.LIVE, None),
        ("10", State.MERGED, "30"),
        ("20", State.MERGED, "30"),
    ]
    assert last.cursor == Cursor(START)


@pytest.mark.parametrize("batch_resolves", [True, False])
@pytest.mark.parametrize("told", ["10;20", ""])
def test_a_merged_id_answers_with_its_successor(batch_resolves: bool, told: str) -> None:
    portal = Portal(moved={"10": "30", "20": "30"}, batch_resolves=batch_resolves)
    portal.put("30", START, hs_merged_object_ids=told, lastname="勝")
    portal.put("40", START)
    found = reader(portal).read(["10", "40", "20", "99"])
    assert {asked: (one.ref.id, one.state, one.successor) for asked, one in found.items()} == {
        "10": ("30", State.MERGED, "30"),
        "20": ("30", State.MERGED, "30"),
        "40": ("40", State.LIVE, None),
    }


def test_the_first_cursor_is_never_later_than_the_beginning_of_the_pull() -> None:
    portal = Portal()
    portal.put("1", START + timedelta(days=3))
    *_, last = reader(portal).pull(None, timedelta())
    assert last.cursor == Cursor(START + timedelta(days=2))


def test_an_empty_object_has_no_cursor() -> None:
    assert list(reader(Portal()).pull(None, timedelta())) == []


def test_archived_records_follow_with_their_own_stamp() -> None:
    archived_at = START + timedelta(hours=1)
    portal = Portal(archived=[{**row("7"), "archivedAt": text_of(archived_at)}, row("8")])
    cursor = Cursor(START, "1")
    (page,) = reader(portal).pull(cursor, timedelta(seconds=300))
    assert [(one.ref.id, one.state, one.modified) for one in page.records] == [
        ("7", State.DELETED, archived_at),
        ("8", State.DELETED, START),
    ]
    assert page.cursor == cursor


def test_a_wide_object_is_read_by_id_instead_of_a_long_url() -> None:
    wide = [f"custom_property_number_{number}" for number in range(600)]
    portal = Portal(archived=[row("9")])
    portal.put("1", START, **dict.fromkeys(wide, "v"))
    pages = list(reader(portal, wide, schema(*wide)).pull(None, timedelta()))
    assert pages[0].records[0].fields == dict.fromkeys(wide, "v")
    lists = [query for kind, query in portal.asked if kind == "page"]
    assert all(len(query["properties"]) == 2 for query in lists)
    assert pages[-1].records[0].fields == {}


def test_a_partial_answer_to_a_read_is_not_taken_for_success() -> None:
    client = cast("Client", Scripted([{"results": [], "errors": [{"category": "INTERNAL", "message": "sorry"}]}]))
    with pytest.raises(Rejected, match="INTERNAL: sorry"):
        Reader(client, schema(), (), lambda: START).read(["1"])


def test_found_records_that_hold_another_value_are_left_out() -> None:
    portal = Portal()
    portal.put("1", START, lastname="B")
    assert reader(portal).find("lastname", ["a"]) == {}


@dataclass(slots=True)
class Scripted:
    """Answers one after the other, whatever is asked."""

    answers: list[Any]
    asked: list[Any] = field(default_factory=list)

    def batch(self, *asked: object) -> object:
        self.asked.append(asked)
        return self.answers.pop(0)

    def associations(self, _from: str, _to: str, inputs: Sequence[Mapping[str, str]]) -> object:
        self.asked.append(list(inputs))
        return self.answers.pop(0)

    def owners(self, **query: object) -> object:
        self.asked.append(query)
        return self.answers.pop(0)

    def properties(self, _object: str) -> object:
        raise self.answers.pop(0)


def linked(record_id: str, *ends: object, after: str = "") -> dict[str, Any]:
    types = [{"typeId": 279, "category": "HUBSPOT_DEFINED"}, {"typeId": 1}]
    to = [{"toObjectId": end, "associationTypes": types} for end in ends]
    return {"from": {"id": record_id}, "to": to, **({"paging": {"next": {"after": after}}} if after else {})}


def test_associations_of_one_record_that_fill_more_than_a_page() -> None:
    missing = {"category": "OBJECT_NOT_FOUND", "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND"}
    client = Scripted(
        [
            {"results": [linked("1", 70, 71, after="71"), linked("2", "70")], "errors": [missing]},
            {"results": [linked("1", 72)]},
        ]
    )
    found = list(read_associations(cast("Client", client), "contacts", "companies", ["1", "2", "3", "1"]))
    assert [(one.from_id, one.to_id, one.type_ids) for one in found] == [
        ("1", "70", (1, 279)),
        ("1", "71", (1, 279)),
        ("2", "70", (1, 279)),
        ("1", "72", (1, 279)),
    ]
    assert client.asked == [[{"id": "1"}, {"id": "2"}, {"id": "3"}], [{"id": "1", "after": "71"}]]


def test_associations_are_asked_a_thousand_at_a_time() -> None:
    client = Scripted([{"results": []}, {"results": []}])
    list(read_associations(cast("Client", client), "contacts", "companies", [str(n) for n in range(1500)]))
    assert [len(inputs) for inputs in client.asked] == [1000, 500]


def test_owners_are_paged_and_archived_ones_are_inactive() -> None:
    client = Scripted(
        [
            {"results": [{"id": 1, "email": "a@x.test"}], **PAGING},
            {"results": [{"id": "2", "firstName": "花子", "lastName": "佐藤", "teams": [{"name": "甲"}]}]},
            {"results": [{"id": "3"}]},
        ]
    )
    owners = read_owners(cast("Client", client))
    assert [(one.id, one.name, one.team, one.active) for one in owners] == [
        ("1", "", "", True),
        ("2", "佐藤 花子", "甲", True),
        ("3", "", "", False),
    ]


def test_stage_history_counts_entries_oldest_first_and_drops_repeats() -> None:
    versions = [("p2", 5), ("p2", 4), ("", 3), ("p1", 2), ("p1", 1)]
    history = [{"value": stage, "timestamp": text_of(START + timedelta(days=day))} for stage, day in versions]
    client = Scripted([{"results": [{"id": "9", "propertiesWithHistory": {"dealstage": history}}, {"id": "10"}]}])
    entries = list(read_stage_history(cast("Client", client), schema("dealstage"), ["9", "10"], None))
    assert [(one.record_id, one.stage, one.at.day) for one in entries] == [("9", "p1", 17), ("9", "p2", 20)]


def test_a_refused_description_of_another_kind_stays_what_it_is() -> None:
    forbidden = Refusal("MISSING_SCOPES", system="hubspot", code="MISSING_SCOPES", status=403, body=None)
    with pytest.raises(Refusal, match="MISSING_SCOPES"):
        fetch_schema(cast("Client", Scripted([forbidden])), "contacts")


@pytest.mark.parametrize(
    ("version", "path", "sent"),
    [
        ("v3", "/crm/v3/objects/contacts/batch/read", "/crm/v3/objects/contacts/batch/read"),
        ("2026-03", "/crm/v3/objects/contacts/batch/read", "/crm/objects/2026-03/contacts/batch/read"),
        ("2026-03", "/crm/v4/associations/a/b/batch/read", "/crm/associations/2026-03/a/b/batch/read"),
        ("2026-03", "/crm/v3/owners/", "/crm/owners/2026-03/"),
        ("2026-03", "/oauth/v1/token", "/oauth/v1/token"),
    ],
)
def test_paths_by_version(version: str, path: str, sent: str) -> None:
    assert versioned(path, version) == sent
