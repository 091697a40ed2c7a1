"""A plan is complete data: what will change, why, and what was found without changing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from syncagent.domain.changes import Change, Conflict
from syncagent.domain.findings import Announcement, Breach, Finding
from syncagent.domain.records import RecordRef, System

Part: TypeAlias = Literal["sync", "policies", "attribution"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, hashed: ``digest`` covers everything but ``made_at`` and ``expires_at``.

    ``configuration`` is the digest of the mappings and policies it was made with; ``forecast`` counts API calls.
    """

    digest: str
    org: str
    made_at: datetime
    expires_at: datetime
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    breaches: tuple[Breach, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    forecast: Mapping[System, int] = field(default_factory=dict)
    configuration: str = ""
    generation: int = 0
    """How many plans this org had applied when the plan was made, so that the same changes can be planned again."""
    undoes: str | None = None
    """The run this plan takes back, for an inverse plan."""


@dataclass(frozen=True, slots=True)
class Approval:
    """A person (or a standing approval) said yes to a digest, without the excluded changes."""

    digest: str
    who: str
    at: datetime
    excluded: tuple[str, ...] = ()
    standing: bool = False


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One write of one run: written before the call, settled after it.

    ``outcome`` is empty while the call is under way; ``seen`` is the value read back by verify.
    """

    run: str
    seq: int
    change: Change
    intent_at: datetime
    outcome: str = ""
    message: str = ""
    record: RecordRef | None = None
    settled_at: datetime | None = None
    verified: bool | None = None
