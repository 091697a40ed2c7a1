"""Rows of tasks and events, in Salesforce and in HubSpot."""

from syncagent.sandbox.generate.audit import audit
from syncagent.sandbox.generate.moments import HOUR, LATEST, at, date_text, hubspot_time, salesforce_time
from syncagent.sandbox.generate.staff import Member
from syncagent.sandbox.generate.workshop import Workshop

TASK_TO_CONTACT, TASK_TO_DEAL = 204, 216


def write_task(
    workshop: Workshop,
    owner: Member,
    subject: str,
    *,
    due: int,
    created: int,
    done: int | None = None,
    who: str | None = None,
    what: str | None = None,
    account: str | None = None,
    call: tuple[str, int] | None = None,
) -> None:
    """Write a Salesforce task; `done` is when it was completed, `call` a call's outcome and seconds."""
    row = {
        "Id": workshop.ids.salesforce("Task"),
        "Subject": subject,
        "Status": "Completed" if done else "Not Started",
        "IsClosed": bool(done),
        "Priority": "Normal",
        "TaskSubtype": "Call" if call else "Task",
        "ActivityDate": date_text(due),
        "WhoId": who,
        "WhatId": what,
        "AccountId": account,
        "OwnerId": owner.user_id,
        **audit(created, owner, done or created),
    }
    if call:
        row |= {"CallType": "Outbound", "CallDisposition": call[0], "CallDurationInSeconds": call[1]}
    workshop.sheets.salesforce("Task", row)


def write_event(
    workshop: Workshop,
    owner: Member,
    subject: str,
    *,
    start: int,
    day: int,
    created: int,
    who: str | None,
    what: str,
    account: str,
) -> None:
    """Write a Salesforce event of one hour."""
    row = {
        "Id": workshop.ids.salesforce("Event"),
        "Subject": subject,
        "IsAllDayEvent": False,
        "ActivityDate": date_text(day),
        "ActivityDateTime": salesforce_time(start),
        "StartDateTime": salesforce_time(start),
        "EndDateTime": salesforce_time(start + HOUR),
        "DurationInMinutes": 60,
        "ShowAs": "Busy",
        "IsPrivate": False,
        "WhoId": who,
        "WhatId": what,
        "AccountId": account,
        "OwnerId": owner.user_id,
        **audit(created, owner),
    }
    workshop.sheets.salesforce("Event", row)


def write_hubspot_task(
    workshop: Workshop,
    owner: Member,
    subject: str,
    *,
    due: int,
    created: int,
    done: bool,
    deal: str,
    contact: str | None,
) -> None:
    """Write a HubSpot task on a deal, and on a contact when given."""
    identifier = workshop.ids.hubspot("tasks")
    modified = max(created, min(at(due, 18 * HOUR), LATEST)) if done else created
    properties = {
        "hs_task_subject": subject,
        "hs_task_status": "COMPLETED" if done else "NOT_STARTED",
        "hs_task_priority": "MEDIUM",
        "hs_task_type": "TODO",
        "hs_timestamp": hubspot_time(at(due, 10 * HOUR)),
        "hubspot_owner_id": owner.owner_id,
        "hs_createdate": hubspot_time(created),
        "hs_lastmodifieddate": hubspot_time(modified),
        "hs_object_id": identifier,
    }
    workshop.sheets.hubspot("tasks", {"id": identifier, "properties": properties, "archived": False})
    workshop.sheets.associate(f"tasks/{identifier}", f"deals/{deal}", TASK_TO_DEAL)
    if contact:
        workshop.sheets.associate(f"tasks/{identifier}", f"contacts/{contact}", TASK_TO_CONTACT)
