"""HubSpot rows: contacts and companies."""

from collections.abc import Sequence
from typing import Any

from syncagent.sandbox.generate.companies import Company
from syncagent.sandbox.generate.moments import MINUTE, hubspot_time
from syncagent.sandbox.generate.staff import Member
from syncagent.sandbox.generate.workshop import Workshop

CONTACT_TO_COMPANY, CONTACT_TO_DEAL, DEAL_TO_COMPANY = (1, 279), 4, (5, 341)
LIFECYCLE = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
)
Progress = Sequence[tuple[str, int]]
"""Lifecycle stages reached, with their moments, in order."""


def write_contact(
    workshop: Workshop,
    identifier: str,
    values: dict[str, str],
    *,
    company: Company,
    company_id: str | None,
    created: int,
    progress: Progress,
    owner: Member | None,
    salesforce_id: str | None = None,
    source: str = "OFFLINE",
    changed: int | None = None,
    history: dict[str, list[dict[str, Any]]] | None = None,
) -> None:
    """Write a HubSpot contact with its lifecycle and its company."""
    modified = max([created + 20 * MINUTE, *(moment for _, moment in progress), changed or 0])
    dates = {f"hs_lifecyclestage_{stage}_date": hubspot_time(moment) for stage, moment in progress}
    properties = {
        **values,
        "company": company.hubspot_name,
        "website": f"https://www.{company.domain}" if company_id else None,
        "lifecyclestage": progress[-1][0],
        **dates,
        "hubspot_owner_id": owner.owner_id if owner else None,
        "hs_analytics_source": source,
        "syncagent_salesforce_id": salesforce_id,
        "createdate": hubspot_time(created),
        "lastmodifieddate": hubspot_time(modified),
        "hs_object_id": identifier,
    }
    lifecycle = [
        {"value": stage, "timestamp": hubspot_time(moment), "sourceType": "INTEGRATION", "sourceId": "syncagent"}
        for stage, moment in reversed(progress)
    ]
    past = {**(history or {}), "lifecyclestage": lifecycle}
    workshop.sheets.hubspot(
        "contacts", {"id": identifier, "properties": properties, "history": past, "archived": False}
    )
    if company_id:
        workshop.sheets.associate(f"contacts/{identifier}", f"companies/{company_id}", *CONTACT_TO_COMPANY)


def write_company(
    workshop: Workshop,
    company: Company,
    *,
    created: int,
    stage: str,
    owner: Member | None,
    salesforce_id: str | None = None,
    known_number: bool = False,
    known_domain: bool = True,
) -> str:
    """Write a HubSpot company and return its id."""
    identifier = workshop.ids.hubspot("companies")
    properties = {
        "name": company.hubspot_name,
        "domain": company.domain if known_domain else None,
        "website": f"https://www.{company.domain}" if known_domain else None,
        "phone": "+81" + company.phone.replace("-", "")[1:],
        "address": company.street,
        "city": company.city,
        "state": company.prefecture,
        "zip": company.postal_code,
        "country": "日本",
        "numberofemployees": str(company.employees),
        "corporate_number": company.corporate_number if known_number else None,
        "lifecyclestage": stage,
        "hubspot_owner_id": owner.owner_id if owner else None,
        "syncagent_salesforce_id": salesforce_id,
        "createdate": hubspot_time(created),
        "hs_lastmodifieddate": hubspot_time(created + 45 * MINUTE),
        "hs_object_id": identifier,
    }
    workshop.sheets.hubspot("companies", {"id": identifier, "properties": properties, "archived": False})
    return identifier
