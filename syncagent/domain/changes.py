"""Everything the agent may do to a CRM record, as data; and what became of it."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

import orjson

from syncagent.domain.money import Money
from syncagent.domain.records import Fields, RecordRef, Scalar
from syncagent.domain.surrogates import without_surrogates

Operation: TypeAlias = Literal["create", "update", "archive"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact behind a finding or a change: the field, its value, and the sentence a person reads."""

    field: str
    value: Scalar
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One proposed write: ``field`` and ``before``/``after`` for an update, the whole object as ``after`` for a create.

    ``counterpart`` names the record of the other system a created record will be linked to; ``owner`` is the
    record's owner id in its system, for per-owner brakes and digests. ``requires`` names changes of the same plan that
    must have been applied first: what only follows from them.
    """

    ref: RecordRef
    operation: Operation
    field: str | None
    before: Scalar
    after: Scalar | Fields
    origin: str
    reason: str
    evidence: tuple[Evidence, ...] = ()
    money: Money | None = None
    owner: str | None = None
    counterpart: RecordRef | None = None
    requires: tuple[str, ...] = ()
    id: str = dataclasses.field(default="", compare=False)

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", change_id(self))


def change_id(change: Change) -> str:
    """Name a change by what it does, so that two plans of the same state name it alike (16 hex digits).

    Reason and evidence are words for people in their language; they have no part in it.
    """
    after = dict(sorted(change.after.items())) if isinstance(change.after, Mapping) else change.after
    counterpart = str(change.counterpart) if change.counterpart else None
    parts = [str(change.ref), change.operation, change.field, change.before, after, change.origin, counterpart]
    try:
        text = orjson.dumps(parts)
    except TypeError:
        text = orjson.dumps(without_surrogates(parts))
    return hashlib.sha256(text).hexdigest()[:16]


class Outcome(StrEnum):
    """What became of one change of an applied plan."""

    APPLIED = "applied"
    STALE = "stale"
    REJECTED = "rejected"
    RETRY = "retry"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Settled:
    """A change with its outcome and the sentence that explains it; ``record_id`` is set for creates."""

    change: str
    outcome: Outcome
    message: str = ""
    record_id: str | None = None


Side: TypeAlias = Literal["same", "hubspot", "salesforce", "merged", "conflict"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the merge decided for one field of one link, with both values and the rule that chose."""

    field: str
    base: Scalar
    hubspot: Scalar
    salesforce: Scalar
    side: Side
    chosen: Scalar
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two values no rule settles: a person decides."""

    pair: str
    field: str
    salesforce: RecordRef
    hubspot: RecordRef
    salesforce_value: Scalar
    hubspot_value: Scalar
    base: Scalar
    reason: str
