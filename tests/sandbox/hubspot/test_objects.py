"""Single records: every way to name a type, reading, writing, refusing, archiving."""

from collections.abc import Callable

import orjson
import pytest

from tests.sandbox.hubspot.small_portal import Caller, Json

CONTACTS = "/crm/v3/objects/contacts"


@pytest.mark.parametrize("name", ["contacts", "CONTACTS", "contact", "Contact", "0-1"])
@pytest.mark.parametrize(
    "prefix", ["/crm/v3/objects", "/crm/v4/objects", "/crm/objects/2026-03", "/crm/objects/2026-09"]
)
@pytest.mark.parametrize("slash", ["", "/"])
def test_every_address_of_a_list(call: Caller, prefix: str, name: str, slash: str) -> None:
    reply = call.get(f"{prefix}/{name}{slash}?limit=2&archived=False")
    assert [row["id"] for row in reply.body["results"]] == ["1", "2"]


def test_list_pages_cover_the_set_once(call: Caller) -> None:
    seen: list[str] = []
    url: str | None = f"{CONTACTS}?limit=4"
    while url is not None:
        body = call.get(url).body
        seen += [row["id"] for row in body["results"]]
        url = body["paging"]["next"]["link"].removeprefix("http://127.0.0.1:1") if "paging" in body else None
    assert seen == ["1", "2", "3", "4", "5", "6"]


def test_a_record_created_between_pages_is_not_lost(call: Caller) -> None:
    after = call.get(f"{CONTACTS}?limit=4").body["paging"]["next"]["after"]
    call("DELETE", f"{CONTACTS}/2")
    call.post(CONTACTS, {"properties": {"email": "new@example.jp"}})
    rest = call.get(f"{CONTACTS}?limit=4&after={after}").body["results"]
    assert [row["id"] for row in rest] == ["5", "6", "101"]


@pytest.mark.parametrize(
    "query", ["limit=101", "limit=0", "limit=x", "after=x", "limit=51&propertiesWithHistory=email"]
)
def test_list_limits(call: Caller, query: str) -> None:
    assert call.get(f"{CONTACTS}?{query}").status == 400


@pytest.mark.parametrize(
    "query", ["properties=email&properties=nosuch&properties=phone", "properties=email,nosuch%2Cphone"]
)
def test_properties_in_both_encodings(call: Caller, query: str) -> None:
    properties = call.get(f"{CONTACTS}/1?{query}").body["properties"]
    assert properties == {
        "email": "user1@example.jp",
        "phone": None,
        "createdate": "2026-10-01T00:00:00.000Z",
        "hs_object_id": "1",
        "lastmodifieddate": "2026-11-01T00:00:00.000Z",
    }


def test_default_properties_and_clock_properties(call: Caller) -> None:
    assert set(call.get("/crm/v3/objects/deals/21").body["properties"]) == {
        "dealname",
        "amount",
        "closedate",
        "pipeline",
        "dealstage",
        "createdate",
        "hs_object_id",
        "hs_lastmodifieddate",
    }
    assert set(call.get("/crm/v3/objects/tasks/31").body["properties"]) == {
        "hs_createdate",
        "hs_object_id",
        "hs_lastmodifieddate",
    }


@pytest.mark.parametrize(
    ("id_property", "value"),
    [
        ("email", "USER1@example.jp"),
        ("email", "second@example.jp"),
        ("syncagent_salesforce_id", "003A"),
        ("hs_object_id", "1"),
    ],
)
def test_a_record_by_a_unique_property(call: Caller, id_property: str, value: str) -> None:
    assert call.get(f"{CONTACTS}/{value}?idProperty={id_property}").body["id"] == "1"


def test_a_record_by_a_property_that_is_not_unique(call: Caller) -> None:
    assert call.get(f"{CONTACTS}/L1?idProperty=lastname").status == 400


@pytest.mark.parametrize("url", ["/999", "/90", "/1?archived=true"])
def test_a_record_that_is_not_there(call: Caller, url: str) -> None:
    reply = call.get(CONTACTS + url)
    assert (reply.status, reply.body["category"], reply.body["message"]) == (
        404,
        "OBJECT_NOT_FOUND",
        "resource not found",
    )


def test_the_archive(call: Caller) -> None:
    body = call.get(f"{CONTACTS}/90?archived=True").body
    assert body["archived"] is True
    assert body["archivedAt"]
    assert [row["id"] for row in call.get(f"{CONTACTS}?archived=true").body["results"]] == ["90"]
    assert call("DELETE", f"{CONTACTS}/5").status == 204
    assert call("DELETE", f"{CONTACTS}/5").status == 204
    assert not call.writes
    assert call("DELETE", f"{CONTACTS}/999").status == 204
    assert call.get(f"{CONTACTS}/5").status == 404
    assert [row["id"] for row in call.get(f"{CONTACTS}?archived=true").body["results"]] == ["5", "90"]


