"""What a merge needs around two records: owners by system, when a field last changed, the org's zone."""

from __future__ import annotations

from datetime import datetime

from syncagent.domain.records import SYSTEMS, RecordRef, System
from syncagent.merging.merge import MergeContext
from syncagent.operations.installation import Installation
from syncagent.store import ReadTx, mirror

OWNERS = "owners"
"""The mirror's own object for the people who may own records, in both systems."""

STAGES = "stages"
"""The mirror's own object for the stages of the sales process, in both systems."""


def merge_context(installation: Installation, tx: ReadTx) -> MergeContext:
    """Build the merge's surroundings from the mirror.

    A field's change time is the stamp of the reading that brought it; a field that never changed since the first pull
    falls back to the record's own stamp, which is all the first meeting of two records can know.
    """

    def changed_at(ref: RecordRef, field: str) -> datetime | None:
        seen = mirror.field_changed_at(tx, ref, field)
        if seen is not None:
            return seen
        record = mirror.record(tx, ref)
        return record.modified if record else None

    return MergeContext(
        zone=installation.settings.timezone,
        owners={system: _owners(tx, system) for system in SYSTEMS},
        changed_at=changed_at,
    )


def _owners(tx: ReadTx, system: System) -> dict[str, str]:
    return {
        record.ref.id: str(record.get("email"))
        for record in mirror.records(tx, system, OWNERS)
        if record.get("active") is True and record.get("email")
    }
