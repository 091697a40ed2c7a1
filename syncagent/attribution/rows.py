"""The rows journeys are built from; ids are canonical (``domain.records.canonical_id``), instants carry a zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from syncagent.domain.money import Money


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign with the channel the mapping gave it; ``parent`` is the campaign above it in the hierarchy."""

    id: str
    name: str
    channel: str = ""
    category: str = ""
    parent: str | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class CampaignMemberRow:
    """A person's membership in a campaign; ``person`` is the id of a lead or a contact.

    The touch happened on the day of ``first_responded`` where the CRM recorded one, else at ``created``. When a row
    was last modified says nothing about the person and is not read.
    """

    id: str
    campaign: str
    person: str
    created: datetime
    first_responded: date | None = None
    responded: bool = False
    kind: str = "campaign_member"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A lead or contact; ``successor`` is the contact a lead was converted to, or the winner of a merge.

    ``account`` is the account of a contact, or the one an unconverted lead was matched to by its domain;
    ``opportunity`` is the one made when the lead was converted.
    """

    id: str
    kind: Literal["lead", "contact"]
    created: datetime
    account: str | None = None
    successor: str | None = None
    opportunity: str | None = None


@dataclass(frozen=True, slots=True)
class ContactRoleRow:
    """A contact's role on an opportunity, and when somebody entered it."""

    opportunity: str
    contact: str
    created: datetime | None = None
    role: str = ""


@dataclass(frozen=True, slots=True)
class StageRow:
    """One row of an opportunity's stage history: from ``at`` on it stood in a stage that is open, won or lost."""

    opportunity: str
    at: datetime
    won: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class OpportunityRow:
    """An opportunity as it stands; ``close_date`` is a calendar day people edit."""

    id: str
    amount: Money
    created: datetime
    close_date: date
    account: str | None = None
    won: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class CrmRows:
    """Everything journeys are built from; the order of rows makes no difference."""

    opportunities: tuple[OpportunityRow, ...]
    people: tuple[PersonRow, ...] = ()
    roles: tuple[ContactRoleRow, ...] = ()
    members: tuple[CampaignMemberRow, ...] = ()
    campaigns: tuple[CampaignRow, ...] = ()
    stages: tuple[StageRow, ...] = ()
