"""HubSpot associations: which record is tied to which, replaced per source record as they are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import select

from syncagent.store.documents import canonical
from syncagent.store.schema import association
from syncagent.store.state import ReadTx, WriteTx
from syncagent.store.statements import Row, chunks, upsert

AssociationRow = tuple[str, str, str, tuple[int, ...]]
"""Source id, target object, target id, and HubSpot's association type ids."""

_Key = tuple[str, str, str]


def put_associations(
    tx: WriteTx,
    from_object: str,
    from_ids: Collection[str],
    rows: Iterable[AssociationRow],
    *,
    to_object: str | None = None,
) -> None:
    """Replace what these source records are tied to; with ``to_object``, only their ties to that object."""
    found: dict[_Key, str] = {
        (source, target_object, target): canonical(types) for source, target_object, target, types in rows
    }
    stray = {key for key in found if key[0] not in from_ids or to_object not in {None, key[1]}}
    if stray:
        raise ValueError(f"associations outside the records being replaced: {sorted(stray)[:3]}")
    for chunk in chunks(sorted(set(from_ids))):
        ids = set(chunk)
        known = _known(tx, from_object, chunk, to_object)
        wanted = {key: types for key, types in found.items() if key[0] in ids}
        moved = [(key, types, 0) for key, types in wanted.items() if known.get(key) != (types, 0)]
        moved += [(key, types, 1) for key, (types, gone) in known.items() if not gone and key not in wanted]
        _write(tx, from_object, moved)


def _known(tx: ReadTx, from_object: str, ids: list[str], to_object: str | None) -> dict[_Key, tuple[str, int]]:
    c = association.c
    statement = select(c.from_id, c.to_object, c.to_id, c.types, c.gone)
    statement = statement.where(c.org == tx.org, c.from_object == from_object, c.from_id.in_(ids))
    if to_object is not None:
        statement = statement.where(c.to_object == to_object)
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in tx.connection.execute(statement)}


def _write(tx: WriteTx, from_object: str, moved: list[tuple[_Key, str, int]]) -> None:
    if not moved:
        return
    first = tx.reserve("seq", len(moved))
    rows: list[Row] = [
        {
            "org": tx.org,
            "from_object": from_object,
            "from_id": source,
            "to_object": target_object,
            "to_id": target,
            "types": types,
            "gone": gone,
            "seq": first + place,
        }
        for place, ((source, target_object, target), types, gone) in enumerate(moved)
    ]
    upsert(tx.connection, association, rows)


def associations(tx: ReadTx, from_object: str, to_object: str) -> Iterator[tuple[str, str]]:
    """Stream (source id, target id) between two objects, sorted."""
    c = association.c
    where = (c.org == tx.org, c.from_object == from_object, c.to_object == to_object, c.gone == 0)
    statement = select(c.from_id, c.to_id).where(*where).order_by(c.from_id, c.to_id).execution_options(yield_per=1000)
    for row in tx.connection.execute(statement):
        yield row[0], row[1]
