"""The portal as a system: limits, injected refusals, snapshots, a person's edits, loading and dumping."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from syncagent.sandbox.clock import Clock
from syncagent.sandbox.dataset import HUBSPOT_TYPES, Dataset, DatasetError
from syncagent.sandbox.hubspot import HubSpotPortal
from syncagent.sandbox.hubspot.limits import Limits
from syncagent.sandbox.hubspot.objecttypes import TYPES
from syncagent.sandbox.org import OrgError, OrgFile
from syncagent.sandbox.wire import EditError, Request, Writes
from tests.sandbox.hubspot.small_portal import Caller, make_caller

CONTACTS = "/crm/v3/objects/contacts"


def _limited(dataset: Dataset, **limits: int | None) -> Caller:
    dataset.org["hubspot"]["limits"].update(limits)
    return make_caller(dataset)


def test_the_dataset_names_the_types_served() -> None:
    assert tuple(TYPES) == HUBSPOT_TYPES


def test_the_ten_seconds_window(dataset: Dataset) -> None:
    call = _limited(dataset, per_ten_seconds=2, daily=100)
    first = call.get(CONTACTS)
    assert first.headers["X-HubSpot-RateLimit-Max"] == "2"
    assert first.headers["X-HubSpot-RateLimit-Remaining"] == "1"
    assert first.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    assert first.headers["X-HubSpot-RateLimit-Daily-Remaining"] == "99"
    assert call.get(CONTACTS).headers["X-HubSpot-RateLimit-Remaining"] == "0"
    refused = call.get(CONTACTS)
    assert refused.status == 429
    assert "Retry-After" not in refused.headers
    assert {key: value for key, value in refused.body.items() if key not in ("correlationId", "groupName")} == {
        "status": "error",
        "message": "You have reached your ten_secondly_rolling limit.",
        "errorType": "RATE_LIMIT",
        "policyName": "TEN_SECONDLY_ROLLING",
    }


def test_the_search_window(dataset: Dataset) -> None:
    call = _limited(dataset, search_per_second=1)
    first = call.search("contacts")
    assert not [name for name in first.headers if "RateLimit" in name]
    refused = call.search("contacts")
    assert (refused.status, refused.body["policyName"]) == (429, "SECONDLY")
    assert refused.body["message"] == "You have reached your secondly limit."
    assert refused.body["category"] == "RATE_LIMITS"
    assert call.get(CONTACTS).status == 200


def test_the_daily_limit(dataset: Dataset) -> None:
    call = _limited(dataset, daily=1)
    call.get(CONTACTS)
    assert call.get(CONTACTS).body["policyName"] == "DAILY"


def test_retry_after_is_a_switch(dataset: Dataset) -> None:
    dataset.org["switches"] = {"hubspot.retry_after": True}
    call = _limited(dataset, per_ten_seconds=1)
    call.get(CONTACTS)
    assert call.get(CONTACTS).headers["Retry-After"] == "1"


def test_windows_roll_with_real_time() -> None:
    now = [0.0]
    limits = Limits({"per_ten_seconds": 2, "search_per_second": 1, "daily": None}, lambda: now[0])
    assert [limits.take(search=False) for _ in range(3)] == [None, None, "TEN_SECONDLY_ROLLING"]
    now[0] = 9.9
    assert limits.take(search=False) == "TEN_SECONDLY_ROLLING"
    now[0] = 10.0
    assert limits.headers()["X-HubSpot-RateLimit-Remaining"] == "2"
    assert [limits.take(search=True) for _ in range(2)] == [None, "SECONDLY"]
    now[0] = 11.0
    assert limits.take(search=True) is None


def test_defaults_of_the_limits() -> None:
    assert Limits({}).headers()["X-HubSpot-RateLimit-Max"] == "190"
    assert "X-HubSpot-RateLimit-Max" not in Limits({"per_ten_seconds": None}).headers()


@pytest.mark.parametrize(
    ("kind", "path", "status", "words"),
    [
        ("burst_429", CONTACTS, 429, "ten_secondly_rolling"),
        ("burst_429", f"{CONTACTS}/search", 429, "secondly limit"),
        ("expire_token", CONTACTS, 401, "EXPIRED_AUTHENTICATION"),
        ("server_error", CONTACTS, 503, "<html>"),
    ],
)
def test_injected_refusals(call: Caller, kind: str, path: str, status: int, words: str) -> None:
    reply = call.portal.refuse(kind, Request("GET", path, (), {}), 3)
    assert reply.status == status
    assert words in reply.body.decode()
    assert ("Retry-After" in reply.headers) == (kind != "expire_token")
    assert "Retry-After" not in call.portal.refuse(kind, Request("GET", path, (), {}), None).headers


def test_correlation_ids_differ_and_match_the_header(call: Caller) -> None:
    first, second = call.get(f"{CONTACTS}/999"), call.get(f"{CONTACTS}/999")
    assert first.body["correlationId"] == first.headers["X-HubSpot-Correlation-Id"]
    assert first.body["correlationId"] != second.body["correlationId"]


def _everything(call: Caller) -> bytes:
    pages = [call.get(f"/crm/v3/properties/{name}").body for name in ("contacts", "deals")]
    return orjson.dumps([call.portal.dump(), pages])


def test_a_snapshot_brings_everything_back(call: Caller) -> None:
    before = _everything(call)
    snapshot = call.portal.snapshot()
    for _ in range(2):
        call.post(CONTACTS, {"properties": {"email": "new@example.jp"}})
        call.patch(f"{CONTACTS}/1", {"lastname": "新", "syncagent_salesforce_id": ""})
        call("DELETE", f"{CONTACTS}/2")
        call("PUT", "/crm/v4/objects/contacts/1/associations/default/companies/12")
        new = {"name": "rank", "label": "R", "type": "string", "fieldType": "text", "groupName": "contactinformation"}
        assert call.post("/crm/v3/properties/contacts", {**new, "hasUniqueValue": True}).status == 201
        assert _everything(call) != before
        call.portal.restore(snapshot)
        assert _everything(call) == before
        assert call.get(f"{CONTACTS}/003A?idProperty=syncagent_salesforce_id").body["id"] == "1"
        assert call.post(CONTACTS, {"properties": {"email": "x@example.jp"}}).body["id"] == "101"
        call.portal.restore(snapshot)


def test_a_dump_loads_to_the_same(call: Caller, dataset: Dataset) -> None:
    call.patch("/crm/v3/objects/deals/21", {"dealstage": "closedwon"})
    call("DELETE", f"{CONTACTS}/3")
    dumped = call.portal.dump()
    associations = dumped.pop("associations")
    again = make_caller(Dataset(dataset.org, {}, dumped, associations))
    assert orjson.dumps(again.portal.dump()) == orjson.dumps(call.portal.dump())


@pytest.mark.parametrize("user", ["sato@example.jp", "101", "501"])
def test_a_person_edits(call: Caller, user: str) -> None:
    writes = Writes()
    call.portal.edit("contact", "3", {"lastname": "新"}, user, writes)
    assert [note.fields for note in writes] == [{"lastname": "新"}]
    versions = call.get(f"{CONTACTS}/3?propertiesWithHistory=lastname").body["propertiesWithHistory"]["lastname"]
    assert versions[0] == {
        "value": "新",
        "timestamp": "2026-11-15T23:00:01.000Z",
        "sourceType": "CRM_UI",
        "sourceId": "userId:501",
        "updatedByUserId": 501,
    }


def test_a_person_unknown_to_the_portal_edits(call: Caller) -> None:
    call.portal.edit("contacts", "3", {"lastname": "新"}, "visitor", Writes())
    versions = call.get(f"{CONTACTS}/3?propertiesWithHistory=lastname").body["propertiesWithHistory"]["lastname"]
    assert versions[0]["sourceId"] == "visitor"


@pytest.mark.parametrize(
    ("kind", "record_id", "fields"), [("planets", "3", {}), ("contacts", "999", {}), ("contacts", "3", {"no": 1})]
)
def test_an_edit_obeys_the_rules(call: Caller, kind: str, record_id: str, fields: dict[str, Any]) -> None:
    with pytest.raises(EditError):
        call.portal.edit(kind, record_id, fields, "101", Writes())


def test_old_ids_resolve_to_the_survivor(dataset: Dataset) -> None:
    dataset.hubspot["contacts"][0]["properties"]["hs_merged_object_ids"] = "70;71"
    call = make_caller(dataset)
    assert call.get(f"{CONTACTS}/70").body["id"] == "1"
    assert call.patch(f"{CONTACTS}/71", {"lastname": "新"}).body["id"] == "1"


def test_rows_may_lack_ids_and_dates(dataset: Dataset) -> None:
    dataset.hubspot["notes"] = [
        {"properties": {"hs_timestamp": 1794787200000}},
        {"properties": {}, "createdAt": "2026-01-01"},
    ]
    rows = make_caller(dataset).get("/crm/v3/objects/notes?properties=hs_timestamp").body["results"]
    assert [(row["id"], row["createdAt"], row["updatedAt"]) for row in rows] == [
        ("101", "2026-11-15T23:00:00.000Z", "2026-11-15T23:00:00.000Z"),
        ("102", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"),
    ]
    assert rows[0]["properties"]["hs_timestamp"] == "2026-11-16T00:00:00.000Z"


def _break(change: Callable[[Dataset], object], dataset: Dataset) -> HubSpotPortal:
    change(dataset)
    org = OrgFile.parse(dataset.org)
    return HubSpotPortal(dataset, org, Clock(org.now), "t")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda d: d.hubspot["contacts"].append({"id": "x", "properties": {}}),
            r"contacts\.jsonl:8: the id 'x' is not a number",
        ),
        (lambda d: d.hubspot["contacts"].append({"id": "1", "properties": {}}), "two rows have the same id"),
        (
            lambda d: d.hubspot["contacts"][0]["properties"].update(nosuch="1"),
            r"contacts\.jsonl:1: .*no property 'nosuch'",
        ),
        (lambda d: d.hubspot["contacts"][0].update(history={"nosuch": []}), "unknown property 'nosuch'"),
        (lambda d: d.hubspot["deals"][0]["properties"].update(closedate="soon"), r"deals\.jsonl:1"),
        (
            lambda d: d.associations.append({"from": "contacts/1", "to": "deals/999"}),
            r"associations\.jsonl:4: .*deals/999",
        ),
        (lambda d: d.associations.append({"from": "planets/1", "to": "deals/21"}), "planets/1"),
        (
            lambda d: d.associations.append({"from": "contacts/1", "to": "deals/21", "types": [{"typeId": 3}]}),
            "association type 3 does not lead from contacts to deals; legal are 4",
        ),
    ],
)
def test_a_broken_dataset_is_refused(dataset: Dataset, change: Callable[[Dataset], object], words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        _break(change, dataset)


def test_a_broken_org_is_refused(dataset: Dataset) -> None:
    with pytest.raises(OrgError, match=r"hubspot\.properties\.planets: no such object type; there are contacts"):
        _break(lambda d: d.org["hubspot"]["properties"].update(planets=[]), dataset)
    dataset.org["hubspot"]["properties"].pop("planets")
    with pytest.raises(OrgError, match=r"switches\.hubspot\.nosuch: no such switch; there are hubspot\."):
        _break(lambda d: d.org.update(switches={"hubspot.nosuch": 1}), dataset)
