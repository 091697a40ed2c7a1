"""Touchpoints, the journey to an opportunity, and the credit a touch receives (attribution.md, section 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from syncagent.domain.money import Money


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """One dated contact of a person with a campaign; ``date_only`` marks a day without a time of day."""

    id: str
    at: datetime
    campaign: str
    channel: str = ""
    person: str = ""
    kind: str = ""
    date_only: bool = False


@dataclass(frozen=True, slots=True)
class Deal:
    """The opportunity's milestones: lead creation, opportunity creation, and close (or the as-of time while open)."""

    id: str
    amount: Money
    lead_created: datetime | None
    created: datetime
    closed: datetime


@dataclass(frozen=True, slots=True)
class Dropped:
    """A touch that got no credit, and why: outside_window, after_close, excluded_channel, duplicate."""

    touch: Touchpoint
    reason: str


@dataclass(frozen=True, slots=True)
class Journey:
    """A deal with its eligible touches in total order, and the touches that were dropped.

    ``grade`` tells how the buying group was found: contact_role, converted_lead, account, or none.
    """

    deal: Deal
    touches: tuple[Touchpoint, ...]
    dropped: tuple[Dropped, ...] = ()
    grade: str = "contact_role"
    reason: str = ""
    """Why the path is empty: no_person, no_touch, outside_window, after_close or excluded_channel."""


@dataclass(frozen=True, slots=True)
class Credit:
    """What one touch earned under one model; ``weight`` is exact, ``decimal`` its text where no fraction exists."""

    model: str
    opportunity: str
    touch: Touchpoint
    weight: Fraction
    amount: Money
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Unattributed:
    """Revenue no touch explains, with the reason (attribution.md, P6)."""

    model: str
    opportunity: str
    reason: str
    amount: Money
