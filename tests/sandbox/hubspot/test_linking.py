"""Associations: direction, symmetry, primaries, pages, batches."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncagent.sandbox.hubspot.associations import Associations, link_types
from tests.sandbox.hubspot.small_portal import Caller, Json

PRIMARY = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]


def _types(call: Caller, url: str) -> dict[str, list[int]]:
    rows = call.get(url).body["results"]
    return {row["toObjectId"]: [kind["typeId"] for kind in row["associationTypes"]] for row in rows}


@pytest.mark.parametrize("prefix", ["/crm/v4/objects", "/crm/objects/2026-03"])
def test_both_directions_have_their_own_ids(call: Caller, prefix: str) -> None:
    assert _types(call, f"{prefix}/contacts/1/associations/companies") == {"11": [1, 279]}
    assert _types(call, f"{prefix}/0-2/11/associations/contact") == {"1": [2, 280]}
    assert _types(call, f"{prefix}/deals/21/associations/contacts") == {"1": [3], "2": [3]}
    assert _types(call, f"{prefix}/contacts/2/associations/deals") == {"21": [4]}
    assert _types(call, f"{prefix}/contacts/3/associations/deals") == {}


def test_a_new_primary_demotes_the_former(call: Caller) -> None:
    reply = call("PUT", "/crm/v4/objects/contacts/1/associations/companies/12", PRIMARY)
    assert reply.status == 201
    assert reply.body == {
        "fromObjectTypeId": "0-1",
        "fromObjectId": "1",
        "toObjectTypeId": "0-2",
        "toObjectId": "12",
        "labels": ["Primary"],
    }
    assert _types(call, "/crm/v4/objects/contacts/1/associations/companies") == {"11": [279], "12": [1, 279]}
    assert _types(call, "/crm/v4/objects/companies/11/associations/contacts") == {"1": [280]}


def test_a_primary_set_from_the_company(call: Caller) -> None:
    body = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 2}]
    call("PUT", "/crm/v4/objects/companies/13/associations/contacts/1", body)
    call("PUT", "/crm/v4/objects/companies/13/associations/contacts/2", body)
    assert _types(call, "/crm/v4/objects/contacts/1/associations/companies") == {"11": [279], "13": [1, 279]}
    assert _types(call, "/crm/v4/objects/companies/13/associations/contacts") == {"1": [2, 280], "2": [2, 280]}


def test_default_is_unlabelled_and_idempotent(call: Caller) -> None:
    url = "/crm/v4/objects/contacts/2/associations/default/companies/12"
    reply = call("PUT", url)
    assert reply.status == 200
    specs = [row["associationSpec"]["associationTypeId"] for row in reply.body["results"]]
    assert specs == [279, 280]
    assert len(call.writes.notes) == 1
    call("PUT", url)
    assert not call.writes


def test_delete_takes_every_label(call: Caller) -> None:
    url = "/crm/v4/objects/contacts/1/associations/companies"
    assert call("DELETE", f"{url}/11").status == 204
    assert [note.operation for note in call.writes] == ["dissociate"]
    assert _types(call, url) == {}
    assert _types(call, "/crm/v4/objects/companies/11/associations/contacts") == {}
    assert call("DELETE", f"{url}/11").status == 204
    assert not call.writes


def test_an_archived_record_is_not_shown(call: Caller) -> None:
    call("DELETE", "/crm/v3/objects/contacts/1")
    assert _types(call, "/crm/v4/objects/deals/21/associations/contacts") == {"2": [3]}


def test_pages(call: Caller) -> None:
    url = "/crm/v4/objects/deals/21/associations/contacts?limit=1"
    first = call.get(url).body
    assert [row["toObjectId"] for row in first["results"]] == ["1"]
    rest = call.get(f"{url}&after={first['paging']['next']['after']}").body
    assert [row["toObjectId"] for row in rest["results"]] == ["2"]
    assert "paging" not in rest


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "contacts/1/associations/companies?limit=501", None, 400),
        ("GET", "contacts/1/associations/companies?after=x", None, 400),
        ("GET", "contacts/999/associations/companies", None, 404),
        ("GET", "contacts/1/associations/planets", None, 404),
        ("PUT", "contacts/1/associations/companies/999", PRIMARY, 404),
        ("PUT", "contacts/1/associations/companies/12", [], 400),
        ("PUT", "contacts/1/associations/companies/12", [{"associationTypeId": 2}], 400),
        ("PUT", "contacts/1/associations/default/contacts/2", None, 400),
        ("POST", "contacts/1/associations/companies", PRIMARY, 405),
    ],
)
def test_refused(call: Caller, method: str, path: str, body: Json, status: int) -> None:
    assert call(method, f"/crm/v4/objects/{path}", body).status == status


def test_labels(call: Caller) -> None:
    for url in ("/crm/v4/associations/contacts/companies/labels", "/crm/associations/2026-03/0-1/0-2/labels"):
        assert call.get(url).body["results"] == [
            {"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None},
            {"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"},
        ]


def test_batch_read(call: Caller) -> None:
    reply = call.post("/crm/v4/associations/contacts/deals/batch/read", {"inputs": [{"id": "1"}, {"id": "3"}]})
    assert reply.status == 207
    assert [(row["from"]["id"], row["to"][0]["toObjectId"]) for row in reply.body["results"]] == [("1", "21")]
    assert reply.body["errors"][0]["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"


def test_batch_create_archive_and_labels(call: Caller) -> None:
    url = "/crm/v4/associations/contacts/companies/batch"
    row = {"from": {"id": "2"}, "to": {"id": "12"}, "types": PRIMARY}
    lost = {"from": {"id": "999"}, "to": {"id": "12"}, "types": PRIMARY}
    reply = call.post(f"{url}/create", {"inputs": [row, lost]})
    assert (reply.status, reply.body["numErrors"], len(reply.body["results"])) == (207, 1, 1)
    assert call.post(f"{url}/create", {"inputs": [row]}).status == 201
    assert call.post(f"{url}/labels/archive", {"inputs": [row]}).status == 204
    assert _types(call, "/crm/v4/objects/contacts/2/associations/companies") == {"12": [279]}
    assert call.post(f"{url}/archive", {"inputs": [{"from": {"id": "2"}, "to": [{"id": "12"}]}]}).status == 204
    assert _types(call, "/crm/v4/objects/contacts/2/associations/companies") == {}


def test_batch_default(call: Caller) -> None:
    url = "/crm/v4/associations/contacts/companies/batch/associate/default"
    reply = call.post(
        url, {"inputs": [{"from": {"id": "2"}, "to": {"id": "12"}}, {"from": {"id": "2"}, "to": {"id": "0"}}]}
    )
    assert (reply.status, reply.body["numErrors"]) == (200, 1)


@pytest.mark.parametrize(
    ("path", "inputs"),
    [("create", [{"from": {}}]), ("archive", [{"from": {"id": "1"}}]), ("labels/archive", [{}]), ("explode", [])],
)
def test_malformed_batches(call: Caller, path: str, inputs: list[Any]) -> None:
    reply = call.post(f"/crm/v4/associations/contacts/companies/batch/{path}", {"inputs": inputs})
    assert reply.status in (207, 400, 404)
    assert not call.writes


_link = st.sampled_from(sorted(link_types()))
_id = st.sampled_from(["1", "2", "3"])


@given(st.lists(st.tuples(st.booleans(), _link, _id, _id), max_size=30))
def test_symmetry_and_single_primaries(steps: list[tuple[bool, int, str, str]]) -> None:
    associations = Associations()
    for adds, type_id, start_id, end_id in steps:
        link = link_types()[type_id]
        if adds:
            associations.add(link, start_id, end_id)
            assert type_id in associations.ends(link.start, start_id, link.end)[end_id]
        else:
            associations.remove(link.start, start_id, link.end, end_id, (type_id,))
    for type_id, link in link_types().items():
        for start_id in ("1", "2", "3"):
            ends = associations.ends(link.start, start_id, link.end)
            holders = [end_id for end_id, type_ids in ends.items() if type_id in type_ids]
            for end_id in holders:
                assert link.inverse in associations.ends(link.end, end_id, link.start)[start_id]
            if link.primary and link.end == "companies":
                assert len(holders) <= 1
