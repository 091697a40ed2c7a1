"""A small company in both systems, made by hand: enough people for several pages, a few deals with a history."""

from __future__ import annotations

from typing import Any

from syncagent.domain.records import canonical_id
from syncagent.sandbox.dataset import Dataset

PEOPLE = 2_050
"""More than one page in every way of reading: 100 (list), 200 (search) and 2,000 (query)."""

INTEGRATION = "integration@kumo.example"
SALES = "sato@kumo.example"


def salesforce_id(prefix: str, number: int) -> str:
    """Give an 18-character id."""
    return canonical_id("salesforce", f"{prefix}5g00000{number:05d}")


def make_dataset(people: int = PEOPLE) -> Dataset:
    """Make the dataset; stamps lie one minute apart, oldest first."""
    return Dataset(
        org=_org(),
        salesforce={
            "User": [_user(1, INTEGRATION, "連携", "Integration"), _user(2, SALES, "佐藤", "営業一課")],
            "Account": [{"Id": salesforce_id("001", 1), "Name": "雲商事株式会社", **_stamps(0)}],
            "Lead": [_lead(number) for number in range(1, people + 1)],
            "Contact": [
                {"Id": salesforce_id("003", 1), "LastName": "鈴木", "Email": "suzuki@kaisha.example", **_stamps(1)}
            ],
            "Opportunity": [_opportunity()],
            "OpportunityHistory": [
                _history(1, "P1 課題認識", 0),
                _history(2, "P1 課題認識", 5),
                _history(3, "受注", 9),
            ],
        },
        hubspot={
            "contacts": [_contact(number) for number in range(1, people + 1)],
            "companies": [{"id": "7001", "properties": {"name": "雲商事株式会社", **_hubspot_stamps(0, "hs_")}}],
            "deals": [_deal()],
        },
        associations=[
            {"from": "contacts/1", "to": "companies/7001", "types": [{"category": "HUBSPOT_DEFINED", "typeId": 279}]}
        ],
    )


def _org() -> dict[str, Any]:
    own = {"name": "SyncAgent_HubSpot_Id__c", "type": "string", "length": 64, "externalId": True, "unique": True}
    stages = [
        {"name": "P1 課題認識", "probability": 10, "closed": False, "won": False, "forecast": "Pipeline", "sort": 1},
        {"name": "受注", "probability": 100, "closed": True, "won": True, "forecast": "Closed", "sort": 2},
    ]
    deal_stages = [
        {
            "id": "p1",
            "label": "P1 課題認識",
            "displayOrder": 0,
            "metadata": {"isClosed": "false", "probability": "0.1"},
        },
        {"id": "won", "label": "受注", "displayOrder": 1, "metadata": {"isClosed": "true", "probability": "1.0"}},
    ]
    unique = {"name": "syncagent_salesforce_id", "label": "Salesforce", "type": "string", "hasUniqueValue": True}
    team = [{"id": "1", "name": "営業一課", "primary": True}]
    return {
        "version": 1,
        "clock": {"now": "2026-11-16T08:00:00+09:00", "tick_seconds": 1},
        "zone": "Asia/Tokyo",
        "salesforce": {
            "clients": [{"client_id": "sandbox-client", "client_secret": "sandbox-secret", "user": INTEGRATION}],
            "stages": stages,
            "fields": {"Lead": [own], "Contact": [own]},
        },
        "hubspot": {
            "owners": [
                {"id": "101", "userId": 501, "email": SALES, "firstName": "花子", "lastName": "佐藤", "teams": team},
                {"id": "102", "userId": 502, "email": "gone@kumo.example", "lastName": "田中", "archived": True},
            ],
            "pipelines": {"deals": [{"id": "default", "label": "新規営業", "displayOrder": 0, "stages": deal_stages}]},
            "properties": {"contacts": [unique]},
            "limits": {"per_ten_seconds": None, "search_per_second": None, "daily": None},
        },
    }


def moment(minute: int) -> str:
    """Give the stamp of a minute: 2026-11-01 00:00 UTC and on."""
    day, rest = divmod(minute, 1440)
    return f"2026-11-{day + 1:02d}T{rest // 60:02d}:{rest % 60:02d}:00.000"


def _stamps(minute: int) -> dict[str, str]:
    stamp = f"{moment(minute)}+0000"
    return {"CreatedDate": stamp, "LastModifiedDate": stamp, "SystemModstamp": stamp}


def _hubspot_stamps(minute: int, prefix: str = "") -> dict[str, str]:
    return {"createdate": f"{moment(minute)}Z", f"{prefix}lastmodifieddate": f"{moment(minute)}Z"}


def _user(number: int, name: str, family: str, department: str) -> dict[str, Any]:
    return {
        "Id": salesforce_id("005", number),
        "Username": name,
        "Email": name,
        "LastName": family,
        "Alias": f"u{number}",
        "IsActive": True,
        "Department": department,
    }


def _lead(number: int) -> dict[str, Any]:
    return {
        "Id": salesforce_id("00Q", number),
        "LastName": f"山田{number}",
        "Company": "雲商事株式会社",
        "Email": f"yamada{number}@kaisha.example",
        "AnnualRevenue": 1_200_000,
        "OwnerId": salesforce_id("005", 2),
        **_stamps(number),
    }


def _contact(number: int) -> dict[str, Any]:
    values = {"lastname": f"山田{number}", "email": f"yamada{number}@kaisha.example", "company": "雲商事株式会社"}
    return {"id": str(number), "properties": {**values, **_hubspot_stamps(number)}}


def _opportunity() -> dict[str, Any]:
    return {
        "Id": salesforce_id("006", 1),
        "Name": "雲商事 新規",
        "StageName": "受注",
        "CloseDate": "2026-11-10",
        "Amount": 3_000_000,
        "AccountId": salesforce_id("001", 1),
        "OwnerId": salesforce_id("005", 2),
        **_stamps(9),
    }


def _history(number: int, stage: str, minute: int) -> dict[str, Any]:
    return {
        "Id": salesforce_id("008", number),
        "OpportunityId": salesforce_id("006", 1),
        "StageName": stage,
        "Amount": 3_000_000,
        "CloseDate": "2026-11-10",
        "CreatedDate": f"{moment(minute)}+0000",
    }


def _deal() -> dict[str, Any]:
    changes = [("won", 9), ("p1", 0)]
    history = [{"value": value, "timestamp": f"{moment(minute)}Z", "sourceType": "CRM_UI"} for value, minute in changes]
    values = {"dealname": "雲商事 新規", "pipeline": "default", "dealstage": "won", "amount": "3000000"}
    return {
        "id": "9001",
        "properties": {**values, **_hubspot_stamps(9, "hs_")},
        "history": {"dealstage": history},
    }
