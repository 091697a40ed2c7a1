from collections.abc import Callable
from typing import Any

import pytest

from syncagent.sandbox.clock import Clock
from syncagent.sandbox.dataset import Dataset
from syncagent.sandbox.org import OrgFile
from syncagent.sandbox.salesforce import LoadError, SalesforceOrg
from tests.sandbox.salesforce.small_org import Client, make_dataset

Rows = dict[str, list[dict[str, Any]]]


def _org(rows: Rows, **salesforce: Any) -> SalesforceOrg:  # noqa: ANN401 - what org.yaml can hold
    settings = {
        "version": 1,
        "clock": {"now": "2026-11-16T08:00:00+09:00"},
        "zone": "Asia/Tokyo",
        "salesforce": salesforce,
    }
    org = OrgFile.parse(settings)
    return SalesforceOrg(Dataset(settings, rows), Clock(org.now, org.tick))


def test_an_empty_dataset_is_an_org() -> None:
    dumped = _org({}).dump()
    assert set(dumped) == {"User", "Organization", "OpportunityStage"}
    assert [stage["ApiName"] for stage in dumped["OpportunityStage"]][-2:] == ["Closed Won", "Closed Lost"]
    assert dumped["User"][0]["Username"] == "integration@sandbox.example"


def test_audit_fields_and_history_of_a_dataset_are_kept() -> None:
    opportunity = {
        "Id": "0069a0000000001",
        "Name": "x",
        "StageName": "Prospecting",
        "CloseDate": "2026-12-31",
        "CreatedDate": "2025-01-01T00:00:00.000+0000",
        "LastModifiedDate": "2025-06-01T00:00:00.000+0000",
        "SystemModstamp": "2025-07-01T00:00:00.000+0000",
    }
    history = [
        {"OpportunityId": "0069a0000000001", "StageName": "Prospecting", "CreatedDate": "2025-01-01T00:00:00Z"},
        {"OpportunityId": "0069a0000000001", "StageName": "Qualification", "CreatedDate": "2025-03-01T00:00:00Z"},
        {"OpportunityId": "0069a0000000001", "StageName": "Prospecting", "CreatedDate": "2025-04-01T00:00:00Z"},
    ]
    dumped = _org({"Opportunity": [opportunity], "OpportunityHistory": history}).dump()
    (row,) = dumped["Opportunity"]
    assert row["SystemModstamp"] == "2025-07-01T00:00:00.000+0000"
    assert row["LastModifiedDate"] == "2025-06-01T00:00:00.000+0000"
    assert row["LastStageChangeDate"] == "2025-04-01T00:00:00.000+0000"
    assert row["Probability"] == 10.0
    assert len(dumped["OpportunityHistory"]) == 3


def test_an_opportunity_without_history_gets_its_creation() -> None:
    created = "2025-01-01T00:00:00.000+0000"
    opportunity = {
        "Name": "x",
        "StageName": "Closed Won",
        "CloseDate": "2025-01-01",
        "Amount": 5,
        "CreatedDate": created,
    }
    dumped = _org({"Opportunity": [opportunity]}).dump()
    (entry,) = dumped["OpportunityHistory"]
    assert (entry["CreatedDate"], entry["SystemModstamp"], entry["Amount"]) == (created, created, 5.0)
    assert (dumped["Opportunity"][0]["IsWon"], "LastStageChangeDate" in dumped["Opportunity"][0]) == (True, False)


def test_a_dump_loads_into_the_same_org(client: Client) -> None:
    client.call("PATCH", "sobjects/Opportunity/$opp1", {"StageName": "受注"})
    client.call("DELETE", "sobjects/Lead/$lead1")
    dumped = client.org.dump()
    dataset, names = make_dataset()
    again = Client(Dataset(dataset.org, dumped), names).org.dump()
    assert again == dumped


def test_the_same_calls_give_the_same_org() -> None:
    def run() -> Rows:
        client = Client(*make_dataset())
        client.call("POST", "sobjects/Lead", {"LastName": "新", "Company": "x"})
        client.call("PATCH", "sobjects/Opportunity/$opp1", {"Amount": 7})
        return client.org.dump()

    assert run() == run()


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"Nope": []}, "salesforce/Nope.jsonl: no such object here; there are User, Organization"),
        (
            {"Lead": [{"Nope": 1}]},
            "salesforce/Lead.jsonl:1: Lead has no field Nope; custom fields are listed in org.yaml.",
        ),
        ({"Lead": [{"Email": "x"}]}, "salesforce/Lead.jsonl:1: Email: Email: invalid email address: x"),
        ({"Lead": [{}, {"Id": "001000000000000AAA"}]}, "salesforce/Lead.jsonl:2: 001000000000000AAA is no id of Lead"),
        ({"Lead": [{"Id": "00Q000000000001"}] * 2}, "salesforce/Lead.jsonl: the id 00Q000000000001EAA is there twice."),
    ],
)
def test_rows_that_cannot_be_loaded(rows: Rows, says: str) -> None:
    with pytest.raises(LoadError) as caught:
        _org(rows)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: _org({}, fields={"Nope": []}), "salesforce.fields: Nope is not an object here"),
        (lambda: _org({}, fields={"Lead": [{"name": "X"}]}), "there is no such standard field"),
        (
            lambda: _org({}, fields={"Lead": [{"name": "X__c", "type": "blob"}]}),
            "type blob is not known; legal are string",
        ),
        (lambda: _org({}, fields={"Lead": [{"name": "X__c", "size": 1}]}), "unknown key size; legal are"),
        (lambda: _org({}, fields={"Lead": [{"name": "X__c", "type": "reference"}]}), "names the object it refers to"),
        (lambda: _org({}, fields={"Lead": [{"name": "Status", "length": 1}]}), "unknown key length; legal are label"),
        (lambda: _org({}, org_id="x"), "salesforce.org_id: x is no id"),
    ],
)
def test_settings_that_cannot_be_used(make: Callable[[], SalesforceOrg], says: str) -> None:
    with pytest.raises(ValueError, match=r"org\.yaml") as caught:
        make()
    assert says in str(caught.value)


def test_custom_fields_of_every_kind() -> None:
    fields = [
        {"name": "Num__c", "type": "double", "precision": 5, "scale": 2},
        {"name": "Flag__c", "type": "boolean"},
        {"name": "Pick__c", "type": "picklist", "values": ["a", "b"], "restricted": True},
        {"name": "Ref__c", "type": "reference", "referenceTo": "Account", "label": "Partner"},
        {"name": "Status", "values": ["未対応", "対応中"]},
    ]
    rows: Rows = {"Lead": [{"LastName": "x", "Num__c": 1.234, "Flag__c": True, "Pick__c": "a", "Status": "対応中"}]}
    (row,) = _org(rows, fields={"Lead": fields}).dump()["Lead"]
    assert (row["Num__c"], row["Flag__c"], row["Pick__c"], row["Status"]) == (1.23, True, "a", "対応中")


def test_names_of_another_locale() -> None:
    dataset, names = make_dataset()
    dataset.org["switches"] = {"salesforce.name_order": "first_last"}
    client = Client(dataset, names)
    assert client.row("SELECT Name FROM Contact WHERE Id='$con2'") == {"Name": "John Smith"}
