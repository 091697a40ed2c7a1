"""Batches: limits, partial success, order, multi-status shapes."""

from typing import Any

import pytest

from tests.sandbox.hubspot.small_portal import Caller, Json

BATCH = "/crm/v3/objects/contacts/batch"


def _inputs(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"inputs": list(rows)}


def test_read_reports_what_is_missing(call: Caller) -> None:
    body = {
        **_inputs({"id": "3"}, {"id": "999"}, {"id": "1"}),
        "properties": ["email"],
        "propertiesWithHistory": ["email"],
    }
    reply = call.post(f"{BATCH}/read", body)
    assert reply.status == 207
    assert [row["id"] for row in reply.body["results"]] == ["1", "3"]
    assert reply.body["results"][0]["propertiesWithHistory"]["email"][0]["value"] == "user1@example.jp"
    assert reply.body["numErrors"] == len(reply.body["errors"]) == 1
    assert reply.body["errors"][0]["category"] == "OBJECT_NOT_FOUND"
    assert reply.body["errors"][0]["context"] == {"ids": ["999"]}


def test_read_by_email(call: Caller) -> None:
    body = {**_inputs({"id": "user2@example.jp"}), "idProperty": "email", "properties": [], "propertiesWithHistory": []}
    reply = call.post(f"{BATCH}/read", body)
    assert (reply.status, [row["id"] for row in reply.body["results"]]) == (200, ["2"])
    assert "numErrors" not in reply.body
    assert call.post(f"{BATCH}/read", {**body, "idProperty": "lastname"}).status == 400


def test_read_archived(call: Caller) -> None:
    assert call.post(f"{BATCH}/read?archived=true", _inputs({"id": "90"})).body["results"][0]["archived"] is True


@pytest.mark.parametrize("action", ["read", "create", "update", "upsert", "archive"])
def test_a_hundred_and_no_more(call: Caller, action: str) -> None:
    reply = call.post(f"{BATCH}/{action}", _inputs(*({"id": str(number)} for number in range(101))))
    assert reply.status == 400
    assert "100" in reply.body["message"]


def test_fifty_with_history(call: Caller) -> None:
    body = {**_inputs(*({"id": str(number)} for number in range(51))), "propertiesWithHistory": ["email"]}
    assert call.post(f"{BATCH}/read", body).status == 400


@pytest.mark.parametrize("action", ["read", "update", "upsert"])
def test_an_id_appears_once(call: Caller, action: str) -> None:
    row = {"id": "user1@example.jp", "idProperty": "email", "properties": {"lastname": "x"}}
    reply = call.post(f"{BATCH}/{action}", _inputs(row, row))
    assert reply.status == 400
    assert "Duplicate IDs found in batch input: [user1@example.jp]" in reply.body["message"]


@pytest.mark.parametrize("body", [{}, {"inputs": {}}, {"inputs": ["x"]}, {"inputs": [{}]}])
def test_malformed_inputs(call: Caller, body: Json) -> None:
    assert call.post(f"{BATCH}/update", body).status == 400


def test_without_trace_ids_one_bad_input_fails_all(call: Caller) -> None:
    good, bad = {"id": "1", "properties": {"lastname": "新"}}, {"id": "2", "properties": {"nosuch": "1"}}
    assert call.post(f"{BATCH}/update", _inputs(good, bad)).status == 400
    assert not call.writes
    assert call.get("/crm/v3/objects/contacts/1").body["properties"]["lastname"] == "L1"
    assert call.post(f"{BATCH}/update", _inputs(good, {"id": "999", "properties": {}})).status == 404


def test_with_trace_ids_good_inputs_pass(call: Caller) -> None:
    rows = [
        {"id": "1", "properties": {"lastname": "新"}, "objectWriteTraceId": "a"},
        {"id": "2", "properties": {"nosuch": "1"}, "objectWriteTraceId": "b"},
        {"id": "999", "properties": {}, "objectWriteTraceId": "c"},
    ]
    reply = call.post(f"{BATCH}/update", _inputs(*rows))
    assert reply.status == 207
    assert [(row["id"], row["objectWriteTraceId"]) for row in reply.body["results"]] == [("1", "a")]
    assert reply.body["numErrors"] == 2
    assert [error["context"]["objectWriteTraceId"] for error in reply.body["errors"]] == [["b"], ["c"]]
    assert all(
        {"category", "context", "errors", "links", "message", "status"} <= error.keys()
        for error in reply.body["errors"]
    )


def test_equal_trace_ids_count_as_none(call: Caller) -> None:
    rows = [
        {"id": "1", "properties": {"lastname": "新"}, "objectWriteTraceId": "a"},
        {"id": "2", "properties": {"nosuch": "1"}, "objectWriteTraceId": "a"},
    ]
    assert call.post(f"{BATCH}/update", _inputs(*rows)).status == 400


def test_a_batch_is_one_tick(call: Caller) -> None:
    before = call.clock.now()
    rows = [{"id": str(number), "properties": {"lastname": "新"}} for number in (3, 1, 2)]
    reply = call.post(f"{BATCH}/update", _inputs(*rows))
    assert (reply.status, [row["id"] for row in reply.body["results"]]) == (200, ["1", "2", "3"])
    assert call.clock.now() - before == call.clock.tick
    assert [note.id for note in call.writes] == ["3", "1", "2"]


def test_create(call: Caller) -> None:
    rows = [{"properties": {"email": f"n{number}@example.jp"}, "associations": []} for number in (1, 2)]
    reply = call.post(f"{BATCH}/create", _inputs(*rows))
    assert (reply.status, [row["id"] for row in reply.body["results"]]) == (201, ["101", "102"])


@pytest.mark.parametrize("email", ["same@example.jp", "user1@example.jp"])
def test_create_conflicts_within_and_without(call: Caller, email: str) -> None:
    rows = [{"properties": {"email": email}}, {"properties": {"email": email.upper()}}]
    reply = call.post(f"{BATCH}/create", _inputs(*rows))
    assert (reply.status, reply.body["category"]) == (409, "CONFLICT")
    assert not call.writes


def test_upsert(call: Caller) -> None:
    rows = [
        {"id": "user1@example.jp", "idProperty": "email", "properties": {"lastname": "新"}},
        {"id": "n@example.jp", "idProperty": "email", "properties": {"lastname": "新"}},
    ]
    reply = call.post(f"{BATCH}/upsert", _inputs(*rows))
    assert reply.status == 200
    assert [(row["id"], row["new"]) for row in reply.body["results"]] == [("1", False), ("101", True)]
    again = call.post(f"{BATCH}/upsert", _inputs(*rows))
    assert [row["new"] for row in again.body["results"]] == [False, False]
    assert not call.writes


def test_upsert_needs_a_unique_property(call: Caller) -> None:
    assert call.post(f"{BATCH}/upsert", _inputs({"id": "1", "properties": {}})).status == 400


def test_archive(call: Caller) -> None:
    assert call.post(f"{BATCH}/archive", _inputs({"id": "1"}, {"id": "999"})).status == 204
    assert [note.operation for note in call.writes] == ["delete"]
    assert call.get("/crm/v3/objects/contacts/1").status == 404


def test_an_unknown_action(call: Caller) -> None:
    assert call.post(f"{BATCH}/explode", _inputs()).status == 404
