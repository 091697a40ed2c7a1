"""Fields no row stores because they follow from other records or from today's date."""

from collections.abc import Callable
from typing import Any

from syncagent.sandbox.salesforce.schema import Field
from syncagent.sandbox.salesforce.state import Org
from syncagent.sandbox.salesforce.table import Row

Derivation = Callable[[Org, Row], Any]
_ADDRESS = ("city", "country", "geocodeAccuracy", "latitude", "longitude", "postalCode", "state", "street")


def derivation(object_name: str, definition: Field) -> Derivation | None:
    """How a field is derived, or None for one that rows store."""
    if definition.type == "address":
        return _address(definition.name.removesuffix("Address"))
    if object_name == "CampaignMember" and definition.name in _OF_PERSON:
        return _of_person(definition.name)
    return _DERIVED.get((object_name, definition.name))


def _address(prefix: str) -> Derivation:
    def derive(_: Org, row: Row) -> Any:
        parts = {part: row.get(f"{prefix}{part[0].upper()}{part[1:]}") for part in _ADDRESS}
        return parts if any(value is not None for value in parts.values()) else None

    return derive


# What a campaign member shows of its lead or contact. Contacts keep the address under Mailing.
_OF_PERSON = frozenset(
    {"Salutation", "Name", "FirstName", "LastName", "Title", "Street", "City", "State", "PostalCode", "Country"}
    | {"Email", "Phone", "Fax", "MobilePhone", "Description", "DoNotCall", "HasOptedOutOfEmail", "HasOptedOutOfFax"}
    | {"LeadSource"}
)
_MAILING = frozenset({"Street", "City", "State", "PostalCode", "Country"})


def _person(org: Org, member: Row) -> Row:
    return org.row(member.get("ContactId") or member.get("LeadId")) or {}


def _of_person(name: str) -> Derivation:
    def derive(org: Org, member: Row) -> Any:
        source = f"Mailing{name}" if name in _MAILING and member.get("ContactId") else name
        return _person(org, member).get(source)

    return derive


def _company(org: Org, member: Row) -> Any:
    person = _person(org, member)
    if member.get("ContactId"):
        return (org.row(person.get("AccountId")) or {}).get("Name")
    return person.get("Company")


def _open_activities(org: Org, opportunity: Row) -> bool:
    today = org.today().isoformat()
    tasks = org.live("Task", "WhatId", opportunity["Id"])
    events = org.live("Event", "WhatId", opportunity["Id"])
    return any(not task.get("IsClosed") for task in tasks) or any(e.get("ActivityDate", "") >= today for e in events)


def _overdue_tasks(org: Org, opportunity: Row) -> bool:
    today = org.today().isoformat()
    tasks = org.live("Task", "WhatId", opportunity["Id"])
    return any(not task.get("IsClosed") and task.get("ActivityDate", today) < today for task in tasks)


def _primary_contact(org: Org, opportunity: Row) -> Any:
    roles = org.live("OpportunityContactRole", "OpportunityId", opportunity["Id"])
    return next((role.get("ContactId") for role in roles if role.get("IsPrimary")), None)


def _count_members(wanted: Callable[[Org, Row], bool]) -> Derivation:
    def derive(org: Org, campaign: Row) -> int:
        return sum(wanted(org, member) for member in org.live("CampaignMember", "CampaignId", campaign["Id"]))

    return derive


def _converted(org: Org, member: Row) -> bool:
    return bool((org.row(member.get("LeadId")) or {}).get("IsConverted"))


def _opportunities(org: Org, campaign: Row, *, won: bool) -> list[Row]:
    rows = org.live("Opportunity", "CampaignId", campaign["Id"])
    return [row for row in rows if row.get("IsWon") or not won]


def _sum_amounts(rows: list[Row]) -> float:
    return float(sum(row.get("Amount", 0.0) for row in rows))


_DERIVED: dict[tuple[str, str], Derivation] = {
    ("Contact", "IsEmailBounced"): lambda _, row: "EmailBouncedDate" in row,
    ("Opportunity", "HasOpenActivity"): _open_activities,
    ("Opportunity", "HasOverdueTask"): _overdue_tasks,
    ("Opportunity", "ContactId"): _primary_contact,
    ("CampaignMember", "CompanyOrAccount"): _company,
    ("CampaignMember", "Type"): lambda _, row: "Contact" if row.get("ContactId") else "Lead",
    ("CampaignMember", "LeadOrContactId"): lambda _, row: row.get("ContactId") or row.get("LeadId"),
    ("CampaignMember", "LeadOrContactOwnerId"): lambda org, row: _person(org, row).get("OwnerId"),
    ("Campaign", "NumberOfLeads"): _count_members(lambda _, member: not member.get("ContactId")),
    ("Campaign", "NumberOfContacts"): _count_members(lambda _, member: bool(member.get("ContactId"))),
    ("Campaign", "NumberOfConvertedLeads"): _count_members(_converted),
    ("Campaign", "NumberOfResponses"): _count_members(lambda _, member: bool(member.get("HasResponded"))),
    ("Campaign", "NumberOfOpportunities"): lambda org, row: len(_opportunities(org, row, won=False)),
    ("Campaign", "NumberOfWonOpportunities"): lambda org, row: len(_opportunities(org, row, won=True)),
    ("Campaign", "AmountAllOpportunities"): lambda org, row: _sum_amounts(_opportunities(org, row, won=False)),
    ("Campaign", "AmountWonOpportunities"): lambda org, row: _sum_amounts(_opportunities(org, row, won=True)),
    ("Name", "Type"): lambda org, row: org.schema.object_of(row["Id"]),
}
