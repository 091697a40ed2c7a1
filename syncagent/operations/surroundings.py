"""What a merge needs around two records: owners by system, when a field last changed, the org's zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from syncagent.domain.records import SYSTEMS, RecordRef
from syncagent.merging.merge import MergeContext
from syncagent.operations.installation import Installation
from syncagent.store import ReadTx, mirror

OWNERS = "owners"
"""The mirror's own object for the people who may own records, in both systems."""

STAGES = "stages"
"""The mirror's own object for the stages of the sales process, in both systems."""


def merge_context(installation: Installation, tx: ReadTx, refs: Iterable[RecordRef]) -> MergeContext:
    """Build the merge's surroundings for these records from the mirror, in a few queries for all of them.

    A field's change time is known only for changes we saw between two pulls. The record's own stamp is no answer: it
    moves with any field, and would let an old value win because somebody edited another one.
    """
    changes = mirror.field_changes(tx, refs)

    def changed_at(ref: RecordRef, field: str) -> datetime | None:
        return changes.get((ref, field))

    people = {system: list(mirror.records(tx, system, OWNERS)) for system in SYSTEMS}
    return MergeContext(
        zone=installation.settings.timezone,
        owners={
            system: {owner.ref.id: str(owner.get("email")) for owner in owners if owner.get("email")}
            for system, owners in people.items()
        },
        retired={
            system: frozenset(owner.ref.id for owner in owners if owner.get("active") is not True)
            for system, owners in people.items()
        },
        changed_at=changed_at,
        language=installation.lang,
    )
