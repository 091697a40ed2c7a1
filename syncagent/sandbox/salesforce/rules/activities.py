"""Tasks and events: what closes them, the account they belong to, and the roll-up of the last activity."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from syncagent.sandbox.salesforce.errors import required
from syncagent.sandbox.salesforce.rules.base import Rules
from syncagent.sandbox.salesforce.state import Org, format_stamp, read_stamp
from syncagent.sandbox.salesforce.table import Row
from syncagent.sandbox.salesforce.transacting import Transaction

CLOSED_STATUSES = frozenset({"Completed", "完了"})
HIGH_PRIORITIES = frozenset({"High", "高"})
_PARENTS = ("WhoId", "WhatId", "AccountId")
_DAY_MINUTES = 1440


class ActivityRules(Rules):
    """What tasks and events share."""

    def follow(self, transaction: Transaction, before: Row | None, row: Row) -> None:
        """Roll the last activity up to the person, the record and the account, old and new."""
        parents = {activity.get(name) for activity in (before or {}, row) for name in _PARENTS}
        for parent_id in sorted(parent for parent in parents if parent):
            roll_up(transaction, parent_id)


class TaskRules(ActivityRules):
    """A task's status decides whether it is closed."""

    def prepare(self, transaction: Transaction, before: Row | None, row: Row, given: Mapping[str, Any]) -> None:
        """Derive the flags, the account and the moment of completion."""
        del given
        complete_task(transaction.org, row)
        if not row["IsClosed"]:
            row.pop("CompletedDateTime", None)
        elif before is None or not before.get("IsClosed"):
            row["CompletedDateTime"] = transaction.stamp

    def complete(self, org: Org, row: Row) -> None:
        """Derive what the dataset leaves out."""
        complete_task(org, row)
        if row["IsClosed"]:
            row.setdefault("CompletedDateTime", row["LastModifiedDate"])


class EventRules(ActivityRules):
    """An event's date, start, end and duration are one fact."""

    def prepare(self, transaction: Transaction, before: Row | None, row: Row, given: Mapping[str, Any]) -> None:
        """Derive the other times from the given ones; a duration or an end wins over what was stored."""
        del before
        if "StartDateTime" in given or "ActivityDateTime" in given:
            row["StartDateTime"] = given.get("StartDateTime") or given.get("ActivityDateTime")
            row["ActivityDateTime"] = row["StartDateTime"]
        if "DurationInMinutes" in given:
            row.pop("EndDateTime", None)
        complete_event(transaction.org, row)

    def check(self, transaction: Transaction, before: Row | None, row: Row) -> None:
        """Refuse an event without a time."""
        del transaction, before
        if not row.get("ActivityDate"):
            raise required(["ActivityDateTime", "DurationInMinutes"])

    def complete(self, org: Org, row: Row) -> None:
        """Derive what the dataset leaves out."""
        complete_event(org, row)


def complete_task(org: Org, row: Row) -> None:
    """The flags a task's status and priority decide, and its account."""
    row["IsClosed"] = row.get("Status") in CLOSED_STATUSES
    row["IsHighPriority"] = row.get("Priority") in HIGH_PRIORITIES
    _set_account(org, row)


def complete_event(org: Org, row: Row) -> None:
    """The times of an event that follow from the others, and its account."""
    start: str | None = row.get("StartDateTime") or row.get("ActivityDateTime")
    if start:
        moment = read_stamp(start)
        if "EndDateTime" not in row and "DurationInMinutes" in row:
            row["EndDateTime"] = format_stamp(moment + timedelta(minutes=row["DurationInMinutes"]))
        end = read_stamp(row.get("EndDateTime") or start)
        row.update(
            StartDateTime=start,
            ActivityDateTime=start,
            EndDateTime=format_stamp(end),
            EndDate=end.astimezone(org.zone).date().isoformat(),
            DurationInMinutes=int((end - moment).total_seconds()) // 60,
            ActivityDate=moment.astimezone(org.zone).date().isoformat(),
        )
    elif row.get("ActivityDate") and row.get("IsAllDayEvent"):
        row.setdefault("EndDate", row["ActivityDate"])
        row.setdefault("DurationInMinutes", _DAY_MINUTES)
    _set_account(org, row)


def last_activity(org: Org, parent_id: str) -> str | None:
    """The latest date among a record's closed tasks and its events."""
    dates = [
        activity["ActivityDate"]
        for object_name in ("Task", "Event")
        for reference in _PARENTS
        for activity in org.live(object_name, reference, parent_id)
        if "ActivityDate" in activity and (object_name == "Event" or activity.get("IsClosed"))
    ]
    return max(dates, default=None)


def roll_up(transaction: Transaction, parent_id: str) -> None:
    """Write a record's last activity when it moved: SystemModstamp moves with it, LastModifiedDate does not."""
    org = transaction.org
    object_name = org.schema.object_of(parent_id)
    row = org.row(parent_id)
    if (
        object_name is None
        or row is None
        or row.get("IsDeleted")
        or not org.schema.get(object_name).find("LastActivityDate")
    ):
        return
    latest = last_activity(org, parent_id)
    if row.get("LastActivityDate") != latest:
        transaction.adjust(object_name, row, {"LastActivityDate": latest})


def _set_account(org: Org, row: Row) -> None:
    what, who = org.row(row.get("WhatId")), org.row(row.get("WhoId"))
    if what is not None and org.schema.object_of(what["Id"]) == "Account":
        row["AccountId"] = what["Id"]
    else:
        account = (what or {}).get("AccountId") or (who or {}).get("AccountId")
        row.pop("AccountId", None)
        if account:
            row["AccountId"] = account
