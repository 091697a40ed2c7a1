"""What follows from a plan's own changes: a deal a policy closes in one system is closed in the other as well.

The follow-up is merged over the record as it will be, carries the changes it follows from, and is written after them
and only if all of them were made.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from syncagent.domain.changes import Change
from syncagent.domain.records import Link, Record, RecordRef
from syncagent.merging.mapping import RecordMapping
from syncagent.merging.merge import MergeContext, MergeResult, merge_link

Foreseen: TypeAlias = Mapping[RecordRef, Sequence[Change]]
"""The updates already planned, by record."""


def foresee(planned: Sequence[Change], mapping: RecordMapping) -> dict[RecordRef, list[Change]]:
    """Gather the planned updates of fields this mapping speaks of."""
    found: dict[RecordRef, list[Change]] = {}
    for change in planned:
        ref = change.ref
        mapped = {field.on(ref.system).get(ref.object) for field in mapping.fields}
        if change.operation == "update" and change.field in mapped:
            found.setdefault(ref, []).append(change)
    return found


def merge_foreseen(
    mapping: RecordMapping,
    link: Link,
    records: tuple[Record, Record],
    context: MergeContext,
    foreseen: Foreseen,
    plain: MergeResult,
) -> MergeResult:
    """Merge a link as it will be; ``plain`` is its merge as it is now.

    Fields that come out the same keep the plain result. Agreed values are taken from the plain result only: what is
    merely planned is nothing both sides hold.
    """
    coming = [change for ref in (link.salesforce, link.hubspot) for change in foreseen.get(ref, ())]
    salesforce, hubspot = (_as_it_will_be(record, foreseen) for record in records)
    result = merge_link(mapping, link, salesforce, hubspot, context)
    known = {change.id for change in plain.changes}
    written = {(change.ref, change.field) for change in coming}
    needed = tuple(change.id for change in coming)
    changes = tuple(
        change if change.id in known else dataclasses.replace(change, requires=needed)
        for change in result.changes
        if (change.ref, change.field) not in written
    )
    touched = {change.origin for change in result.changes if change.id not in known}
    base = {name: value for name, value in plain.base.items() if f"merge:{mapping.name}.{name}" not in touched}
    return dataclasses.replace(result, changes=changes, base=base)


def _as_it_will_be(record: Record, foreseen: Foreseen) -> Record:
    values = {
        change.field: change.after
        for change in foreseen.get(record.ref, ())
        if change.field is not None and not isinstance(change.after, Mapping)
    }
    return dataclasses.replace(record, fields={**record.fields, **values})
