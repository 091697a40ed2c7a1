"""The mirror: both systems' records as last read, who became whom, where each pull stands, and what is dirty."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Row, Select, delete, func, select

from syncagent.domain.records import Cursor, Record, RecordRef, State, System, canonical_id
from syncagent.domain.time import from_micros, to_micros
from syncagent.store.associations import associations, put_associations
from syncagent.store.documents import fields_of
from syncagent.store.intake import STATE_FIELD, UpsertCounts, upsert_records
from syncagent.store.schema import cursor as cursor_table
from syncagent.store.schema import dirty, field_change
from syncagent.store.schema import mirror as table
from syncagent.store.stages import add_stage_entries, first_stage_at, stage_entries
from syncagent.store.state import ReadTx, WriteTx
from syncagent.store.statements import chunks, insert_new, upsert

__all__ = [
    "STATE_FIELD",
    "UpsertCounts",
    "add_stage_entries",
    "associations",
    "clear_dirty",
    "count",
    "cursor",
    "dirty_records",
    "field_changed_at",
    "field_changes",
    "first_stage_at",
    "mark_all_dirty",
    "mark_dirty",
    "put_associations",
    "record",
    "records",
    "resolve",
    "save_cursor",
    "stage_entries",
    "upsert_records",
]

_CONVERTED_INTO: Mapping[str, str] = {"Lead": "Contact"}
"""The object a converted record's successor belongs to; a merge stays within the object."""


def record(tx: ReadTx, ref: RecordRef) -> Record | None:
    """Give one record in whatever state it is, None when it was never seen."""
    found = list(records(tx, ref.system, ref.object, [ref.id], states=tuple(State)))
    return found[0] if found else None


def records(
    tx: ReadTx,
    system: System,
    object_name: str,
    ids: Iterable[str] | None = None,
    *,
    states: Collection[State] = (State.LIVE,),
) -> Iterator[Record]:
    """Stream records by id; with ``ids``, only those, in batches (sorted within each batch)."""
    statement = _of_object(tx, system, object_name).where(table.c.state.in_([state.value for state in states]))
    if ids is None:
        yield from _stream(tx, system, object_name, statement)
        return
    for chunk in chunks(sorted({canonical_id(system, one) for one in ids})):
        yield from _stream(tx, system, object_name, statement.where(table.c.id.in_(chunk)))


def count(tx: ReadTx, system: System, object_name: str) -> int:
    """Count the live records of an object."""
    statement = _of_object(tx, system, object_name).where(table.c.state == State.LIVE.value).subquery()
    return tx.connection.scalar(select(func.count()).select_from(statement)) or 0


def _of_object(tx: ReadTx, system: System, object_name: str) -> Select[str, str, int, int, str, str | None]:
    c = table.c
    statement: Select[str, str, int, int, str, str | None] = select(
        c.id, c.doc, c.modified, c.seen_at, c.state, c.successor
    )
    return statement.where(c.org == tx.org, c.system == system, c.object == object_name)


def _stream(
    tx: ReadTx, system: System, object_name: str, statement: Select[str, str, int, int, str, str | None]
) -> Iterator[Record]:
    ordered = statement.order_by(table.c.id).execution_options(yield_per=1000)
    for row in tx.connection.execute(ordered):
        yield _record(system, object_name, row)


def _record(system: System, object_name: str, row: Row[str, str, int, int, str, str | None]) -> Record:
    record_id, doc, modified, seen_at, state, successor = row
    ref = RecordRef(system, object_name, record_id)
    return Record(ref, fields_of(doc), from_micros(modified), from_micros(seen_at), State(state), successor)


def resolve(tx: ReadTx, ref: RecordRef) -> RecordRef:
    """Follow merges and conversions to the record that lives on; a loop ends at the first record seen twice."""
    seen = {ref}
    while (found := record(tx, ref)) is not None and found.successor:
        becomes = ref.object
        if found.state is State.CONVERTED:
            becomes = _CONVERTED_INTO.get(ref.object, ref.object)
        ref = RecordRef(ref.system, becomes, found.successor)
        if ref in seen:
            break
        seen.add(ref)
    return ref


