"""The settings of the company of the tests: its clock, stages, pipelines, owners and custom fields."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

TODAY = datetime.fromisoformat("2026-11-16T08:00:00+09:00")
INTEGRATION, SATO, YAMAMOTO = "integration@kumo.example", "sato@kumo.example", "yamamoto@kumo.example"

ID, EXTERNAL = "SyncAgent_HubSpot_Id__c", "syncagent_salesforce_id"


def make_org() -> Json:
    """Make the settings a sandbox starts from."""
    stages = [("P1 課題認識", 10), ("P3 評価", 60), ("受注", 100), ("失注", 0)]
    team = [{"id": "1", "name": "営業一課", "primary": True}]
    return {
        "version": 1,
        "clock": {"now": TODAY.isoformat(), "tick_seconds": 1},
        "zone": "Asia/Tokyo",
        "salesforce": {
            "clients": [{"client_id": "sandbox-client", "client_secret": "sandbox-secret", "user": INTEGRATION}],
            "stages": [_stage(place, *stage) for place, stage in enumerate(stages, start=1)],
            "fields": {"Contact": _own_fields(), "Lead": [*_own_fields(), *_hold_fields()], **_opportunity_fields()},
        },
        "hubspot": {
            "owners": [
                {"id": "101", "userId": 501, "email": SATO, "lastName": "佐藤", "teams": team},
                {"id": "102", "userId": 502, "email": YAMAMOTO, "lastName": "山本", "teams": team},
            ],
            "pipelines": {
                "deals": [{"id": "default", "label": "新規営業", "displayOrder": 0, "stages": _deal_stages()}]
            },
            "properties": {"contacts": _properties(department=True), "deals": _properties()},
            "limits": {"per_ten_seconds": None, "search_per_second": None, "daily": None},
        },
    }


def _stage(place: int, name: str, probability: int) -> Json:
    closed = probability in {0, 100}
    forecast = {0: "Omitted", 100: "Closed"}.get(probability, "Pipeline")
    row = {"name": name, "probability": probability, "closed": closed, "won": probability == 100}
    return {**row, "forecast": forecast, "sort": place}


def _deal_stages() -> list[Json]:
    return [
        {
            "id": "p1",
            "label": "P1 課題認識",
            "displayOrder": 0,
            "metadata": {"isClosed": "false", "probability": "0.1"},
        },
        {"id": "p3", "label": "P3 評価", "displayOrder": 1, "metadata": {"isClosed": "false", "probability": "0.6"}},
        {"id": "lost", "label": "失注", "displayOrder": 2, "metadata": {"isClosed": "true", "probability": "0.0"}},
    ]


def _own_fields() -> list[Json]:
    return [
        {"name": ID, "type": "string", "length": 64, "externalId": True, "unique": True, "nillable": True},
        {"name": "SyncAgent_Flag__c", "type": "string", "length": 255, "nillable": True},
        {"name": "SyncAgent_Flag_Since__c", "type": "date", "nillable": True},
        {"name": "SyncAgent_Flag_Due__c", "type": "date", "nillable": True},
        {"name": "Department__c", "type": "string", "length": 120, "nillable": True},
    ]


def _hold_fields() -> list[Json]:
    return [
        {"name": "SyncAgent_Hold_Until__c", "type": "date", "nillable": True},
        {"name": "SyncAgent_Hold_Reason__c", "type": "string", "length": 255, "nillable": True},
        {"name": "SyncAgent_Hold_Approved_By__c", "type": "string", "length": 255, "nillable": True},
    ]


def _opportunity_fields() -> Json:
    reasons = ["予算", "競合", "時期延期", "自動クローズ:停滞"]
    loss: list[Json] = [
        {"name": "Loss_Reason__c", "type": "picklist", "values": reasons, "restricted": True, "nillable": True},
        {"name": "Loss_Detail__c", "type": "textarea", "length": 32000, "nillable": True},
        {"name": "Competitor__c", "type": "string", "length": 120, "nillable": True},
    ]
    return {"Opportunity": [*_own_fields(), *_hold_fields(), *loss]}


def _properties(*, department: bool = False) -> list[Json]:
    own: list[Json] = [
        {"name": EXTERNAL, "label": "Salesforce ID", "type": "string", "hasUniqueValue": True},
        {"name": "syncagent_flag", "label": "フラグ", "type": "string"},
        {"name": "syncagent_flag_since", "label": "フラグ開始日", "type": "date", "fieldType": "date"},
        {"name": "syncagent_flag_due", "label": "フラグ期限", "type": "date", "fieldType": "date"},
    ]
    return [*own, {"name": "department", "label": "部署名", "type": "string"}] if department else own
