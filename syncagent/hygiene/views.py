"""The analytic views policies run over: which field of which object feeds which column, as data.

Conditions, clocks and actions name columns; the field names of an org appear here and nowhere else in this package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from syncagent.domain.records import RecordRef, System
from syncagent.hygiene.derived import LEAD_DERIVED, OPPORTUNITY_DERIVED, Derived
from syncagent.language.conditions import ColumnType


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field it is read from and its type; ``minor`` names the column that holds its currency."""

    name: str
    source: str
    type: ColumnType
    currency: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """One view over one object; ``pair`` and ``counterpart`` lead to the linked record of the other system.

    ``derived`` columns are known to policies only: no field holds them, so the store does not either.
    """

    name: str
    system: System
    object: str
    columns: tuple[Column, ...]
    pair: str = ""
    counterpart: str = ""
    derived: tuple[Derived, ...] = ()

    def types(self) -> dict[str, ColumnType]:
        """Give the type of each column a field feeds, ``id`` included."""
        return {"id": "text", **{column.name: column.type for column in self.columns}}

    def judged(self) -> dict[str, ColumnType]:
        """Give the type of each column a policy may name, the derived ones included."""
        return {**self.types(), **{column.name: column.type for column in self.derived}}

    def source(self, column: str) -> str:
        """Give the field of the CRM a column is read from and written to."""
        return next(each.source for each in self.columns if each.name == column)

    def ref(self, record_id: str) -> RecordRef:
        """Name a record of this view."""
        return RecordRef(self.system, self.object, record_id)


_SALESFORCE_FLAG = (
    Column("flag", "SyncAgent_Flag__c", "text"),
    Column("flag_since", "SyncAgent_Flag_Since__c", "day"),
    Column("flag_due", "SyncAgent_Flag_Due__c", "day"),
)
_HUBSPOT_FLAG = (
    Column("flag", "syncagent_flag", "text"),
    Column("flag_since", "syncagent_flag_since", "day"),
    Column("flag_due", "syncagent_flag_due", "day"),
)
_HOLD = (
    Column("hold_until", "SyncAgent_Hold_Until__c", "day"),
    Column("hold_reason", "SyncAgent_Hold_Reason__c", "text"),
    Column("hold_approved_by", "SyncAgent_Hold_Approved_By__c", "text"),
)
_CREATED = (Column("created_day", "CreatedDate", "day"), Column("created_us", "CreatedDate", "instant"))
_PERSON = (
    Column("last_name", "LastName", "text"),
    Column("first_name", "FirstName", "text"),
    Column("email", "Email", "text"),
    Column("owner_id", "OwnerId", "text"),
    Column("lead_source", "LeadSource", "text"),
)

OPPORTUNITIES = View(
    "opportunities",
    "salesforce",
    "Opportunity",
    (
        Column("name", "Name", "text"),
        Column("owner_id", "OwnerId", "text"),
        Column("account_id", "AccountId", "text"),
        Column("campaign_id", "CampaignId", "text"),
        Column("stage", "StageName", "text"),
        Column("is_closed", "IsClosed", "bool"),
        Column("is_won", "IsWon", "bool"),
        Column("amount_minor", "Amount", "minor", currency="currency"),
        Column("currency", "CurrencyIsoCode", "text"),
        Column("close_day", "CloseDate", "day"),
        *_CREATED,
        Column("next_step", "NextStep", "text"),
        Column("lead_source", "LeadSource", "text"),
        Column("loss_reason", "Loss_Reason__c", "text"),
        Column("loss_detail", "Loss_Detail__c", "text"),
        Column("competitor", "Competitor__c", "text"),
        *_HOLD,
        *_SALESFORCE_FLAG,
    ),
    pair="deal",
    counterpart="deals",
    derived=OPPORTUNITY_DERIVED,
)
LEADS = View(
    "leads",
    "salesforce",
    "Lead",
    (
        *_PERSON,
        Column("company", "Company", "text"),
        Column("status", "Status", "text"),
        Column("is_converted", "IsConverted", "bool"),
        *_CREATED,
        *_HOLD,
        *_SALESFORCE_FLAG,
    ),
    pair="person",
    counterpart="hubspot_contacts",
    derived=LEAD_DERIVED,
)
CONTACTS = View(
    "contacts",
    "salesforce",
    "Contact",
    (*_PERSON, Column("account_id", "AccountId", "text"), *_CREATED, *_SALESFORCE_FLAG),
    pair="person",
    counterpart="hubspot_contacts",
)
_ACTIVITY = (
    Column("who_id", "WhoId", "text"),
    Column("what_id", "WhatId", "text"),
    Column("owner_id", "OwnerId", "text"),
    Column("subject", "Subject", "text"),
    *_CREATED,
    Column("created_by_id", "CreatedById", "text"),
)
TASKS = View(
    "tasks",
    "salesforce",
    "Task",
    (
        *_ACTIVITY,
        Column("status", "Status", "text"),
        Column("is_closed", "IsClosed", "bool"),
        Column("due_day", "ActivityDate", "day"),
        Column("completed_day", "CompletedDateTime", "day"),
        Column("completed_us", "CompletedDateTime", "instant"),
        Column("subtype", "TaskSubtype", "text"),
    ),
)
EVENTS = View(
    "events",
    "salesforce",
    "Event",
    (*_ACTIVITY, Column("start_day", "StartDateTime", "day"), Column("end_day", "EndDateTime", "day")),
)
USERS = View(
    "users",
    "salesforce",
    "User",
    (
        Column("name", "Name", "text"),
        Column("username", "Username", "text"),
        Column("email", "Email", "text"),
        Column("department", "Department", "text"),
        Column("is_active", "IsActive", "bool"),
    ),
)
DEALS = View(
    "deals",
    "hubspot",
    "deals",
    (
        Column("name", "dealname", "text"),
        Column("owner_id", "hubspot_owner_id", "text"),
        Column("pipeline", "pipeline", "text"),
        Column("stage", "dealstage", "text"),
        *_HUBSPOT_FLAG,
    ),
)
HUBSPOT_CONTACTS = View(
    "hubspot_contacts",
    "hubspot",
    "contacts",
    (
        Column("email", "email", "text"),
        Column("owner_id", "hubspot_owner_id", "text"),
        Column("lifecycle_stage", "lifecyclestage", "text"),
        Column("qualified_day", "hs_lifecyclestage_marketingqualifiedlead_date", "day"),
        Column("created_day", "createdate", "day"),
        *_HUBSPOT_FLAG,
    ),
)
HUBSPOT_TASKS = View(
    "hubspot_tasks",
    "hubspot",
    "tasks",
    (
        Column("subject", "hs_task_subject", "text"),
        Column("status", "hs_task_status", "text"),
        Column("kind", "hs_task_type", "text"),
        Column("due_day", "hs_timestamp", "day"),
        Column("created_day", "hs_createdate", "day"),
        Column("created_us", "hs_createdate", "instant"),
        Column("completed_day", "hs_task_completion_date", "day"),
        Column("completed_us", "hs_task_completion_date", "instant"),
        Column("owner_id", "hubspot_owner_id", "text"),
    ),
)

VIEWS: Mapping[str, View] = {
    view.name: view
    for view in (
        OPPORTUNITIES, LEADS, CONTACTS, TASKS, EVENTS, USERS, DEALS, HUBSPOT_CONTACTS, HUBSPOT_TASKS,
    )
}  # fmt: skip
"""Every view by name."""

JUDGED: Mapping[str, View] = {view.name: view for view in (OPPORTUNITIES, LEADS)}
"""The views a policy may run ``over``: those that carry an owner, a hold and a flag."""
