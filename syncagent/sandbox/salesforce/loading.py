"""A dataset's rows, completed into the org's tables: ids, audit fields, and what the server would have derived."""

from collections.abc import Mapping
from typing import Any

from syncagent.sandbox.salesforce.derived import derivation
from syncagent.sandbox.salesforce.errors import Refusal
from syncagent.sandbox.salesforce.rules import rules_of
from syncagent.sandbox.salesforce.schema import SObject
from syncagent.sandbox.salesforce.seeding import (
    date_stage_changes,
    missing_history,
    missing_statuses,
    organization_rows,
    roll_up_activities,
    stage_rows,
)
from syncagent.sandbox.salesforce.state import Org, format_stamp
from syncagent.sandbox.salesforce.table import Row
from syncagent.sandbox.salesforce.values import read_value

# Objects come after those their rules look up.
ORDER = (
    "User",
    "Organization",
    "OpportunityStage",
    "Account",
    "Campaign",
    "CampaignMemberStatus",
    "Contact",
    "Lead",
    "Opportunity",
    "OpportunityHistory",
    "OpportunityContactRole",
    "CampaignMember",
    "Task",
    "Event",
)
INTEGRATION_USER = "integration@sandbox.example"


class LoadError(ValueError):
    """A dataset row the org cannot hold; the message names file, line and field."""


def load_org(org: Org, rows: Mapping[str, list[dict[str, Any]]]) -> str:
    """Fill the empty tables and return the id of the first client's user; raises LoadError."""
    unknown = sorted(set(rows) - set(ORDER))
    if unknown:
        raise LoadError(f"salesforce/{unknown[0]}.jsonl: no such object here; there are {', '.join(ORDER)}.")
    user_id = _load_users(org, rows.get("User", []))
    defaults = {"Organization": organization_rows(org), "OpportunityStage": stage_rows(org)}
    for name in ORDER[1:]:
        given = rows.get(name) or defaults.get(name, [])
        _load(org, name, [_read_row(org, name, line, row) for line, row in enumerate(given, 1)], user_id)
        if name == "CampaignMemberStatus":
            _load(org, name, missing_statuses(org), user_id)
        if name == "OpportunityHistory":
            _load(org, name, missing_history(org), user_id)
    date_stage_changes(org)
    roll_up_activities(org)
    return user_id


def users_of_clients(org: Org) -> list[str]:
    """The usernames org.yaml gives its API clients; one stands in where it names none."""
    clients = org.settings.get("clients") or []
    return [client.get("user") or INTEGRATION_USER for client in clients] or [INTEGRATION_USER]


def _load_users(org: Org, given: list[dict[str, Any]]) -> str:
    rows = [_read_row(org, "User", line, row) for line, row in enumerate(given, 1)]
    known = {row.get("Username") for row in rows}
    rows.extend(
        {"Username": username, "Email": username, "LastName": "Integration", "Alias": "integ"}
        for username in dict.fromkeys(users_of_clients(org))
        if username not in known
    )
    for row in rows:
        row.setdefault("IsActive", True)
        row.setdefault("UserType", "Standard")
        row.setdefault("TimeZoneSidKey", org.zone.key)
        row.setdefault("Id", None)
    taken = {row["Id"] for row in rows}
    prefix = org.schema.get("User").prefix or ""
    for row in rows:
        row["Id"] = row["Id"] or org.ids.make(prefix, taken.__contains__)
    first = users_of_clients(org)[0]
    user_id: str = next(row["Id"] for row in rows if row.get("Username") == first)
    _load(org, "User", rows, user_id)
    return user_id


def _read_row(org: Org, object_name: str, line: int, given: Mapping[str, Any]) -> Row:
    definition, row, where = org.schema.get(object_name), {}, f"salesforce/{object_name}.jsonl:{line}"
    for name, value in given.items():
        field = definition.find(name)
        if field is None:
            if name == "attributes":
                continue
            raise LoadError(f"{where}: {object_name} has no field {name}; custom fields are listed in org.yaml.")
        if derivation(object_name, field) is not None:
            continue
        try:
            stored = read_value(field, value)
        except Refusal as refusal:
            raise LoadError(f"{where}: {name}: {refusal.message}") from None
        if stored is not None:
            row[field.name] = stored
    if row.get("IsDeleted") is False:
        del row["IsDeleted"]
    if "Id" in row and org.schema.object_of(row["Id"]) != object_name:
        raise LoadError(f"{where}: {row['Id']} is no id of {object_name}; those begin with {definition.prefix}.")
    return row


def _load(org: Org, object_name: str, rows: list[Row], user_id: str) -> None:
    definition, table = org.schema.get(object_name), org.tables[object_name]
    taken = set(table.rows)
    for row in rows:
        if row.get("Id") in taken:
            raise LoadError(f"salesforce/{object_name}.jsonl: the id {row['Id']} is there twice.")
        taken.add(row.get("Id", ""))
    for row in rows:
        if "Id" not in row:
            row["Id"] = org.ids.make(definition.prefix or "", taken.__contains__)
            taken.add(row["Id"])
        _audit(org, definition, row, user_id)
        rules_of(object_name).complete(org, row)
    table.load(rows)


def _audit(org: Org, definition: SObject, row: Row, user_id: str) -> None:
    created = row.setdefault("CreatedDate", format_stamp(org.clock.now()))
    creator = row.setdefault("CreatedById", user_id)
    if definition.find("LastModifiedDate"):
        row.setdefault("LastModifiedDate", created)
        row.setdefault("LastModifiedById", creator)
    row.setdefault("SystemModstamp", row.get("LastModifiedDate", created))
    owner = definition.find("OwnerId")
    if owner is not None:
        row.setdefault("OwnerId", user_id)
    for field in definition.fields.values():
        if field.default not in (None, False) and not field.nillable:
            row.setdefault(field.name, field.default)