def cursor(tx: ReadTx, system: System, object_name: str) -> Cursor | None:
    """Give where the pull of an object stands, None before the first."""
    c = cursor_table.c
    where = (c.org == tx.org, c.system == system, c.object == object_name)
    row = tx.connection.execute(select(c.at, c.id).where(*where)).one_or_none()
    return None if row is None else Cursor(from_micros(row.at), row.id)


def save_cursor(tx: WriteTx, system: System, object_name: str, cursor: Cursor) -> None:
    """Move the cursor; call it in the transaction that stores the page it speaks of."""
    key = {"org": tx.org, "system": system, "object": object_name}
    upsert(tx.connection, cursor_table, [{**key, "at": to_micros(cursor.at), "id": cursor.id}])


def field_changed_at(tx: ReadTx, ref: RecordRef, field: str) -> datetime | None:
    """Give the server's stamp of the latest change of a field we saw.

    A field that came into or went out of view (a new mapping, lost permission) did not change by that.
    """
    c = field_change.c
    where = (c.org == tx.org, c.system == ref.system, c.object == ref.object, c.id == ref.id, c.field == field)
    seen = (c.before.is_not(None), c.after.is_not(None))
    latest = tx.connection.scalar(select(func.max(c.at)).where(*where, *seen))
    return None if latest is None else from_micros(latest)


def field_changes(tx: ReadTx, refs: Iterable[RecordRef]) -> dict[tuple[RecordRef, str], datetime]:
    """Do :func:`field_changed_at` for every field of many records; what never changed is absent."""
    c = field_change.c
    groups: dict[tuple[System, str], list[str]] = {}
    for ref in refs:
        groups.setdefault((ref.system, ref.object), []).append(ref.id)
    found: dict[tuple[RecordRef, str], datetime] = {}
    for (system, object_name), ids in groups.items():
        of = (c.org == tx.org, c.system == system, c.object == object_name)
        seen = (c.before.is_not(None), c.after.is_not(None))
        for chunk in chunks(sorted(set(ids))):
            statement = select(c.id, c.field, func.max(c.at)).where(*of, *seen, c.id.in_(chunk))
            statement = statement.group_by(c.id, c.field)
            for record_id, field, at in tx.connection.execute(statement):
                found[RecordRef(system, object_name, record_id), field] = from_micros(at)
    return found


def dirty_records(tx: ReadTx, system: System, object_name: str) -> list[str]:
    """List the ids planning has to look at again."""
    c = dirty.c
    where = (c.org == tx.org, c.system == system, c.object == object_name)
    return list(tx.connection.scalars(select(c.id).where(*where).order_by(c.id)))


def clear_dirty(tx: WriteTx, refs: Iterable[RecordRef]) -> None:
    """Take records off the list once planning has settled them."""
    by_object: dict[tuple[System, str], list[str]] = {}
    for ref in refs:
        by_object.setdefault((ref.system, ref.object), []).append(ref.id)
    c = dirty.c
    for (system, object_name), ids in by_object.items():
        for chunk in chunks(ids):
            where = (c.org == tx.org, c.system == system, c.object == object_name, c.id.in_(chunk))
            tx.connection.execute(delete(dirty).where(*where))


def mark_dirty(tx: WriteTx, refs: Iterable[RecordRef]) -> None:
    """Have planning look at records again that did not change themselves (their link is gone)."""
    rows = [{"org": tx.org, "system": ref.system, "object": ref.object, "id": ref.id} for ref in refs]
    if rows:
        insert_new(tx.connection, dirty, rows)


def mark_all_dirty(tx: WriteTx, watched: Iterable[tuple[System, str]]) -> None:
    """Have planning look at every record of the objects again, gone ones included (a mapping changed)."""
    c = table.c
    for system, object_name in watched:
        where = (c.org == tx.org, c.system == system, c.object == object_name)
        for chunk in chunks(list(tx.connection.scalars(select(c.id).where(*where))), 10_000):
            key = {"org": tx.org, "system": system, "object": object_name}
            insert_new(tx.connection, dirty, [{**key, "id": one} for one in chunk])
