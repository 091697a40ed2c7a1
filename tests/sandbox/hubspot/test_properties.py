"""Property definitions, groups, pipelines and owners."""

from typing import Any

import pytest

from syncagent.sandbox.hubspot.definitions import FIELD_TYPES, standard_definitions
from syncagent.sandbox.hubspot.objecttypes import TYPES
from tests.sandbox.hubspot.small_portal import Caller

PROPERTIES = "/crm/v3/properties/contacts"
NEW = {"name": "rank", "label": "Rank", "type": "string", "fieldType": "text", "groupName": "contactinformation"}


@pytest.mark.parametrize("name", TYPES)
def test_shipped_definitions_are_sound(name: str) -> None:
    kind, known = TYPES[name], standard_definitions(name)
    assert {*kind.always, *kind.defaults, *kind.searched} <= known.keys()
    for definition in known.values():
        assert definition.field_type in FIELD_TYPES[definition.type], definition.name
        assert bool(definition.options) <= (definition.type in ("enumeration", "bool")), definition.name
    assert all(known[stamp].read_only and known[stamp].type == "datetime" for stamp in (kind.created, kind.modified))


def test_list_and_get(call: Caller) -> None:
    rows = {row["name"]: row for row in call.get(PROPERTIES).body["results"]}
    assert rows["email"]["hasUniqueValue"] is True
    assert rows["createdate"]["modificationMetadata"]["readOnlyValue"] is True
    assert call.get(f"{PROPERTIES}/email").body == rows["email"]
    assert call.get("/crm/properties/2026-03/0-1/email").body == rows["email"]
    assert call.get(f"{PROPERTIES}/nosuch").status == 404


def test_deal_stages_bring_their_properties(call: Caller) -> None:
    rows = {row["name"]: row for row in call.get("/crm/v3/properties/deals").body["results"]}
    assert {"hs_v2_date_entered_p1", "hs_v2_date_exited_771"} <= rows.keys()
    assert [option["value"] for option in rows["pipeline"]["options"]] == ["default", "renewal"]


def test_a_created_property_works_and_an_archived_one_does_not(call: Caller) -> None:
    reply = call.post(PROPERTIES, {**NEW, "hasUniqueValue": True})
    assert (reply.status, reply.body["hubspotDefined"], reply.body["createdAt"]) == (
        201,
        False,
        "2026-11-15T23:00:01.000Z",
    )
    assert call.writes.notes[0].object == "properties/contacts"
    assert call.patch("/crm/v3/objects/contacts/1", {"rank": "A"}).status == 200
    assert call.patch("/crm/v3/objects/contacts/2", {"rank": "A"}).status == 400
    assert call.get("/crm/v3/objects/contacts/A?idProperty=rank").body["id"] == "1"
    assert call("DELETE", f"{PROPERTIES}/rank").status == 204
    assert call.patch("/crm/v3/objects/contacts/1", {"rank": "B"}).status == 400
    assert [row["name"] for row in call.get(f"{PROPERTIES}?archived=true").body["results"]] == ["rank"]
    assert call.get(f"{PROPERTIES}/rank?archived=true").body["archived"] is True


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": "email"}, 409),
        ({"name": "Rank"}, 400),
        ({"type": "number"}, 400),
        ({"type": "blob"}, 400),
        ({"groupName": "nosuch"}, 400),
        ({"label": ""}, 400),
    ],
)
def test_refused_creates(call: Caller, change: dict[str, Any], status: int) -> None:
    assert call.post(PROPERTIES, {**NEW, **change}).status == status
    assert not call.writes


def test_ten_unique_properties(call: Caller) -> None:
    for number in range(9):  # the portal has one already
        assert call.post(PROPERTIES, {**NEW, "name": f"key{number}", "hasUniqueValue": True}).status == 201
    assert call.post(PROPERTIES, {**NEW, "name": "key9", "hasUniqueValue": True}).status == 400


def test_update(call: Caller) -> None:
    options = [{"label": "D", "value": "d"}]
    reply = call("PATCH", f"{PROPERTIES}/interests", {"label": "興味", "options": options})
    assert (reply.body["label"], [option["value"] for option in reply.body["options"]]) == ("興味", ["d"])
    assert call.patch("/crm/v3/objects/contacts/1", {"interests": "d"}).status == 200
    assert call("PATCH", f"{PROPERTIES}/email", {"label": "x"}).status == 400
    assert call("DELETE", f"{PROPERTIES}/email").status == 400


