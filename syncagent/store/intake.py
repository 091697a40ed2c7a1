"""Take in what a pull read: the mirror follows, and every change is remembered field by field."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, insert, select, update

from syncagent.domain.records import Record, RecordRef, State, System
from syncagent.domain.time import to_micros
from syncagent.store.documents import canonical, differences, fields_of, hash64
from syncagent.store.schema import dirty, field_change, mirror
from syncagent.store.state import WriteTx
from syncagent.store.statements import CHUNK, Row, Values, insert_new, upsert

STATE_FIELD = "_state"
"""The name under which field_change remembers deletions, merges, conversions and their reversal."""


@dataclass(frozen=True, slots=True)
class UpsertCounts:
    """What a page did to the mirror; ``gone`` counts records newly deleted, merged or converted."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0

    def __add__(self, other: UpsertCounts) -> UpsertCounts:
        return UpsertCounts(
            self.new + other.new, self.changed + other.changed, self.same + other.same, self.gone + other.gone
        )


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the mirror knows of a record, without its document."""

    hash: int
    modified: int
    seen_at: int
    state: str


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A record on its way in, with its document rendered once."""

    record: Record
    doc: str
    hash: int
    modified: int
    seen_at: int

    def is_older_than(self, stored: _Stored) -> bool:
        """Tell whether the mirror already knows better (a late page, a lagging search index)."""
        return (self.modified, self.seen_at) < (stored.modified, stored.seen_at)


def upsert_records(
    tx: WriteTx, records: Iterable[Record], watched: Collection[tuple[System, str]] = ()
) -> UpsertCounts:
    """Store records as last read; changed ones get a new ``seq``, their field changes, and are dirty where watched.

    An older stamp never overwrites newer data. A tombstone without fields keeps the last known ones, so that an
    undelete and a report still have them.
    """
    counts = UpsertCounts()
    for batch in _batches(records):
        counts += _take_in(tx, batch, set(watched))
    return counts


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Cut into batches of one object in which no record appears twice, so that each has one stored state."""
    batch: dict[str, Record] = {}
    kind = ("", "")
    for record in records:
        if len(batch) >= CHUNK or record.ref.id in batch or (record.ref.system, record.ref.object) != kind:
            if batch:
                yield list(batch.values())
            batch = {}
            kind = (record.ref.system, record.ref.object)
        batch[record.ref.id] = record
    if batch:
        yield list(batch.values())


def _take_in(tx: WriteTx, batch: list[Record], watched: set[tuple[System, str]]) -> UpsertCounts:
    """Store one batch of distinct records of one object."""
    known = _known(tx, batch)
    incoming = [_incoming(tx, record, known.get(record.ref.id)) for record in batch]
    fresh = [one for one in incoming if one.record.ref.id not in known]
    newer = [
        (one, known[one.record.ref.id])
        for one in incoming
        if one.record.ref.id in known and not one.is_older_than(known[one.record.ref.id])
    ]
    changed = [(one, old) for one, old in newer if one.hash != old.hash]
    _restamp(tx, [one for one, old in newer if one.hash == old.hash and one.modified != old.modified])
    _remember_changes(tx, changed)
    moved = [*fresh, *(one for one, _ in changed)]
    _write(tx, moved)
    if (batch[0].ref.system, batch[0].ref.object) in watched:
        insert_new(tx.connection, dirty, [_key(tx, one.record.ref) for one in moved])
    return _count(fresh, changed, len(batch))


def _count(fresh: list[_Incoming], changed: list[tuple[_Incoming, _Stored]], size: int) -> UpsertCounts:
    new = sum(one.record.state is State.LIVE for one in fresh)
    gone = len(fresh) - new
    gone += sum(one.record.state is not State.LIVE and old.state == State.LIVE for one, old in changed)
    return UpsertCounts(new, len(fresh) + len(changed) - new - gone, size - len(fresh) - len(changed), gone)


def _incoming(tx: WriteTx, record: Record, stored: _Stored | None) -> _Incoming:
    if record.state is State.LIVE or record.fields or stored is None:
        doc = canonical(record.fields)
    else:
        doc = _documents(tx, [record])[record.ref.id]
    mark = doc if record.state is State.LIVE else f"{doc}{record.state}{record.successor or ''}"
    return _Incoming(record, doc, hash64(mark), to_micros(record.modified), to_micros(record.seen_at))


def _known(tx: WriteTx, batch: list[Record]) -> dict[str, _Stored]:
    c = mirror.c
    statement = select(c.id, c.hash, c.modified, c.seen_at, c.state).where(*_of_batch(tx, batch))
    return {row[0]: _Stored(row[1], row[2], row[3], row[4]) for row in tx.connection.execute(statement)}


def _documents(tx: WriteTx, batch: list[Record]) -> dict[str, str]:
    statement = select(mirror.c.id, mirror.c.doc).where(*_of_batch(tx, batch))
    return {row[0]: row[1] for row in tx.connection.execute(statement)}


def _of_batch(tx: WriteTx, batch: list[Record]) -> list[ColumnElement[bool]]:
    """Narrow a look-up to one batch, which is of one object."""
    ref = batch[0].ref
    ids = [record.ref.id for record in batch]
    c = mirror.c
    return [c.org == tx.org, c.system == ref.system, c.object == ref.object, c.id.in_(ids)]


def _key(tx: WriteTx, ref: RecordRef) -> Row:
    return {"org": tx.org, "system": ref.system, "object": ref.object, "id": ref.id}


def _write(tx: WriteTx, moved: list[_Incoming]) -> None:
    if not moved:
        return
    first = tx.reserve("seq", len(moved))
    rows = [
        {
            "org": tx.org,
            "system": one.record.ref.system,
            "object": one.record.ref.object,
            "id": one.record.ref.id,
            "doc": one.doc,
            "hash": one.hash,
            "modified": one.modified,
            "seen_at": one.seen_at,
            "state": one.record.state.value,
            "successor": one.record.successor,
            "seq": first + place,
        }
        for place, one in enumerate(moved)
    ]
    upsert(tx.connection, mirror, rows)


def _restamp(tx: WriteTx, unchanged: list[_Incoming]) -> None:
    """Follow a stamp that moved without any value: preconditions need it, planning does not."""
    if not unchanged:
        return
    statement = update(mirror).where(
        mirror.c.org == tx.org,
        mirror.c.system == unchanged[0].record.ref.system,
        mirror.c.object == unchanged[0].record.ref.object,
        mirror.c.id == bindparam("record"),
    )
    rows = [{"record": one.record.ref.id, "modified": one.modified, "seen_at": one.seen_at} for one in unchanged]
    tx.connection.execute(statement, rows)


def _remember_changes(tx: WriteTx, changed: list[tuple[_Incoming, _Stored]]) -> None:
    """Append what changed, dated by the server's stamp, before the mirror forgets the old document."""
    if not changed:
        return
    documents = _documents(tx, [one.record for one, _ in changed])
    rows: list[Values] = []
    for one, old in changed:
        found = differences(fields_of(documents[one.record.ref.id]), fields_of(one.doc))
        if one.record.state != old.state:
            found.append((STATE_FIELD, canonical(old.state), canonical(one.record.state.value)))
        rows.extend(
            {
                **_key(tx, one.record.ref),
                "field": field,
                "before": before,
                "after": after,
                "at": one.modified,
                "seen_at": one.seen_at,
            }
            for field, before, after in found
        )
    if rows:
        first = tx.reserve("field_change", len(rows))
        tx.connection.execute(insert(field_change), [{**row, "seq": first + n} for n, row in enumerate(rows)])
