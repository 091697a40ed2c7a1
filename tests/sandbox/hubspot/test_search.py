"""Search: the reviewed filter cases, limits, sorting, paging, the text query and the lag of the index."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from syncagent.sandbox.hubspot import searching
from tests.sandbox.hubspot.small_portal import Caller, Json

CASES: list[dict[str, Any]] = YAML(typ="safe").load((Path(__file__).parent / "cases/filters.yaml").read_text("utf-8"))
BY_NAME = {"propertyName": "lastname", "operator": "EQ", "value": "L1"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(str(value) for value in case["filter"].values()))
def test_filter(call: Caller, case: dict[str, Any]) -> None:
    reply = call.search("contacts", filterGroups=[{"filters": [case["filter"]]}])
    if "refused" in case:
        assert (reply.status, reply.body["category"]) == (case["refused"], "VALIDATION_ERROR")
    else:
        assert [int(row["id"]) for row in reply.body["results"]] == case["found"]
        assert reply.body["total"] == len(case["found"])


def test_filters_of_a_group_are_all_needed_and_groups_are_alternatives(call: Caller) -> None:
    odd = {"propertyName": "firstname", "operator": "EQ", "value": "太郎"}
    late = {"propertyName": "lastmodifieddate", "operator": "GTE", "value": "2026-11-03"}
    first = {"propertyName": "hs_object_id", "operator": "EQ", "value": "2"}
    reply = call.search("contacts", filterGroups=[{"filters": [odd, late]}, {"filters": [first]}])
    assert [row["id"] for row in reply.body["results"]] == ["2", "3", "5"]


def test_bounds_from_two_filters_on_the_modification_date(call: Caller) -> None:
    low = {"propertyName": "lastmodifieddate", "operator": "GT", "value": "2026-11-02"}
    high = {"propertyName": "lastmodifieddate", "operator": "LT", "value": "2026-11-05"}
    assert call.ids("contacts", low, high) == ["3", "4"]


def test_a_keyset_of_two_bounded_groups(call: Caller) -> None:
    later = {"propertyName": "lastmodifieddate", "operator": "GT", "value": "2026-11-04"}
    same = {"propertyName": "lastmodifieddate", "operator": "EQ", "value": "2026-11-04"}
    beyond = {"propertyName": "hs_object_id", "operator": "GT", "value": "3"}
    sorts = [{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}]
    groups = [{"filters": [later]}, {"filters": [same, beyond]}]
    reply = call.search("contacts", filterGroups=groups, sorts=sorts)
    assert [row["id"] for row in reply.body["results"]] == ["4", "5", "6"]


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ([{"filters": [BY_NAME]}] * 6, "filterGroups"),
        ([{"filters": [BY_NAME] * 7}], "in a group"),
        ([{"filters": [BY_NAME] * 5}] * 4, "in total"),
    ],
)
def test_too_many_filters(call: Caller, groups: list[Any], words: str) -> None:
    reply = call.search("contacts", filterGroups=groups)
    assert reply.status == 400
    assert words in reply.body["message"]


def test_pages_cover_the_set_once(call: Caller) -> None:
    seen: list[str] = []
    after: str | None = "0"
    while after is not None:
        body = call.search("contacts", limit=4, after=after).body
        assert body["total"] == 6
        seen += [row["id"] for row in body["results"]]
        after = body.get("paging", {}).get("next", {}).get("after")
    assert seen == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"limit": 0},
        {"after": "x"},
        {"after": str(searching.WINDOW_MAX)},
        {"query": "x" * 3001},
        {"sorts": ["lastname", "email"]},
        {"sorts": ["nosuch"]},
        {"sorts": [{}]},
        {"filterGroups": "x"},
        {"filterGroups": [{"filters": "x"}]},
        {"filterGroups": [{"filters": ["x"]}]},
    ],
)
def test_refused(call: Caller, body: dict[str, Any]) -> None:
    assert call.search("contacts", **body).status == 400


def test_the_wall_stands_at_ten_thousand(call: Caller) -> None:
    assert call.search("contacts", after="9800", limit=200).status == 200
    assert call.search("contacts", after="9801", limit=200).status == 400


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ({"propertyName": "lastmodifieddate", "direction": "DESCENDING"}, "6"),
        ({"propertyName": "lastmodifieddate", "direction": "ASCENDING"}, "1"),
        ("-hs_object_id", "6"),
        ("syncagent_salesforce_id", "1"),
    ],
)
def test_sort(call: Caller, sort: Json, first: str) -> None:
    assert call.search("contacts", sorts=[sort]).body["results"][0]["id"] == first


def test_query_needs_every_word(call: Caller) -> None:
    assert [row["id"] for row in call.search("contacts", query="花子 l4").body["results"]] == ["4"]
    assert call.search("contacts", query="花子 l3").body["total"] == 0


def test_archived_records_are_never_found(call: Caller) -> None:
    assert call.search("contacts", query="old@example.jp").body["total"] == 0


def test_a_written_record_is_found_at_once_by_default(call: Caller) -> None:
    call.patch("/crm/v3/objects/contacts/3", {"lastname": "新"})
    assert call.ids("contacts", {"propertyName": "lastname", "operator": "EQ", "value": "新"}) == ["3"]
    newest = {"propertyName": "lastmodifieddate", "operator": "GTE", "value": "2026-11-15T23:00:01Z"}
    assert call.ids("contacts", newest) == ["3"]


def test_a_lagging_index_shows_the_past(build: Callable[..., Caller]) -> None:
    call = build(search_lag_seconds=30)
    by_old = {"propertyName": "lastname", "operator": "EQ", "value": "L3"}
    by_new = {"propertyName": "lastname", "operator": "EQ", "value": "新"}
    call.patch("/crm/v3/objects/contacts/3", {"lastname": "新"})
    created = call.post("/crm/v3/objects/contacts", {"properties": {"lastname": "新"}}).body["id"]
    call("DELETE", "/crm/v3/objects/contacts/4")
    assert call.ids("contacts", by_old) == ["3"]
    assert call.ids("contacts", by_new) == []
    assert "4" in call.ids("contacts")
    call.clock.advance(timedelta(seconds=60))
    assert call.ids("contacts", by_old) == []
    assert call.ids("contacts", by_new) == ["3", created]
    assert "4" not in call.ids("contacts")


def test_limits_are_switches(build: Callable[..., Caller]) -> None:
    call = build(search_filter_groups_max=6)
    assert call.search("contacts", filterGroups=[{"filters": [BY_NAME]}] * 6).status == 200
