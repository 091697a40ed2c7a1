"""People-readable names of records, from the mirror, for plans and findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from syncagent.domain.plans import Plan
from syncagent.domain.records import Record, RecordRef, System
from syncagent.operations.installation import Installation
from syncagent.operations.selection import NAME_FIELDS
from syncagent.store import mirror


def names_for(installation: Installation, plan: Plan) -> dict[RecordRef, str]:
    """Look up the names of every record a plan speaks of."""
    refs = {change.ref for change in plan.changes if change.ref.id}
    refs |= {change.counterpart for change in plan.changes if change.counterpart}
    refs |= {finding.ref for finding in plan.findings}
    refs |= {side for item in plan.conflicts for side in (item.salesforce, item.hubspot)}
    return look_up_names(installation, refs)


def look_up_names(installation: Installation, refs: Iterable[RecordRef]) -> dict[RecordRef, str]:
    """Look up the names of records; one the mirror does not know has none."""
    groups: defaultdict[tuple[System, str], list[str]] = defaultdict(list)
    for ref in refs:
        groups[ref.system, ref.object].append(ref.id)
    names: dict[RecordRef, str] = {}
    with installation.store.read() as tx:
        for (system, object_name), ids in sorted(groups.items()):
            for record in mirror.records(tx, system, object_name, ids):
                names[record.ref] = name_of(record)
    return names


def name_of(record: Record) -> str:
    """Join a record's name fields, blank where it has none."""
    fields = NAME_FIELDS.get((record.ref.system, record.ref.object), ())
    return " ".join(str(record.get(name)) for name in fields if record.get(name))