def test_create_stamps_and_keeps_history(call: Caller) -> None:
    reply = call.post(CONTACTS, {"properties": {"email": "New@Example.jp", "firstname": "次郎"}})
    assert reply.status == 201
    assert reply.body == {
        "id": "101",
        "properties": {
            "email": "new@example.jp",
            "firstname": "次郎",
            "createdate": "2026-11-15T23:00:01.000Z",
            "hs_object_id": "101",
            "lastmodifieddate": "2026-11-15T23:00:01.000Z",
        },
        "createdAt": "2026-11-15T23:00:01.000Z",
        "updatedAt": "2026-11-15T23:00:01.000Z",
        "archived": False,
    }
    note = call.writes.notes[0].as_json()
    assert note["operation"] == "create"
    assert note["fields"] == {"email": "new@example.jp", "firstname": "次郎"}
    read = call.get(f"{CONTACTS}/101?propertiesWithHistory=firstname&properties=hs_object_source").body
    assert read["properties"]["hs_object_source"] == "INTEGRATION"
    assert read["propertiesWithHistory"]["firstname"] == [
        {"value": "次郎", "timestamp": "2026-11-15T23:00:01.000Z", "sourceType": "INTEGRATION", "sourceId": "agent"}
    ]


@pytest.mark.parametrize("email", ["user1@example.jp", "SECOND@example.jp"])
def test_an_existing_email_is_a_conflict(call: Caller, email: str) -> None:
    for reply in (call.post(CONTACTS, {"properties": {"email": email}}), call.patch(f"{CONTACTS}/2", {"email": email})):
        assert reply.status == 409
        assert reply.body["message"] == "Contact already exists. Existing ID: 1"
        assert reply.body["category"] == "CONFLICT"
    assert call.patch(f"{CONTACTS}/1", {"email": email}).status == 200


def test_the_email_of_an_archived_contact_is_free(call: Caller) -> None:
    assert call.post(CONTACTS, {"properties": {"email": "old@example.jp"}}).status == 201


def test_a_unique_value_is_held_by_one_record(call: Caller) -> None:
    reply = call.patch(f"{CONTACTS}/2", {"syncagent_salesforce_id": "003A"})
    assert reply.status == 400
    assert reply.body["errors"][0]["code"] == "CONFLICTING_UNIQUE_VALUE"
    assert "on 2. 1 already has that value." in reply.body["errors"][0]["message"]
    call.patch(f"{CONTACTS}/1", {"syncagent_salesforce_id": ""})
    assert call.patch(f"{CONTACTS}/2", {"syncagent_salesforce_id": "003A"}).status == 200
    assert call.get(f"{CONTACTS}/003A?idProperty=syncagent_salesforce_id").body["id"] == "2"


def test_update_answers_what_changed(call: Caller) -> None:
    reply = call.patch(f"{CONTACTS}/3", {"lastname": "田中"})
    assert reply.body["properties"] == {
        "lastname": "田中",
        "createdate": "2026-10-03T00:00:00.000Z",
        "hs_object_id": "3",
        "lastmodifieddate": "2026-11-15T23:00:01.000Z",
    }
    assert [note.as_json() for note in call.writes] == [
        {
            "operation": "update",
            "object": "contacts",
            "id": "3",
            "fields": {"lastname": "田中"},
            "before": {"lastname": "L3"},
        }
    ]
    versions = call.get(f"{CONTACTS}/3?propertiesWithHistory=lastname").body["propertiesWithHistory"]["lastname"]
    assert [version["value"] for version in versions] == ["田中", "L3"]


def test_an_update_that_changes_nothing_commits_nothing(call: Caller) -> None:
    before = call.clock.now()
    assert call.patch(f"{CONTACTS}/3", {"lastname": "L3"}).status == 200
    assert not call.writes
    assert call.clock.now() == before


def test_clearing_a_value(call: Caller) -> None:
    call.patch(f"{CONTACTS}/3", {"lastname": ""})
    assert call.writes.notes[0].fields == {"lastname": None}
    assert call.get(f"{CONTACTS}/3").body["properties"]["lastname"] is None


def test_update_by_a_unique_property(call: Caller) -> None:
    reply = call("PATCH", f"{CONTACTS}/user3@example.jp?idProperty=email", {"properties": {"lastname": "田中"}})
    assert reply.body["id"] == "3"


def test_refused_properties_change_nothing(call: Caller) -> None:
    sent = {
        "lastname": "田中",
        "nosuch": "1",
        "createdate": "0",
        "lifecyclestage": "Lead",
        "syncagent_flag_due": "soon",
    }
    reply = call.patch(f"{CONTACTS}/3", sent)
    assert reply.status == 400
    codes = [error["code"] for error in reply.body["errors"]]
    assert codes == ["PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE", "INVALID_OPTION", "INVALID_DATE"]
    inner = orjson.loads(reply.body["message"].removeprefix("Property values were not valid: "))
    assert [detail["name"] for detail in inner] == ["nosuch", "createdate", "lifecyclestage", "syncagent_flag_due"]
    assert call.get(f"{CONTACTS}/3").body["properties"]["lastname"] == "L3"
    assert not call.writes


@pytest.mark.parametrize("body", [None, [], {"properties": []}])
def test_a_malformed_body(call: Caller, body: Json) -> None:
    assert call("PATCH", f"{CONTACTS}/3", body).status == 400


