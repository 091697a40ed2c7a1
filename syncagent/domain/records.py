"""Records of both systems as the agent sees them, and where a pull stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

System: TypeAlias = Literal["salesforce", "hubspot"]
Scalar: TypeAlias = str | int | bool | None
"""A field value. Decimals and dates travel as text: "1200000.5", "2026-11-16", "2026-11-16T00:00:00+00:00"."""
Fields: TypeAlias = Mapping[str, Scalar]

SYSTEMS: tuple[System, System] = ("salesforce", "hubspot")

_SALESFORCE_SHORT = 15
_CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def canonical_id(system: str, record_id: str) -> str:
    """Give the 18-character form of a 15-character Salesforce id; every other id is returned as it came."""
    if system != "salesforce" or len(record_id) != _SALESFORCE_SHORT or not record_id.isalnum():
        return record_id
    chunks = (record_id[start : start + 5] for start in (0, 5, 10))
    bits = (sum(1 << place for place, char in enumerate(chunk) if "A" <= char <= "Z") for chunk in chunks)
    return record_id + "".join(_CHECKSUM[index] for index in bits)


@dataclass(frozen=True, slots=True, order=True)
class RecordRef:
    """Names one record; 15- and 18-character Salesforce ids name the same one."""

    system: System
    object: str
    id: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", canonical_id(self.system, self.id))

    def __str__(self) -> str:
        """Render as ``salesforce/Lead/00Q...``, the form people type on the command line."""
        return f"{self.system}/{self.object}/{self.id}"


class State(StrEnum):
    """What became of a record; only LIVE records are matched, merged and judged."""

    LIVE = "live"
    DELETED = "deleted"
    MERGED = "merged"
    CONVERTED = "converted"


@dataclass(frozen=True, slots=True)
class Record:
    """One record as last read: ``modified`` is the server's stamp, ``seen_at`` the server time of our reading."""

    ref: RecordRef
    fields: Fields
    modified: datetime
    seen_at: datetime
    state: State = State.LIVE
    successor: str | None = None
    """The id that lives on after a merge or a conversion."""

    def get(self, name: str) -> Scalar:
        """Give the field's value, None when absent."""
        return self.fields.get(name)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where an incremental pull stands: everything up to (``at``, ``id``) by server time has been stored."""

    at: datetime
    id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of an incremental pull with the cursor that is true once the page is stored."""

    records: tuple[Record, ...]
    cursor: Cursor | None


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What a system says about one of its fields (Salesforce describe, HubSpot property definition)."""

    name: str
    label: str
    type: str
    """The vendor's own word: string, picklist, currency, date, datetime, enumeration, number ..."""
    length: int | None = None
    writable: bool = True
    required: bool = False
    unique: bool = False
    options: tuple[str, ...] = ()
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Two records that are the same thing; ``base`` holds the values both sides last agreed on, by mapping field."""

    pair: str
    salesforce: RecordRef
    hubspot: RecordRef
    key: str
    """What proved it: "external_id", "email", "created" ..."""
    base: Fields = field(default_factory=dict)

    def side(self, system: System) -> RecordRef:
        """Give the record on one side."""
        return self.salesforce if system == "salesforce" else self.hubspot
