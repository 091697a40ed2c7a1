"""What the operations ask of a system; each connector passes one contract suite.

A connector normalises values to :data:`syncagent.domain.records.Scalar`: Salesforce booleans are bool, ``int`` fields
int, currency/double/percent fields canonical decimal text ("1200000", "0.5"), dates "2026-11-16", instants
"2026-11-16T00:00:00+00:00" (UTC); HubSpot property values stay the strings HubSpot speaks, with "" read as None and
datetime properties in the same UTC text form. Writes take the same forms and are encoded for the wire.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from syncagent.domain.changes import Outcome
from syncagent.domain.records import Cursor, FieldInfo, Fields, Page, Record, System

WriteKind: TypeAlias = Literal["update", "create", "archive"]


@dataclass(frozen=True, slots=True)
class Write:
    """One record to write in one remote call.

    ``key`` comes back on the result and differs within a call. ``unmodified_since`` asks for a server-side condition
    where the system has one (Salesforce: a single update with If-Unmodified-Since, exact to the second; HubSpot has
    none and ignores it). ``unique`` names the (field, value) that makes a create
    recognisable afterwards.
    """

    key: str
    kind: WriteKind
    id: str | None
    fields: Fields = field(default_factory=dict)
    unmodified_since: datetime | None = None
    unique: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What the system answered for one write: applied, stale (condition failed), rejected or retry."""

    key: str
    outcome: Outcome
    id: str | None = None
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Association:
    """One directed HubSpot association (type ids as HubSpot numbers them)."""

    from_object: str
    from_id: str
    to_object: str
    to_id: str
    type_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Owner:
    """A person who can own records: ``id`` is what goes into the record's owner field."""

    id: str
    email: str
    name: str
    active: bool
    team: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the sales process as the system's own metadata has it."""

    id: str
    label: str
    pipeline: str
    order: int
    probability: str
    is_closed: bool
    is_won: bool


@dataclass(frozen=True, slots=True)
class StageEntry:
    """A record entered a stage at an instant (Salesforce OpportunityHistory, HubSpot dealstage history)."""

    record_id: str
    stage: str
    at: datetime


class Connector(Protocol):
    """One system's records, read and written; every call goes through the budgeted transport."""

    system: System

    @property
    def calls(self) -> int:
        """Count the remote calls made so far by this connector, retries included."""
        ...

    def describe(self, object_name: str) -> Mapping[str, FieldInfo]:
        """Give the object's fields by name; an unknown object is a Rejected error naming it."""
        ...

    def pull(self, object_name: str, fields: Sequence[str], cursor: Cursor | None) -> Iterator[Page]:
        """Read what changed since the cursor (all, when None) by server time with overlap, deletions included.

        Pages come in cursor order; each page's cursor is true once the page is stored. A page whose cursor is None
        proves nothing yet: a pull broken off there begins again. A record may come twice, its newest version last.

        Raises:
            Rejected: a field does not exist or is not visible; all such fields are named, before anything is read.
        """
        ...

    def read(self, object_name: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Record]:
        """Read records by id as they are now.

        An id that resolves elsewhere (merge) keeps the asked id as key: its record is MERGED and carries the
        survivor's ref, fields and stamp. Absent and deleted ids are missing.
        """
        ...

    def find(
        self, object_name: str, field_name: str, values: Sequence[str], fields: Sequence[str]
    ) -> Mapping[str, Record]:
        """Read records by a unique field's value, to settle creates whose reply was lost.

        Keys are the values as asked, though case does not matter; values nobody holds are missing.
        """
        ...

    def batch_max(self, kind: WriteKind, *, guarded: bool) -> int:
        """Tell how many records one write call may carry; ``guarded`` writes carry ``unmodified_since``."""
        ...

    def write(self, object_name: str, writes: Sequence[Write]) -> list[WriteResult]:
        """Send ONE remote call with at most ``batch_max`` writes of one kind; results in the order of the writes.

        Writes seen to be impossible (unknown field, text that is no number) are rejected without being sent. A batch
        refused as a whole because of one record is divided until that record is alone. A create whose ``unique``
        value is taken names the holder's id, with code EXISTED (updated instead) or CONFLICT (rejected).

        Raises:
            OutcomeUnknown: the call was sent and its reply lost; any of its writes may have happened.
            ConnectorError: nothing was written.
            Defect: mixed kinds, equal keys or records, too many writes, or a guard the system cannot give.
        """
        ...

    def associations(self, from_object: str, to_object: str, ids: Sequence[str]) -> Iterator[Association]:
        """Read associations (HubSpot); empty for systems that hold them as fields."""
        ...

    def stage_history(
        self, object_name: str, ids: Sequence[str] | None, since: datetime | None
    ) -> Iterator[StageEntry]:
        """Read when records entered which stage, oldest first per record; ``ids`` None means all since ``since``."""
        ...

    def owners(self) -> Sequence[Owner]:
        """List people who may own records, inactive ones included."""
        ...

    def stages(self) -> Sequence[Stage]:
        """List the sales process' stages with their closed/won metadata."""
        ...

    def clock(self) -> datetime:
        """Give the server's time from the Date header of the last answer (one call is made when there was none)."""
        ...
