"""The analytic views: those policies run over, and what the pack's funnel needs besides; always refreshed together."""

from __future__ import annotations

from collections.abc import Mapping

from syncagent.hygiene import VIEWS
from syncagent.language.conditions import ColumnType
from syncagent.operations.installation import Installation
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


def view_specs() -> list[ViewSpec]:
    """Declare every view to the store; one that is left out would be dropped and fed anew the next time."""
    judged = [
        ViewSpec(
            view.name,
            view.system,
            view.object,
            tuple(ColumnSpec(item.name, item.source, item.type, item.currency) for item in view.columns),
        )
        for view in VIEWS.values()
    ]
    return [*judged, *(view for view in PACK_VIEWS if view.name not in VIEWS)]


def refresh_views(installation: Installation) -> None:
    """Bring the analytic views up to the mirror."""
    settings = installation.settings
    analytics.refresh(installation.store, view_specs(), zone=settings.timezone, currency=settings.currency)