def test_batches(call: Caller) -> None:
    reply = call.post(
        f"{PROPERTIES}/batch/read", {"archived": False, "inputs": [{"name": "email"}, {"name": "nosuch"}]}
    )
    assert (reply.status, reply.body["numErrors"]) == (207, 1)
    assert call.post(f"{PROPERTIES}/batch/create", {"inputs": [NEW]}).status == 201
    assert call.post(f"{PROPERTIES}/batch/archive", {"inputs": [{"name": "rank"}]}).status == 204
    assert call.post(f"{PROPERTIES}/batch/explode", {"inputs": [{}]}).status == 404


def test_groups(call: Caller) -> None:
    groups = f"{PROPERTIES}/groups"
    assert "contactinformation" in [row["name"] for row in call.get(groups).body["results"]]
    assert call.post(groups, {"name": "syncagent", "label": "syncagent"}).status == 201
    assert call.post(groups, {"name": "syncagent", "label": "syncagent"}).status == 409
    assert call.post(groups, {"name": "x"}).status == 400
    assert call("PATCH", f"{groups}/syncagent", {"label": "同期"}).body["label"] == "同期"
    assert call.get(f"{groups}/syncagent").body["label"] == "同期"
    assert call.post(PROPERTIES, {**NEW, "groupName": "syncagent"}).status == 201
    assert call("DELETE", f"{groups}/syncagent").status == 204
    assert call.get(f"{groups}/syncagent").status == 404
    assert call("PUT", f"{groups}/contactinformation").status == 405
    assert call("PUT", PROPERTIES).status == 405


def test_pipelines(call: Caller) -> None:
    lines = "/crm/v3/pipelines/deals"
    assert [line["id"] for line in call.get(lines).body["results"]] == ["default", "renewal"]
    assert call.get("/crm/pipelines/2026-03/DEALS/default").body["label"] == "新規営業"
    assert len(call.get(f"{lines}/default/stages").body["results"]) == 4
    stage = call.get(f"{lines}/default/stages/closedwon").body
    assert stage["metadata"] == {"isClosed": "true", "probability": "1.0"}
    assert call.get("/crm/v3/pipelines/contacts").body["results"] == []
    assert call.get(f"{lines}/nosuch").status == 404
    assert call.get(f"{lines}/default/stages/nosuch").status == 404
    assert call.post(lines, {}).status == 405


@pytest.mark.parametrize("url", ["/crm/v3/owners", "/crm/v3/owners/", "/crm/owners/2026-03"])
def test_owners(call: Caller, url: str) -> None:
    rows = call.get(f"{url}?limit=500&archived=False").body["results"]
    assert [(row["id"], row["userId"]) for row in rows] == [("101", 501), ("102", 502)]
    assert rows[0]["teams"] == [{"id": "1", "name": "営業一課", "primary": True}]


def test_owner_pages_and_lookups(call: Caller) -> None:
    owners = "/crm/v3/owners"
    first = call.get(f"{owners}?limit=1").body
    rest = call.get(f"{owners}?limit=1&after={first['paging']['next']['after']}").body
    assert [first["results"][0]["id"], rest["results"][0]["id"]] == ["101", "102"]
    assert "paging" not in rest
    assert call.get(f"{owners}?email=ITO@example.jp").body["results"][0]["id"] == "102"
    archived = call.get(f"{owners}?archived=true").body["results"][0]
    assert (archived["id"], archived["userId"], archived["userIdIncludingInactive"]) == ("103", None, 503)
    assert call.get(f"{owners}/101").body["email"] == "sato@example.jp"
    assert call.get(f"{owners}/501?idProperty=userId").body["id"] == "101"
    assert call.get(f"{owners}/501").status == 404
    assert call.get(f"{owners}/501?idProperty=email").status == 400
    assert call.get(f"{owners}?limit=501").status == 400
    assert call.get(f"{owners}?after=x").status == 400
    assert call.post(owners, {}).status == 405
