"""What to pull: the objects and fields that mappings, policies, attribution and people's eyes need, and no other."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from syncagent.domain.records import System
from syncagent.hygiene.views import VIEWS
from syncagent.merging.mapping import RecordMapping
from syncagent.operations.installation import Configuration

NAME_FIELDS: Mapping[tuple[System, str], tuple[str, ...]] = {
    ("salesforce", "Lead"): ("Name",),
    ("salesforce", "Contact"): ("Name",),
    ("salesforce", "Account"): ("Name",),
    ("salesforce", "Opportunity"): ("Name",),
    ("salesforce", "Campaign"): ("Name",),
    ("salesforce", "User"): ("Name",),
    ("hubspot", "contacts"): ("lastname", "firstname"),
    ("hubspot", "companies"): ("name",),
    ("hubspot", "deals"): ("dealname",),
}
"""Fields a person recognises a record by; read for display, joined by a space."""

ATTRIBUTION_FIELDS: Mapping[tuple[System, str], tuple[str, ...]] = {
    ("salesforce", "Campaign"): (
        "Name",
        "Type",
        "ParentId",
        "StartDate",
        "ActualCost",
        "BudgetedCost",
        "CurrencyIsoCode",
        "IsActive",
    ),
    ("salesforce", "CampaignMember"): (
        "CampaignId",
        "LeadId",
        "ContactId",
        "Status",
        "HasResponded",
        "FirstRespondedDate",
        "CreatedDate",
    ),
    ("salesforce", "OpportunityContactRole"): ("OpportunityId", "ContactId", "IsPrimary", "CreatedDate"),
    ("salesforce", "Lead"): ("CreatedDate", "IsConverted", "ConvertedContactId", "Company"),
    ("salesforce", "Contact"): ("CreatedDate", "AccountId"),
    ("salesforce", "Opportunity"): (
        "AccountId",
        "Amount",
        "CampaignId",
        "CloseDate",
        "CreatedDate",
        "IsClosed",
        "IsWon",
        "StageName",
    ),
}
"""What journeys are built from (attribution.md, sections 1 and 5)."""


@dataclass(frozen=True, slots=True)
class Selection:
    """One object of one system with the fields to read, in order."""

    system: System
    object: str
    fields: tuple[str, ...]

    @property
    def key(self) -> str:
        """Name the cursor of this selection: a new field needs a full pull, so it has a cursor of its own."""
        return f"{self.object}#{hashlib.sha256(' '.join(self.fields).encode()).hexdigest()[:16]}"


def select(configuration: Configuration) -> tuple[Selection, ...]:
    """List what to pull, mapped objects first, each system's objects in a stable order."""
    wanted: defaultdict[tuple[System, str], set[str]] = defaultdict(set)
    for mapping in configuration.mappings:
        for system, object_name in mapping.objects():
            wanted[system, object_name].update(mapping.fields_read(system, object_name))
    for view in VIEWS.values():
        wanted[view.system, view.object].update(column.source for column in view.columns)
    for key, fields in ATTRIBUTION_FIELDS.items():
        wanted[key].update(fields)
    for rule in configuration.write_back:
        wanted["salesforce", "Opportunity"].update(rule.names("salesforce"))
        wanted["hubspot", "deals"].update(rule.names("hubspot"))
    for key, fields in NAME_FIELDS.items():
        if key in wanted:
            wanted[key].update(fields)
    return tuple(Selection(system, name, tuple(sorted(fields))) for (system, name), fields in sorted(wanted.items()))


def watched(mappings: Iterable[RecordMapping]) -> set[tuple[System, str]]:
    """List the objects whose changes make links dirty: those some mapping speaks of."""
    return {key for mapping in mappings for key in mapping.objects()}
