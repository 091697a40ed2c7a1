"""A person as both systems hold them: two views of the same values, and the fields they go into."""

from dataclasses import dataclass, field
from typing import Any

SALESFORCE_FIELDS = {"title": "Title", "department": "Department__c", "phone": "Phone", "mobile": "MobilePhone"}
HUBSPOT_FIELDS = {"title": "jobtitle", "department": "department", "phone": "phone", "mobile": "mobilephone"}


@dataclass(slots=True)
class Twin:
    """A Salesforce person and their HubSpot contact, if any; `changed` is when a side got a newer value, by system."""

    link: str
    hubspot_id: str | None
    salesforce: dict[str, str]
    hubspot: dict[str, str]
    changed: dict[str, int] = field(default_factory=dict)
    history: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def id_in_salesforce(self) -> str | None:
        """The HubSpot id as far as Salesforce knows it."""
        return self.hubspot_id if self.link in ("both", "salesforce_knows") else None

    @property
    def hubspot_knows(self) -> bool:
        """Whether the HubSpot contact carries the Salesforce id."""
        return self.link in ("both", "hubspot_knows")

    def view(self, side: str) -> dict[str, str]:
        """The values as one system holds them."""
        return self.salesforce if side == "salesforce" else self.hubspot


def properties_of(twin: Twin) -> dict[str, str]:
    """The HubSpot properties of the person's values."""
    values = twin.hubspot
    named = {"firstname": values["given"], "lastname": values["family"], "email": values["email"].lower()}
    return {**named, **{name: values[key] for key, name in HUBSPOT_FIELDS.items()}}


def fields_of(twin: Twin) -> dict[str, str]:
    """The Salesforce fields of the person's values, for a Lead or a Contact."""
    values = twin.salesforce
    named = {
        "LastName": values["family"],
        "FirstName": values["given"],
        "Name": f"{values['family']} {values['given']}",
        "Email": values["email"],
    }
    return {**named, **{name: values[key] for key, name in SALESFORCE_FIELDS.items()}}
