"""org.yaml: clock, currencies, stages, custom fields, pipelines, owners and properties of the generated org."""

import io
from typing import Any

from ruamel.yaml import YAML

from syncagent.sandbox.generate.moments import CLOCK_TEXT
from syncagent.sandbox.generate.staff import Staff, owner_entry
from syncagent.sandbox.generate.vocabulary import words

_EXTERNAL_ID = {
    "name": "SyncAgent_HubSpot_Id__c",
    "label": "HubSpot ID",
    "type": "string",
    "length": 64,
    "externalId": True,
    "unique": True,
    "nillable": True,
}

_ATTRIBUTION = (
    ("First_Touch_Campaign", "初回接点キャンペーン", 255),
    ("Attribution_Model", "アトリビューションモデル", 64),
    ("Attribution_Campaign", "最大貢献キャンペーン", 255),
    ("Attribution_Shares", "キャンペーン別貢献割合", 255),
    ("Attribution_Hash", "アトリビューション照合値", 64),
)


def organisation(staff: Staff) -> dict[str, Any]:
    """The content of org.yaml."""
    return {
        "version": 1,
        "clock": {"now": CLOCK_TEXT, "tick_seconds": 1},
        "zone": "Asia/Tokyo",
        "currencies": {"corporate": "JPY", "multi": False, "rates": [{"code": "JPY", "decimals": 0, "rate": 1}]},
        "salesforce": {
            "org_id": "00D5g000004ABCD",
            "version": "62.0",
            "clients": [
                {"client_id": "sandbox-client", "client_secret": "sandbox-secret", "user": staff.integration.email}
            ],
            "daily_api_requests": 100_000,
            "stages": _stages(),
            "fields": {
                sobject: _fields(sobject) for sobject in ("Lead", "Contact", "Account", "Opportunity", "Campaign")
            },
            "validation_rules": [],
            "duplicate_rules": [],
        },
        "hubspot": {
            "portal_id": 24680,
            "owners": [owner_entry(member) for member in staff.members],
            "pipelines": {"deals": [_pipeline()]},
            "properties": {name: _properties(name) for name in ("contacts", "companies", "deals")},
            "limits": {"per_ten_seconds": 190, "search_per_second": 5, "daily": 650_000},
        },
        "switches": {},
    }


def organisation_yaml(staff: Staff) -> bytes:
    """org.yaml as bytes, always the same for the same content."""
    writer = YAML(typ="rt", pure=True)
    writer.default_flow_style = False
    writer.width = 120
    out = io.BytesIO()
    writer.dump(organisation(staff), out)
    return out.getvalue()


def _stages() -> list[dict[str, Any]]:
    return [
        {
            "name": stage["name"],
            "label": stage["name"],
            "probability": stage["probability"],
            "closed": stage["code"] in ("won", "lost"),
            "won": stage["code"] == "won",
            "forecast": stage["forecast"][0],
            "sort": number,
        }
        for number, stage in enumerate(words("deals")["stages"], 1)
    ]


def _pipeline() -> dict[str, Any]:
    stages = [
        {
            "id": stage["hubspot"],
            "label": stage["name"],
            "displayOrder": number,
            "metadata": {
                "isClosed": "true" if stage["code"] in ("won", "lost") else "false",
                "probability": f"{stage['probability'] / 100:.1f}",
            },
        }
        for number, stage in enumerate(words("deals")["stages"])
    ]
    return {"id": "default", "label": "新規営業", "displayOrder": 0, "stages": stages}


def _fields(sobject: str) -> list[dict[str, Any]]:
    fields = [
        dict(_EXTERNAL_ID),
        _text("SyncAgent_Flag__c", "フラグ", 255),
        _date("SyncAgent_Flag_Since__c", "フラグ開始日"),
        _date("SyncAgent_Flag_Due__c", "フラグ期限"),
    ]
    if sobject in ("Lead", "Opportunity"):
        fields += [
            _date("SyncAgent_Hold_Until__c", "保留期限"),
            _text("SyncAgent_Hold_Reason__c", "保留理由", 255),
            _text("SyncAgent_Hold_Approved_By__c", "保留承認者", 255),
        ]
    if sobject == "Opportunity":
        fields += _opportunity_fields()
    if sobject == "Account":
        fields.append(_text("Corporate_Number__c", "法人番号", 13))
    if sobject in ("Lead", "Contact"):
        fields.append(_text("Department__c", "部署名", 120))
    return fields


def _opportunity_fields() -> list[dict[str, Any]]:
    reasons = words("fields")["loss_reasons"]
    boxes = [
        {"name": name, "label": label, "type": "boolean", "nillable": False}
        for name, label, _ in words("fields")["checkboxes"]
    ]
    return [
        {
            "name": "Loss_Reason__c",
            "label": "失注理由",
            "type": "picklist",
            "values": list(reasons),
            "restricted": True,
            "nillable": True,
        },
        {"name": "Loss_Detail__c", "label": "失注詳細", "type": "textarea", "length": 32_000, "nillable": True},
        _text("Competitor__c", "競合製品", 120),
        *boxes,
        *(_text(f"SyncAgent_{name}__c", label, length) for name, label, length in _ATTRIBUTION),
        {
            "name": "SyncAgent_Attributed_Amount__c",
            "label": "アトリビューション金額",
            "type": "currency",
            "precision": 18,
            "scale": 2,
            "nillable": True,
        },
    ]


def _text(name: str, label: str, length: int) -> dict[str, Any]:
    return {"name": name, "label": label, "type": "string", "length": length, "nillable": True}


def _date(name: str, label: str) -> dict[str, Any]:
    return {"name": name, "label": label, "type": "date", "nillable": True}


def _properties(object_type: str) -> list[dict[str, Any]]:
    group = {"contacts": "contactinformation", "companies": "companyinformation", "deals": "dealinformation"}[
        object_type
    ]
    named = [
        ("syncagent_salesforce_id", "Salesforce ID", "string"),
        ("syncagent_flag", "フラグ", "string"),
        ("syncagent_flag_since", "フラグ開始日", "date"),
        ("syncagent_flag_due", "フラグ期限", "date"),
    ]
    named += {
        "contacts": [("department", "部署名", "string")],
        "companies": [("corporate_number", "法人番号", "string")],
        "deals": [
            *((f"syncagent_{name.lower()}", label, "string") for name, label, _ in _ATTRIBUTION),
            ("syncagent_attributed_amount", "アトリビューション金額", "number"),
        ],
    }.get(object_type, [])
    return [
        {
            "name": name,
            "label": label,
            "type": kind,
            "fieldType": kind if kind in ("date", "number") else "text",
            "groupName": group,
            "hasUniqueValue": name == "syncagent_salesforce_id",
            "options": [],
        }
        for name, label, kind in named
    ]
