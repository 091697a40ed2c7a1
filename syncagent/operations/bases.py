"""The merge base: the values both sides were last seen to agree on; it advances only over what was read back."""

from __future__ import annotations

from collections.abc import Iterable

from syncagent.domain.records import Link, RecordRef, Scalar
from syncagent.merging.mapping import RecordMapping
from syncagent.merging.merge import merge_link
from syncagent.operations.installation import Installation
from syncagent.operations.surroundings import merge_context
from syncagent.store import Fence, WriteTx, links, mirror


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


def restore_bases(installation: Installation, fence: Fence, undone: str, refs: Iterable[RecordRef]) -> None:
    """After an undo: put the bases back to what they were before the undone run, and unlink what it had created.

    Without this the restored value would look like a person's edit and could flow to the other side.
    """
    wanted = set(refs)
    with installation.store.write(fence) as tx:
        bases: dict[tuple[str, RecordRef, RecordRef], tuple[Link, dict[str, Scalar]]] = {}
        for change in links.base_changes(tx, undone):
            link = change.link
            if wanted & {link.salesforce, link.hubspot}:
                key = (link.pair, link.salesforce, link.hubspot)
                _link, base = bases.setdefault(key, (link, dict(link.base)))
                base.pop(change.field, None)
                if not change.added:
                    base[change.field] = change.before
        links.save_bases(tx, bases.values())
        for mapping in installation.configuration.mappings:
            for link in _links_of(tx, mapping, wanted):
                gone = [ref for ref in (link.salesforce, link.hubspot) if _is_gone(tx, ref)]
                if gone and link.key == "created":
                    links.remove_link(tx, link)


def _is_gone(tx: WriteTx, ref: RecordRef) -> bool:
    record = mirror.record(tx, ref)
    return record is None or record.state.value != "live"


def _links_of(tx: WriteTx, mapping: RecordMapping, wanted: set[RecordRef]) -> list[Link]:
    concerned = [ref for ref in sorted(wanted) if (ref.system, ref.object) in set(mapping.objects())]
    return links.links(tx, mapping.name, concerned) if concerned else []