def test_appending_to_a_checkbox(call: Caller) -> None:
    call.patch(f"{CONTACTS}/3", {"interests": "a;b"})
    call.patch(f"{CONTACTS}/3", {"interests": ";c;a"})
    assert call.get(f"{CONTACTS}/3?properties=interests").body["properties"]["interests"] == "a;b;c"


def test_inline_associations(call: Caller) -> None:
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    body = {"properties": {"email": "new@example.jp"}, "associations": [{"to": {"id": "12"}, "types": types}]}
    record_id = call.post(CONTACTS, body).body["id"]
    assert [note.operation for note in call.writes] == ["create", "associate"]
    read = call.get(f"{CONTACTS}/{record_id}?associations=companies&associations=deals").body
    assert read["associations"] == {
        "companies": {
            "results": [
                {"id": "12", "type": "contact_to_company"},
                {"id": "12", "type": "contact_to_company_unlabeled"},
            ]
        }
    }


@pytest.mark.parametrize(
    ("association", "status"),
    [
        ({"to": {"id": "999"}, "types": [{"associationTypeId": 1}]}, 404),
        ({"to": {"id": "12"}, "types": [{"associationTypeId": 3}]}, 400),
        ({"to": {"id": "12"}, "types": [{"associationTypeId": 99999}]}, 400),
        ({"to": {}, "types": []}, 400),
    ],
)
def test_a_bad_inline_association_creates_nothing(call: Caller, association: Json, status: int) -> None:
    reply = call.post(CONTACTS, {"properties": {"email": "new@example.jp"}, "associations": [association]})
    assert reply.status == status
    assert call.get(f"{CONTACTS}/new@example.jp?idProperty=email").status == 404


def test_an_unknown_association_name(call: Caller) -> None:
    assert call.get(f"{CONTACTS}/1?associations=planets").status == 400


def test_a_task_needs_its_timestamp_and_completes(call: Caller) -> None:
    tasks = "/crm/v3/objects/tasks"
    reply = call.post(tasks, {"properties": {"hs_task_subject": "電話"}})
    assert (reply.status, reply.body["context"]) == (400, {"properties": ["hs_timestamp"]})
    sent = {"hs_timestamp": "2026-11-20T00:00:00Z", "hs_task_status": "NOT_STARTED"}
    record_id = call.post(tasks, {"properties": sent}).body["id"]
    call.patch(f"{tasks}/{record_id}", {"hs_task_status": "COMPLETED"})
    read = call.get(f"{tasks}/{record_id}?properties=hs_task_is_completed,hs_task_completion_date").body["properties"]
    assert (read["hs_task_is_completed"], read["hs_task_completion_date"]) == ("1", "2026-11-15T23:00:02.000Z")


def test_a_lifecycle_stage_never_goes_back_silently(call: Caller) -> None:
    url = f"{CONTACTS}/3"
    call.patch(url, {"lifecyclestage": "opportunity"})
    assert call.patch(url, {"lifecyclestage": "lead", "lastname": "田中"}).status == 200
    names = "lifecyclestage,lastname,hs_lifecyclestage_opportunity_date"
    read = call.get(f"{url}?properties={names}").body["properties"]
    assert (read["lifecyclestage"], read["lastname"]) == ("opportunity", "田中")
    assert read["hs_lifecyclestage_opportunity_date"] == "2026-11-15T23:00:01.000Z"
    call.patch(url, {"lifecyclestage": ""})
    call.patch(url, {"lifecyclestage": "lead"})
    assert call.get(f"{url}?properties=lifecyclestage").body["properties"]["lifecyclestage"] == "lead"


def test_a_lifecycle_stage_goes_back_by_switch(build: Callable[..., Caller]) -> None:
    call = build(lifecycle_backwards="applied")
    call.patch(f"{CONTACTS}/3", {"lifecyclestage": "subscriber"})
    assert call.get(f"{CONTACTS}/3?properties=lifecyclestage").body["properties"]["lifecyclestage"] == "subscriber"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", CONTACTS, 405),
        ("GET", "/crm/v3/objects/planets", 404),
        ("GET", "/crm/v3/objects", 404),
        ("GET", "/crm/v3/schemas", 404),
        ("GET", "/crm/v3/objects/contacts/1/2/3", 405),
    ],
)
def test_what_is_not_there(call: Caller, method: str, path: str, status: int) -> None:
    assert call(method, path).status == status


def test_authentication(call: Caller) -> None:
    call.token = "nonsense"
    reply = call.get(CONTACTS)
    assert (reply.status, reply.body["category"], reply.body["status"]) == (401, "INVALID_AUTHENTICATION", "error")


def test_another_integration_shows_in_history(call: Caller) -> None:
    call.token = "pat-other"
    call.patch(f"{CONTACTS}/3", {"lastname": "田中"})
    versions = call.get(f"{CONTACTS}/3?propertiesWithHistory=lastname").body["propertiesWithHistory"]["lastname"]
    assert versions[0]["sourceId"] == "marketing-app"
