"""Holds: approved exceptions, each until a day that is still covered."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, select

from syncagent.domain.findings import Hold
from syncagent.domain.records import RecordRef
from syncagent.domain.time import day_number, from_day_number, to_micros
from syncagent.store.schema import hold as table
from syncagent.store.state import ReadTx, WriteTx
from syncagent.store.statements import Row, upsert


def add_hold(tx: WriteTx, hold: Hold, at: datetime) -> None:
    """Grant a hold; it takes the place of an earlier one for the same record and policy."""
    row: Row = {
        "org": tx.org,
        "policy": hold.policy,
        "system": hold.ref.system,
        "object": hold.ref.object,
        "id": hold.ref.id,
        "until": day_number(hold.until),
        "reason": hold.reason,
        "approved_by": hold.approved_by,
        "source": hold.source,
        "added_at": to_micros(at),
    }
    upsert(tx.connection, table, [row])


def remove_hold(tx: WriteTx, ref: RecordRef, policy: str) -> None:
    """Withdraw a hold; a record without one is left as it is."""
    c = table.c
    where = (c.org == tx.org, c.policy == policy, c.system == ref.system, c.object == ref.object, c.id == ref.id)
    tx.connection.execute(delete(table).where(*where))


def holds(tx: ReadTx, on_day: date) -> list[Hold]:
    """List the holds in force on a day (the last day is included)."""
    return _holds(tx, table.c.until >= day_number(on_day))


def expired(tx: ReadTx, on_day: date) -> list[Hold]:
    """List the holds that ran out before a day and were not renewed."""
    return _holds(tx, table.c.until < day_number(on_day))


def _holds(tx: ReadTx, which: ColumnElement[bool]) -> list[Hold]:
    c = table.c
    rows = tx.connection.execute(
        select(table).where(c.org == tx.org, which).order_by(c.until, c.policy, c.system, c.object, c.id)
    )
    return [
        Hold(
            ref=RecordRef(row.system, row.object, row.id),
            policy=row.policy,
            until=from_day_number(row.until),
            reason=row.reason,
            approved_by=row.approved_by,
            source=row.source,
        )
        for row in rows
    ]
