"""The small company of :mod:`tests.installation` with a webinar, an exhibition, and what came of them.

The worked chain: the webinar brings person X (contact 1) of company A; a meeting; an opportunity of 1.2M yen; won.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeAlias

from syncagent.sandbox.dataset import Dataset
from tests.installation import TODAY, make_company, opportunity_id, person_id, salesforce_id

Json: TypeAlias = dict[str, Any]

WEBINAR, EXHIBITION, QUIET = (salesforce_id("701", number) for number in (1, 2, 3))
PERSON_X, COMPANY_A = person_id(1), salesforce_id("001", 1)
WON, LOOSE = 51, 52
"""Opportunities: the chain's won deal, and a won deal nobody touched a campaign for."""
AMOUNT, COST, BUDGET = 1_200_000, 250_000, 300_000


def _ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000%z")


def _day(days: int) -> str:
    return (TODAY - timedelta(days=days)).strftime("%Y-%m-%d")


def _stamps(days: int) -> Json:
    return {"CreatedDate": _ago(days), "LastModifiedDate": _ago(days), "SystemModstamp": _ago(days)}


def _campaign(record_id: str, name: str, kind: str, start: int, cost: int | None, budget: int | None) -> Json:
    values = {"Name": name, "Type": kind, "StartDate": _day(start), "ActualCost": cost, "BudgetedCost": budget}
    return {"Id": record_id, **values, "IsActive": True, **_stamps(start + 30)}


def _member(number: int, campaign: str, person: str, days: int) -> Json:
    who = {"ContactId" if person.startswith("003") else "LeadId": person}
    responded = {"Status": "Responded", "HasResponded": True, "FirstRespondedDate": _day(days)}
    return {"Id": salesforce_id("00v", number), "CampaignId": campaign, **who, **responded, **_stamps(days)}


def _opportunity(number: int, created: int, won: int, **values: object) -> Json:
    row = {"Name": f"案件{number}", "StageName": "受注", "Amount": AMOUNT, "CloseDate": _day(won), "IsWon": True}
    owner = {"AccountId": COMPANY_A, "OwnerId": salesforce_id("005", 2), "IsClosed": True}
    stamps = {**_stamps(won), "CreatedDate": _ago(created)}
    return {"Id": opportunity_id(number), **row, **owner, **stamps, **values}


def _history(number: int, created: int, won: int) -> list[Json]:
    rows = []
    for place, (stage, age) in enumerate((("P1 課題認識", created), ("受注", won))):
        row = {"Id": salesforce_id("008", number * 10 + place), "OpportunityId": opportunity_id(number)}
        rows.append(
            {**row, "StageName": stage, "Amount": AMOUNT, "CreatedDate": _ago(age), "SystemModstamp": _ago(age)}
        )
    return rows


def _role(number: int, opportunity: int, contact: str, days: int) -> Json:
    row = {"Id": salesforce_id("00K", number), "OpportunityId": opportunity_id(opportunity), "ContactId": contact}
    return {**row, "IsPrimary": True, **_stamps(days)}


def _event(number: int, opportunity: int, person: str, days: int) -> Json:
    row = {
        "Id": salesforce_id("00U", number),
        "Subject": "初回商談",
        "WhoId": person,
        "WhatId": opportunity_id(opportunity),
    }
    times = {
        "StartDateTime": _ago(days),
        "EndDateTime": _ago(days),
        "DurationInMinutes": 60,
        "ActivityDate": _day(days),
    }
    return {**row, "OwnerId": salesforce_id("005", 2), **times, **_stamps(days + 2)}


def make_campaign_company(*, fields: bool = True) -> Dataset:
    """Make the dataset: open opportunities 1 (83 days) and 2 (76 days), and the won ones; ``fields`` for write-back."""
    company = make_company()
    sheets = company.salesforce
    sheets["Campaign"] = [
        _campaign(WEBINAR, "11月ウェビナー", "Webinar", 60, COST, BUDGET),
        _campaign(EXHIBITION, "秋の展示会", "Trade Show", 150, None, 2_000_000),
        _campaign(QUIET, "休眠メール", "Email", 100, 40_000, None),
    ]
    sheets["CampaignMember"] = [
        _member(1, WEBINAR, PERSON_X, 60),
        _member(2, EXHIBITION, person_id(3), 150),
        _member(3, WEBINAR, person_id(3), 59),
    ]
    sheets["Opportunity"] += [_opportunity(WON, 40, 10), _opportunity(LOOSE, 80, 20, AccountId=None)]
    sheets["OpportunityHistory"] += [*_history(WON, 40, 10), *_history(LOOSE, 80, 20)]
    sheets["OpportunityContactRole"] = [_role(1, WON, PERSON_X, 40), _role(2, 1, person_id(3), 80)]
    sheets["Event"] = [_event(1, WON, PERSON_X, 45), _event(2, WON, PERSON_X, 30)]
    for row in sheets["Contact"]:
        row["CreatedDate"] = _ago(60) if row["Id"] == PERSON_X else row["CreatedDate"]
    company.hubspot["deals"].append(
        {"id": str(7000 + WON), "properties": {"dealname": "案件51", "syncagent_salesforce_id": opportunity_id(WON)}}
    )
    if fields:
        company.org["salesforce"]["fields"]["Opportunity"] += salesforce_fields()
        company.org["hubspot"]["properties"]["deals"] += hubspot_properties()
    return company


def salesforce_fields() -> list[Json]:
    """Define the write-back fields on the opportunity."""
    texts = {
        "First_Touch_Campaign": 255,
        "Attribution_Model": 64,
        "Attribution_Campaign": 255,
        "Attribution_Shares": 255,
    }
    fields = [
        {"name": f"SyncAgent_{name}__c", "type": "string", "length": length, "nillable": True}
        for name, length in {**texts, "Attribution_Hash": 64}.items()
    ]
    amount = {
        "name": "SyncAgent_Attributed_Amount__c",
        "type": "currency",
        "precision": 18,
        "scale": 2,
        "nillable": True,
    }
    return [*fields, amount]


def hubspot_properties() -> list[Json]:
    """Define the write-back properties on the deal."""
    names = (
        "first_touch_campaign",
        "attribution_model",
        "attribution_campaign",
        "attribution_shares",
        "attribution_hash",
    )
    texts: list[Json] = [{"name": f"syncagent_{name}", "label": name, "type": "string"} for name in names]
    return [*texts, {"name": "syncagent_attributed_amount", "label": "amount", "type": "number", "fieldType": "number"}]
