"""Counterparts for records that have none, where the mapping allows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from syncagent.domain.changes import Change, Evidence
from syncagent.domain.records import Record, RecordRef, Scalar, State, System
from syncagent.merging.cases import other
from syncagent.merging.inclusion import included
from syncagent.merging.mapping import OWNER_FIELDS, Creation, MappedField, RecordMapping
from syncagent.merging.merge import MergeContext
from syncagent.merging.texts import say
from syncagent.merging.transforms import TRANSFORMS, NotReadable, NotWritable, Spot, read, write
from syncagent.merging.transforms.transform import LABELS


@dataclass(frozen=True, slots=True)
class NotCreated:
    """A record whose counterpart could not be proposed, and why."""

    ref: RecordRef
    reason: str


def create_changes(mapping: RecordMapping, unlinked: Iterable[Record], context: MergeContext) -> list[Change]:
    """Propose a counterpart for each live, included record without a link, where the create policy says so.

    A created record carries the id of the one it came from in its external id field, which makes the create
    recognisable when its reply is lost. Records that lack something are told by :func:`not_created`.
    """
    return [each for each in _proposals(mapping, unlinked, context) if isinstance(each, Change)]


def not_created(mapping: RecordMapping, unlinked: Iterable[Record], context: MergeContext) -> list[NotCreated]:
    """List the records that would get a counterpart if they held what it needs."""
    return [each for each in _proposals(mapping, unlinked, context) if isinstance(each, NotCreated)]


def _proposals(
    mapping: RecordMapping, unlinked: Iterable[Record], context: MergeContext
) -> Iterator[Change | NotCreated]:
    for record in sorted(unlinked, key=lambda each: each.ref):
        creation = mapping.create[other(record.ref.system)]
        if not creation.allowed or record.state is not State.LIVE or not included(mapping, record):
            continue
        try:
            yield _create(mapping, creation, record, context)
        except (NotReadable, NotWritable) as problem:
            yield NotCreated(record.ref, str(problem))


def _create(mapping: RecordMapping, creation: Creation, record: Record, context: MergeContext) -> Change:
    target = other(record.ref.system)
    after: dict[str, Scalar] = {}
    for mapped in mapping.fields:
        value = _carried(mapped, creation, record, context)
        if value is not None:
            after[mapped.on(target)[creation.object]] = value
        elif mapped.name in creation.require:
            raise NotWritable(
                say("lacking", context.language, target=LABELS[target], field=mapped.name, ref=record.ref)
            )
    external = mapping.side(target).external_id
    if external is not None:
        after[external] = record.ref.id
    owner = after.get(OWNER_FIELDS[target])
    return Change(
        ref=RecordRef(target, creation.object, ""),
        operation="create",
        field=None,
        before=None,
        after=after,
        origin=f"merge:{mapping.name}.create",
        reason=say(
            "no_counterpart",
            context.language,
            source=LABELS[record.ref.system],
            object=record.ref.object,
            target=LABELS[target],
        ),
        evidence=(Evidence("id", record.ref.id, say("created_from", context.language, ref=record.ref)),),
        owner=None if owner is None else str(owner),
        counterpart=record.ref,
    )


def _carried(mapped: MappedField, creation: Creation, record: Record, context: MergeContext) -> Scalar:
    """Give what the new record gets for a field: the source's value in the target's form, None for nothing."""
    source: System = record.ref.system
    target = other(source)
    name = mapped.on(source).get(record.ref.object)
    if name is None or creation.object not in mapped.on(target) or target not in mapped.write_to:
        return None
    around = context.surroundings
    transform = TRANSFORMS[mapped.transform]
    return write(
        transform, read(transform, record.get(name), Spot(source, mapped, around)), Spot(target, mapped, around)
    )
