"""The merge base: the values both sides were last seen to agree on; it advances only over what was read back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from syncagent.domain.plans import JournalEntry
from syncagent.domain.records import Link, RecordRef, Scalar
from syncagent.merging.mapping import RecordMapping
from syncagent.merging.merge import merge_link
from syncagent.operations.installation import Installation
from syncagent.operations.surroundings import merge_context
from syncagent.store import Fence, ReadTx, WriteTx, journal, links, mirror


def advance_bases(installation: Installation, fence: Fence, refs: Iterable[RecordRef], *, run: str) -> None:
    """After verify: save what both sides of the written records' links are now seen to agree on."""
    wanted = set(refs)
    with installation.store.write(fence) as tx:
        for mapping in installation.configuration.mappings:
            for link in _links_of(tx, mapping, wanted):
                salesforce, hubspot = mirror.record(tx, link.salesforce), mirror.record(tx, link.hubspot)
                if salesforce is not None and hubspot is not None:
                    context = merge_context(installation, tx, [link.salesforce, link.hubspot])
                    agreed = merge_link(mapping, link, salesforce, hubspot, context).base
                    if agreed:
                        links.save_base(tx, link, {**link.base, **agreed}, run)


def restore_bases(installation: Installation, fence: Fence, undone: str, rows: Iterable[JournalEntry]) -> None:
    """After an undo: put the bases of the fields it took back to what they were before, and unlink what was created.

    Without this the restored value would look like a person's edit and could flow to the other side. Fields a person
    touched since keep their base: there, what the run wrote is still the last value both sides agreed on.
    """
    with installation.store.write(fence) as tx:
        taken_back = _origins(tx, undone, rows)
        bases: dict[tuple[str, RecordRef, RecordRef], tuple[Link, dict[str, Scalar]]] = {}
        for change in links.base_changes(tx, undone):
            link = change.link
            origins = {f"merge:{link.pair}.{change.field}", f"merge:{link.pair}.create"}
            if any((end, origin) in taken_back for end in (link.salesforce, link.hubspot) for origin in origins):
                key = (link.pair, link.salesforce, link.hubspot)
                _link, base = bases.setdefault(key, (link, dict(link.base)))
                base.pop(change.field, None)
                if not change.added:
                    base[change.field] = change.before
        links.save_bases(tx, bases.values())
        for mapping in installation.configuration.mappings:
            for link in _links_of(tx, mapping, {ref for ref, _origin in taken_back}):
                _unlink(tx, link)


def _origins(tx: ReadTx, undone: str, rows: Iterable[JournalEntry]) -> set[tuple[RecordRef, str]]:
    """Tell of which records an undo took back what, by the origin of the change it took back."""
    wrote: defaultdict[RecordRef, dict[str | None, str]] = defaultdict(dict)
    for entry in journal.entries(tx, undone):
        wrote[entry.record or entry.change.ref][entry.change.field] = entry.change.origin
    refs = [(row.record or row.change.ref, row.change.field) for row in rows]
    return {(ref, wrote[ref][field]) for ref, field in refs if field in wrote[ref]}


def _unlink(tx: WriteTx, link: Link) -> None:
    """Forget a link whose created end is gone; the end that stays may get a counterpart again."""
    ends = (link.salesforce, link.hubspot)
    if link.key == "created" and any(_is_gone(tx, ref) for ref in ends):
        links.remove_link(tx, link)
        mirror.mark_dirty(tx, [ref for ref in ends if not _is_gone(tx, ref)])


def _is_gone(tx: ReadTx, ref: RecordRef) -> bool:
    record = mirror.record(tx, ref)
    return record is None or record.state.value != "live"


def _links_of(tx: WriteTx, mapping: RecordMapping, wanted: set[RecordRef]) -> list[Link]:
    concerned = [ref for ref in sorted(wanted) if (ref.system, ref.object) in set(mapping.objects())]
    return links.links(tx, mapping.name, concerned) if concerned else []
