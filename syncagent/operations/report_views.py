"""The analytic views of the pack: those policies run over, and what the funnel needs besides."""

from __future__ import annotations

from collections.abc import Mapping

from syncagent.hygiene import VIEWS
from syncagent.language.conditions import ColumnType
from syncagent.operations.installation import Installation
from syncagent.operations.policies import view_specs
from syncagent.operations.surroundings import STAGES
from syncagent.store import analytics
from syncagent.store.analytics import ColumnSpec, ViewSpec

PACK_VIEWS: tuple[ViewSpec, ...] = (
    ViewSpec(
        "campaigns",
        "salesforce",
        "Campaign",
        (
            ColumnSpec("name", "Name", "text"),
            ColumnSpec("channel", "Type", "text"),
            ColumnSpec("start_day", "StartDate", "day"),
            ColumnSpec("cost_minor", "ActualCost", "minor"),
        ),
    ),
    ViewSpec(
        "campaign_members",
        "salesforce",
        "CampaignMember",
        (
            ColumnSpec("campaign_id", "CampaignId", "text"),
            ColumnSpec("lead_id", "LeadId", "text"),
            ColumnSpec("contact_id", "ContactId", "text"),
            ColumnSpec("responded", "HasResponded", "bool"),
            ColumnSpec("responded_day", "FirstRespondedDate", "day"),
            ColumnSpec("created_day", "CreatedDate", "day"),
        ),
    ),
    ViewSpec(
        "contact_roles",
        "salesforce",
        "OpportunityContactRole",
        (ColumnSpec("opportunity_id", "OpportunityId", "text"), ColumnSpec("contact_id", "ContactId", "text")),
    ),
    ViewSpec(
        "stages",
        "salesforce",
        STAGES,
        (
            ColumnSpec("stage", "stage", "text"),
            ColumnSpec("place", "place", "int"),
            ColumnSpec("probability", "probability", "decimal"),
        ),
    ),
)
"""Views of objects the pull reads for attribution and for the sales process."""


def columns_of_views() -> dict[str, Mapping[str, ColumnType]]:
    """Give the columns a metric may name, by view."""
    return {name: view.types() for name, view in VIEWS.items()}


def refresh_pack_views(installation: Installation) -> None:
    """Bring every view the pack reads up to the mirror."""
    settings = installation.settings
    declared = view_specs()
    known = {view.name for view in declared}
    specs = declared + [view for view in PACK_VIEWS if view.name not in known]
    analytics.refresh(installation.store, specs, zone=settings.timezone, currency=settings.currency)
