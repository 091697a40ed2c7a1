"""Put changes, findings and conflicts into one plan with a digest."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from syncagent.domain.changes import Change, Conflict
from syncagent.domain.findings import Announcement, Breach, Finding
from syncagent.domain.plans import Plan
from syncagent.domain.records import RecordRef, System
from syncagent.errors import Defect
from syncagent.planning.document import digest_of, plan_to_doc

_ORDER = {"create": 0, "update": 1, "archive": 2}


@dataclass(frozen=True, slots=True)
class Draft:
    """What goes into a plan before it is hashed."""

    org: str
    changes: Sequence[Change]
    findings: Sequence[Finding] = ()
    conflicts: Sequence[Conflict] = ()
    breaches: Sequence[Breach] = ()
    announcements: Sequence[Announcement] = ()
    forecast: Mapping[System, int] = dataclasses.field(default_factory=dict)
    configuration: str = ""
    generation: int = 0
    undoes: str | None = None


def build_plan(draft: Draft, *, now: datetime, valid: timedelta) -> Plan:
    """Sort, check and hash a draft; the same draft gives the same digest at any time.

    Raises:
        Defect: two changes want to write the same field of the same record.
    """
    changes = tuple(sorted(draft.changes, key=change_order))
    _refuse_double_writes(changes)
    plan = Plan(
        digest="",
        org=draft.org,
        made_at=now,
        expires_at=now + valid,
        changes=changes,
        findings=tuple(sorted(draft.findings, key=lambda item: (item.policy, item.ref))),
        conflicts=tuple(sorted(draft.conflicts, key=lambda item: (item.pair, item.salesforce, item.field))),
        breaches=tuple(draft.breaches),
        announcements=tuple(sorted(draft.announcements, key=lambda item: (item.policy, item.ref))),
        forecast=draft.forecast,
        configuration=draft.configuration,
        generation=draft.generation,
        undoes=draft.undoes,
    )
    return dataclasses.replace(plan, digest=digest_of(plan_to_doc(plan)))


def change_order(change: Change) -> tuple[str, str, int, str, str, str]:
    """Order changes the way they are shown and applied: system, object, creates first, record, field."""
    return (
        change.ref.system,
        change.ref.object,
        _ORDER[change.operation],
        change.ref.id,
        change.field or "",
        change.id,
    )


def _refuse_double_writes(changes: Sequence[Change]) -> None:
    writers: defaultdict[tuple[RecordRef, str | None], list[str]] = defaultdict(list)
    for change in changes:
        if change.operation == "update":
            writers[change.ref, change.field].append(change.origin)
    for (ref, field), origins in writers.items():
        if len(origins) > 1:
            raise Defect(f"{' and '.join(origins)} both want to write {field} of {ref}")
