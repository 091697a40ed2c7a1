"""hubspot-api-client against the running portal, with its own validation of answers switched on."""

from collections.abc import Iterator
from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm.contacts.exceptions import ApiException

from syncagent.sandbox import Sandbox
from tests.sandbox.hubspot.small_portal import make_dataset

Client = Any  # hubspot-api-client has no types


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(make_dataset()) as running:
        yield running


@pytest.fixture
def client(box: Sandbox) -> Iterator[Any]:
    name = box.snapshot()
    yield HubSpot(access_token=box.hubspot_token, host=box.hubspot_url, client_side_validation=True)
    box.restore(name)


def test_contacts(client: Client) -> None:
    api = client.crm.contacts.basic_api
    assert [row.id for row in client.crm.contacts.get_all(properties=["email"])] == ["1", "2", "3", "4", "5", "6"]
    page = api.get_page(limit=2, properties_with_history=["email"], associations=["companies"], archived=False)
    assert page.results[0].associations["companies"].results[0].type == "contact_to_company"
    created = api.create({"properties": {"email": "new@example.jp"}})
    assert api.get_by_id("new@example.jp", id_property="email").id == created.id
    assert api.update(created.id, {"properties": {"lastname": "新"}}).properties["lastname"] == "新"
    api.archive(created.id)
    with pytest.raises(ApiException) as refused:
        api.create({"properties": {"email": "user1@example.jp"}})
    assert refused.value.status == 409


def test_batches_and_search(client: Client) -> None:
    batch = client.crm.contacts.batch_api
    read = {"inputs": [{"id": "1"}, {"id": "999"}], "properties": ["email"], "propertiesWithHistory": []}
    assert batch.read(read).num_errors == 1
    assert batch.create({"inputs": [{"properties": {"email": "n@example.jp"}}]}).status == "COMPLETE"
    assert batch.update({"inputs": [{"id": "1", "properties": {"lastname": "新"}}]}).results[0].id == "1"
    row = {"id": "m@example.jp", "idProperty": "email", "properties": {}}
    assert batch.upsert({"inputs": [row]}).results[0].new is True
    batch.archive({"inputs": [{"id": "1"}]})
    groups = [{"filters": [{"propertyName": "lastname", "operator": "EQ", "value": "L2"}]}]
    assert client.crm.contacts.search_api.do_search({"filterGroups": groups}).total == 1


def test_other_objects(client: Client) -> None:
    assert client.crm.companies.basic_api.get_page().results[0].id == "11"
    assert client.crm.deals.basic_api.get_by_id("21", properties_with_history=["dealstage"]).id == "21"
    assert client.crm.objects.tasks.basic_api.get_page().results[0].id == "31"
    assert client.crm.objects.basic_api.get_page("0-3", limit=1).results[0].id == "21"


def test_associations(client: Client) -> None:
    api = client.crm.associations.v4
    assert api.basic_api.get_page("deals", "21", "contacts").results[0].to_object_id == "1"
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    assert api.basic_api.create("contacts", "2", "companies", "12", spec).labels == ["Primary"]
    assert api.basic_api.create_default("contacts", "3", "companies", "12").status == "COMPLETE"
    assert len(api.batch_api.get_page("contacts", "deals", {"inputs": [{"id": "1"}]}).results) == 1
    assert len(api.schema.definitions_api.get_all("contacts", "companies").results) == 2
    api.basic_api.archive("contacts", "2", "companies", "12")


def test_settings(client: Client) -> None:
    assert client.crm.properties.core_api.get_by_name("contacts", "email").has_unique_value is True
    assert len(client.crm.properties.core_api.get_all("deals").results) > 40
    assert len(client.crm.properties.groups_api.get_all("contacts").results) > 1
    stages = client.crm.pipelines.pipelines_api.get_all("deals").results[0].stages
    assert [stage.id for stage in stages] == ["p1", "p2", "closedwon", "closedlost"]
    assert [owner.id for owner in client.crm.owners.get_all()] == ["101", "102"]
    assert client.crm.owners.owners_api.get_by_id(501, id_property="userId").id == "101"
