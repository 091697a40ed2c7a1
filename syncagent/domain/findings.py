"""What a policy found, how far along it is, and the exceptions people granted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from syncagent.domain.changes import Evidence
from syncagent.domain.records import RecordRef

Mode: TypeAlias = Literal["audit", "propose", "enforce"]


class FindingState(StrEnum):
    """flagged -> warned -> due; or held by an approved exception; or vetoed by recent activity (opt-in)."""

    FLAGGED = "flagged"
    WARNED = "warned"
    DUE = "due"
    HELD = "held"
    VETOED = "vetoed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One record a policy speaks about; ``proposed`` holds the ids of the changes that would put it right.

    ``due`` is the calendar day (org's zone) on which the policy's action falls due.
    """

    policy: str
    ref: RecordRef
    severity: Literal["info", "warning", "action"]
    state: FindingState
    evidence: tuple[Evidence, ...]
    due: date | None = None
    proposed: tuple[str, ...] = ()
    first_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """A warning a plan gives: once all ``changes`` are applied and verified, ``due`` was announced on the record.

    Without changes the record shows it already.
    """

    policy: str
    ref: RecordRef
    due: date
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WarningGiven:
    """A warning that reached the record: the flag was written and verified at ``at``; ``due`` was announced."""

    policy: str
    ref: RecordRef
    at: datetime
    due: date


@dataclass(frozen=True, slots=True)
class Hold:
    """An approved exception: record, policy, why, until which day (inclusive, the awaited date), who approved."""

    ref: RecordRef
    policy: str
    until: date
    reason: str
    approved_by: str
    source: Literal["command", "crm"] = "command"


@dataclass(frozen=True, slots=True)
class Breach:
    """A brake that stops a plan: name, what it was measured on, limit and measured value, in words and numbers."""

    brake: str
    scope: str
    limit: str
    measured: str
    changes: tuple[str, ...] = field(default=())
