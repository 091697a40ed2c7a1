"""The sync part of a plan: link what is certainly the same, merge what is dirty, list conflicts.

Only dirty links are looked at: a link is dirty while one of its records changed since it was last found settled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from syncagent.domain.changes import Change, Conflict
from syncagent.domain.records import Link, Record, RecordRef, State, System
from syncagent.matching import match
from syncagent.merging.create import create_changes
from syncagent.merging.mapping import RecordMapping
from syncagent.merging.merge import MergeContext, MergeResult, merge_link
from syncagent.operations.installation import Installation
from syncagent.operations.surroundings import merge_context
from syncagent.store import Fence, WriteTx, links, mirror


@dataclass(slots=True)
class SyncPart:
    """What syncing proposes, and the pairs matching would not decide."""

    changes: list[Change] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    linked: int = 0
    doubtful: int = 0


def sync_part(installation: Installation, fence: Fence) -> SyncPart:
    """Match and merge every mapping's dirty records."""
    part = SyncPart()
    for mapping in installation.configuration.mappings:
        with installation.store.write(fence) as tx:
            dirty = _dirty(tx, mapping)
            if not dirty:
                part.conflicts += [item for item in links.open_conflicts(tx) if item.pair == mapping.name]
                continue
            _match(tx, mapping, part)
            context = merge_context(installation, tx)
            settled: list[RecordRef] = []
            judged: list[RecordRef] = []
            for link in links.links(tx, mapping.name, dirty):
                judged += [link.salesforce, link.hubspot]
                if _merge(tx, mapping, link, context, part):
                    settled += [link.salesforce, link.hubspot]
            settled += _unlinked(tx, mapping, dirty, judged, context, part)
            mirror.clear_dirty(tx, settled)
            part.conflicts += [item for item in links.open_conflicts(tx) if item.pair == mapping.name]
    return part


def _dirty(tx: WriteTx, mapping: RecordMapping) -> list[RecordRef]:
    return [
        RecordRef(system, object_name, record_id)
        for system, object_name in mapping.objects()
        for record_id in mirror.dirty_records(tx, system, object_name)
    ]


def _live(tx: WriteTx, mapping: RecordMapping, system: System) -> Iterator[Record]:
    for object_name in mapping.side(system).objects:
        yield from mirror.records(tx, system, object_name, states=(State.LIVE,))


def _match(tx: WriteTx, mapping: RecordMapping, part: SyncPart) -> None:
    known = links.links(tx, mapping.name)
    result = match(mapping, list(_live(tx, mapping, "salesforce")), list(_live(tx, mapping, "hubspot")), known)
    links.add_links(tx, result.links)
    part.linked += len(result.links)
    part.doubtful += len(result.doubtful)


def _merge(tx: WriteTx, mapping: RecordMapping, link: Link, context: MergeContext, part: SyncPart) -> bool:
    """Merge one link; tell whether it is settled, so that nothing more needs to be done about it."""
    salesforce, hubspot = mirror.record(tx, link.salesforce), mirror.record(tx, link.hubspot)
    if salesforce is None or hubspot is None or not _both_live(salesforce, hubspot):
        links.replace_conflicts(tx, mapping.name, [link.salesforce], [])
        return True
    result: MergeResult = merge_link(mapping, link, salesforce, hubspot, context)
    if result.base:
        links.save_base(tx, link, {**link.base, **result.base}, None)
    links.replace_conflicts(tx, mapping.name, [link.salesforce], result.conflicts)
    part.changes += result.changes
    return not result.changes and not result.conflicts


def _both_live(salesforce: Record, hubspot: Record) -> bool:
    return salesforce.state is State.LIVE and hubspot.state is State.LIVE


def _unlinked(
    tx: WriteTx,
    mapping: RecordMapping,
    dirty: list[RecordRef],
    judged: list[RecordRef],
    context: MergeContext,
    part: SyncPart,
) -> list[RecordRef]:
    """Propose creates for records without a counterpart where the mapping allows it; the others are settled."""
    linked = set(judged)
    settled: list[RecordRef] = []
    for ref in dirty:
        if ref in linked:
            continue
        record = mirror.record(tx, ref)
        proposed = create_changes(mapping, [record], context) if record and record.state is State.LIVE else []
        part.changes += proposed
        if not proposed:
            settled.append(ref)
    return settled
