"""The sync part of a plan: link what is certainly the same, merge what is dirty, list conflicts.

Only dirty links are looked at: a link is dirty while one of its records changed since it was last found settled.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from syncagent.domain.changes import Change, Conflict
from syncagent.domain.records import Fields, Link, Record, RecordRef, State, System
from syncagent.matching import match
from syncagent.merging.create import create_changes
from syncagent.merging.mapping import RecordMapping
from syncagent.merging.merge import merge_link
from syncagent.operations.foresight import Foreseen, foresee, merge_foreseen
from syncagent.operations.installation import Installation
from syncagent.operations.surroundings import merge_context
from syncagent.store import Fence, WriteTx, links, mirror

CHUNK = 2000
"""Links merged together: enough to make queries cheap, few enough to stay small in memory."""


@dataclass(slots=True)
class SyncPart:
    """What syncing proposes, and what it leaves to a person."""

    changes: list[Change] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def match_records(installation: Installation, fence: Fence) -> None:
    """Link what is certainly the same, for every mapping with records that changed; done before anything is judged."""
    for mapping in installation.configuration.mappings:
        with installation.store.write(fence) as tx:
            dirty = _dirty(tx, mapping)
            if dirty:
                _follow(tx, mapping, dirty)
                _match(tx, mapping)


def sync_part(installation: Installation, fence: Fence, planned: Sequence[Change] = ()) -> SyncPart:
    """Merge every mapping's dirty links and propose creates.

    ``planned`` are updates the same plan makes for other reasons; what follows from them on the other side is proposed
    now and requires them, so that a plan leaves nothing behind for the next one.
    """
    part = SyncPart()
    for mapping in installation.configuration.mappings:
        with installation.store.write(fence) as tx:
            foreseen = foresee(planned, mapping)
            dirty = sorted({*_dirty(tx, mapping), *foreseen})
            if dirty:
                mirror.clear_dirty(tx, _settle(installation, tx, mapping, dirty, foreseen, part))
            part.conflicts += [item for item in links.open_conflicts(tx) if item.pair == mapping.name]
    return part


def _dirty(tx: WriteTx, mapping: RecordMapping) -> list[RecordRef]:
    return [
        RecordRef(system, object_name, record_id)
        for system, object_name in mapping.objects()
        for record_id in mirror.dirty_records(tx, system, object_name)
    ]


def _follow(tx: WriteTx, mapping: RecordMapping, dirty: Sequence[RecordRef]) -> None:
    """Carry links over to the record that lives on after a merge or a conversion; the agreed values go with it."""
    for link in links.links(tx, mapping.name, dirty):
        moved = dataclasses.replace(
            link, salesforce=mirror.resolve(tx, link.salesforce), hubspot=mirror.resolve(tx, link.hubspot)
        )
        if (moved.salesforce, moved.hubspot) == (link.salesforce, link.hubspot):
            continue
        links.remove_link(tx, link)
        links.replace_conflicts(tx, mapping.name, [link.salesforce], [])
        taken = links.links(tx, mapping.name, [moved.salesforce, moved.hubspot])
        if not taken and _is_live(tx, moved.salesforce) and _is_live(tx, moved.hubspot):
            links.add_links(tx, [moved])


def _is_live(tx: WriteTx, ref: RecordRef) -> bool:
    record = mirror.record(tx, ref)
    return record is not None and record.state is State.LIVE


def _live(tx: WriteTx, mapping: RecordMapping, system: System) -> Iterator[Record]:
    for object_name in mapping.side(system).objects:
        yield from mirror.records(tx, system, object_name, states=(State.LIVE,))


def _match(tx: WriteTx, mapping: RecordMapping) -> None:
    known = links.links(tx, mapping.name)
    result = match(mapping, _live(tx, mapping, "salesforce"), _live(tx, mapping, "hubspot"), known)
    links.add_links(tx, result.links)


def _settle(
    installation: Installation,
    tx: WriteTx,
    mapping: RecordMapping,
    dirty: Sequence[RecordRef],
    foreseen: Foreseen,
    part: SyncPart,
) -> list[RecordRef]:
    """Merge the dirty links and propose creates; give the records nothing more needs to be done about."""
    settled: list[RecordRef] = []
    linked: set[RecordRef] = set()
    concerned = links.links(tx, mapping.name, dirty)
    for start in range(0, len(concerned), CHUNK):
        chunk = concerned[start : start + CHUNK]
        linked |= {ref for link in chunk for ref in (link.salesforce, link.hubspot)}
        settled += _merge(installation, tx, mapping, chunk, foreseen, part)
    return settled + _unlinked(installation, tx, mapping, [ref for ref in dirty if ref not in linked], part)


def _merge(
    installation: Installation,
    tx: WriteTx,
    mapping: RecordMapping,
    chunk: Sequence[Link],
    foreseen: Foreseen,
    part: SyncPart,
) -> list[RecordRef]:
    records = _read(tx, [ref for link in chunk for ref in (link.salesforce, link.hubspot)])
    context = merge_context(installation, tx, records)
    settled: list[RecordRef] = []
    conflicts: list[Conflict] = []
    bases: list[tuple[Link, Fields]] = []
    for link in chunk:
        salesforce, hubspot = records.get(link.salesforce), records.get(link.hubspot)
        if salesforce is None or hubspot is None:
            settled += [link.salesforce, link.hubspot]
            continue
        result = merge_link(mapping, link, salesforce, hubspot, context)
        if link.salesforce in foreseen or link.hubspot in foreseen:
            result = merge_foreseen(mapping, link, (salesforce, hubspot), context, foreseen, result)
        if result.base:
            bases.append((link, {**link.base, **result.base}))
        conflicts += result.conflicts
        part.changes += result.changes
        if not result.changes and not result.conflicts:
            settled += [link.salesforce, link.hubspot]
    links.save_bases(tx, bases)
    links.replace_conflicts(tx, mapping.name, [link.salesforce for link in chunk], conflicts)
    return settled


def _read(tx: WriteTx, refs: Iterable[RecordRef]) -> dict[RecordRef, Record]:
    """Read live records in a few queries."""
    groups: dict[tuple[System, str], list[str]] = {}
    for ref in refs:
        groups.setdefault((ref.system, ref.object), []).append(ref.id)
    return {
        record.ref: record
        for (system, object_name), ids in groups.items()
        for record in mirror.records(tx, system, object_name, ids)
    }


def _unlinked(
    installation: Installation, tx: WriteTx, mapping: RecordMapping, refs: Sequence[RecordRef], part: SyncPart
) -> list[RecordRef]:
    """Propose creates for records without a counterpart where the mapping allows it; the others are settled."""
    records = _read(tx, refs)
    proposed = create_changes(mapping, list(records.values()), merge_context(installation, tx, records))
    part.changes += proposed
    waiting = {change.counterpart for change in proposed}
    return [ref for ref in refs if ref not in waiting]
