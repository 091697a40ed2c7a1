"""Open conflicts: two values no rule settles, waiting for a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import delete, select

from syncagent.domain.changes import Conflict
from syncagent.domain.records import RecordRef
from syncagent.store.documents import canonical, scalar_of
from syncagent.store.schema import conflict as table
from syncagent.store.state import ReadTx, WriteTx
from syncagent.store.statements import Row, chunks, upsert


def replace_conflicts(tx: WriteTx, pair: str, refs: Collection[RecordRef], conflicts: Iterable[Conflict]) -> None:
    """Replace a pair's conflicts that touch one of the records: what planning found now is all there is."""
    c = table.c
    for chunk in chunks(sorted(set(refs))):
        for system, object_name in {(ref.system, ref.object) for ref in chunk}:
            ids = [ref.id for ref in chunk if (ref.system, ref.object) == (system, object_name)]
            ends = (c[f"{system}_object"] == object_name, c[f"{system}_id"].in_(ids))
            tx.connection.execute(delete(table).where(c.org == tx.org, c.pair == pair, *ends))
    for found in chunks(conflicts):
        upsert(tx.connection, table, [_row(tx, conflict) for conflict in found])


def open_conflicts(tx: ReadTx) -> list[Conflict]:
    """List all open conflicts, sorted by pair, record and field."""
    c = table.c
    order = (c.pair, c.salesforce_object, c.salesforce_id, c.hubspot_object, c.hubspot_id, c.field)
    rows = tx.connection.execute(select(table).where(c.org == tx.org).order_by(*order))
    return [
        Conflict(
            pair=row.pair,
            field=row.field,
            salesforce=RecordRef("salesforce", row.salesforce_object, row.salesforce_id),
            hubspot=RecordRef("hubspot", row.hubspot_object, row.hubspot_id),
            salesforce_value=scalar_of(row.salesforce_value),
            hubspot_value=scalar_of(row.hubspot_value),
            base=scalar_of(row.base),
            reason=row.reason,
        )
        for row in rows
    ]


def _row(tx: WriteTx, conflict: Conflict) -> Row:
    return {
        "org": tx.org,
        "pair": conflict.pair,
        "salesforce_object": conflict.salesforce.object,
        "salesforce_id": conflict.salesforce.id,
        "hubspot_object": conflict.hubspot.object,
        "hubspot_id": conflict.hubspot.id,
        "field": conflict.field,
        "salesforce_value": canonical(conflict.salesforce_value),
        "hubspot_value": canonical(conflict.hubspot_value),
        "base": canonical(conflict.base),
        "reason": conflict.reason,
    }
