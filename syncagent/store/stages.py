"""Stage history, append-only: when a record entered which stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import func, select

from syncagent.domain.records import System, canonical_id
from syncagent.domain.time import from_micros, to_micros
from syncagent.store.schema import stage_history
from syncagent.store.state import ReadTx, WriteTx
from syncagent.store.statements import Row, chunks, insert_new

StageRow = tuple[str, str, datetime]
"""Record id, stage, and the instant the record entered it."""


def add_stage_entries(tx: WriteTx, system: System, object_name: str, entries: Iterable[StageRow]) -> None:
    """Remember stage entries; those already known are left as they are."""
    for chunk in chunks(entries, 10_000):
        first = tx.reserve("seq", len(chunk))
        rows: list[Row] = [
            {
                "org": tx.org,
                "system": system,
                "object": object_name,
                "id": canonical_id(system, record_id),
                "at": to_micros(at),
                "stage": stage,
                "seq": first + place,
            }
            for place, (record_id, stage, at) in enumerate(chunk)
        ]
        insert_new(tx.connection, stage_history, rows)


def stage_entries(tx: ReadTx, system: System, object_name: str, ids: Iterable[str] | None = None) -> Iterator[StageRow]:
    """Stream stage entries, oldest first per record; of all records when ``ids`` is None."""
    c = stage_history.c
    where = (c.org == tx.org, c.system == system, c.object == object_name)
    statement = select(c.id, c.stage, c.at).where(*where).order_by(c.id, c.at, c.seq).execution_options(yield_per=1000)
    if ids is None:
        statements = [statement]
    else:
        statements = [statement.where(c.id.in_(part)) for part in chunks(sorted(canonical_id(system, i) for i in ids))]
    for one in statements:
        for record_id, stage, at in tx.connection.execute(one):
            yield record_id, stage, from_micros(at)


def first_stage_at(tx: ReadTx, system: System, object_name: str) -> datetime | None:
    """Give the oldest stage entry known of an object: since when its history can be told."""
    c = stage_history.c
    where = (c.org == tx.org, c.system == system, c.object == object_name)
    first = tx.connection.scalar(select(func.min(c.at)).where(*where))
    return None if first is None else from_micros(first)
