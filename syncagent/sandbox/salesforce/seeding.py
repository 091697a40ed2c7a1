"""Rows a dataset may leave out, made from org.yaml and from the rows it has."""

import json
from collections.abc import Mapping
from typing import Any

from syncagent.sandbox.salesforce.identifiers import read_id
from syncagent.sandbox.salesforce.rules.campaigns import DEFAULT_STATUSES
from syncagent.sandbox.salesforce.rules.opportunities import history_fields
from syncagent.sandbox.salesforce.schema import DATA
from syncagent.sandbox.salesforce.state import Org
from syncagent.sandbox.salesforce.table import Row


def organization_rows(org: Org) -> list[dict[str, Any]]:
    """The one row of Organization for a dataset without."""
    return [
        {
            "Id": read_id(org.settings["org_id"]),
            "Name": "Sandbox",
            "DefaultLocaleSidKey": "ja_JP" if org.switches["name_order"] == "last_first" else "en_US",
            "LanguageLocaleKey": "ja" if org.switches["name_order"] == "last_first" else "en_US",
            "TimeZoneSidKey": org.zone.key,
            "FiscalYearStartMonth": 1,
            "OrganizationType": "Enterprise Edition",
            "IsSandbox": True,
        }
    ]


def read_stages(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The stages of org.yaml, or the standard ones."""
    standard: list[dict[str, Any]] = json.loads((DATA / "stages.json").read_text(encoding="utf-8"))
    return list(settings.get("stages") or standard)


def stage_rows(org: Org) -> list[dict[str, Any]]:
    """The stages of org.yaml as rows of OpportunityStage."""
    return [
        {
            "MasterLabel": stage.get("label") or stage["name"],
            "ApiName": stage["name"],
            "IsActive": True,
            "SortOrder": stage.get("sort", position),
            "IsClosed": stage.get("closed", False),
            "IsWon": stage.get("won", False),
            "DefaultProbability": stage.get("probability", 0),
            **_forecast(stage),
        }
        for position, stage in enumerate(read_stages(org.settings), 1)
    ]


def _forecast(stage: Mapping[str, Any]) -> dict[str, str]:
    by_category = {"BestCase": "Best Case", "Forecast": "Commit", "MostLikely": "Commit"}
    fallback = "Pipeline" if not stage.get("closed") else "Closed" if stage.get("won") else "Omitted"
    given = str(stage.get("forecast") or fallback)
    name = by_category.get(given, given)
    return {
        "ForecastCategoryName": name,
        "ForecastCategory": {"Best Case": "BestCase", "Commit": "Forecast"}.get(name, name),
    }


def missing_statuses(org: Org) -> list[Row]:
    """The two standard statuses for every campaign whose statuses the dataset does not list."""
    listed = {status.get("CampaignId") for status in org.tables["CampaignMemberStatus"].rows.values()}
    campaigns = org.tables["Campaign"].rows.values()
    return [
        {"CampaignId": campaign["Id"], "CreatedDate": campaign["CreatedDate"], **status}
        for campaign in campaigns
        if campaign["Id"] not in listed
        for status in DEFAULT_STATUSES
    ]


def missing_history(org: Org) -> list[Row]:
    """A creation row for every opportunity whose history the dataset does not tell."""
    told = {entry.get("OpportunityId") for entry in org.tables["OpportunityHistory"].rows.values()}
    return [
        {
            **{name: value for name, value in history_fields(opportunity, None).items() if value is not None},
            "CreatedDate": opportunity["CreatedDate"],
            "CreatedById": opportunity["CreatedById"],
        }
        for opportunity in org.tables["Opportunity"].rows.values()
        if opportunity["Id"] not in told
    ]


def date_stage_changes(org: Org) -> None:
    """LastStageChangeDate of opportunities that leave it out, from their history; filled in place like activities."""
    undated = {row["Id"]: row for row in org.tables["Opportunity"].rows.values() if "LastStageChangeDate" not in row}
    stages: dict[str, str] = {}
    histories = org.tables["OpportunityHistory"].rows.values()
    for entry in sorted(histories, key=lambda entry: (entry["CreatedDate"], entry["Id"])):
        opportunity_id, stage = entry.get("OpportunityId", ""), entry.get("StageName", "")
        if stages.setdefault(opportunity_id, stage) != stage and opportunity_id in undated:
            undated[opportunity_id]["LastStageChangeDate"] = entry["CreatedDate"]
        stages[opportunity_id] = stage


def roll_up_activities(org: Org) -> None:
    """LastActivityDate where the dataset leaves it out; rows are still being made, so they are filled in place."""
    latest: dict[str, str] = {}
    for object_name in ("Task", "Event"):
        for activity in org.tables[object_name].rows.values():
            day = activity.get("ActivityDate")
            if day is None or activity.get("IsDeleted") or (object_name == "Task" and not activity.get("IsClosed")):
                continue
            for name in ("WhoId", "WhatId", "AccountId"):
                if name in activity:
                    latest[activity[name]] = max(day, latest.get(activity[name], ""))
    for record_id, day in latest.items():
        owner, owner_object = org.row(record_id), org.schema.object_of(record_id)
        if owner is not None and owner_object and org.schema.get(owner_object).find("LastActivityDate"):
            owner.setdefault("LastActivityDate", day)
