"""Links between the two systems, and the merge base: the values both sides last agreed on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, insert, select, update
from sqlalchemy import Row as Found

from syncagent.domain.records import Fields, Link, RecordRef, Scalar
from syncagent.store.conflicts import open_conflicts, replace_conflicts
from syncagent.store.documents import canonical, differences, fields_of, hash64, scalar_of
from syncagent.store.schema import base_change
from syncagent.store.schema import link as table
from syncagent.store.state import ReadTx, WriteTx
from syncagent.store.statements import Row, Values, chunks, upsert

__all__ = [
    "BaseChange",
    "add_links",
    "base_changes",
    "link_of",
    "links",
    "open_conflicts",
    "remove_link",
    "replace_conflicts",
    "save_base",
    "save_bases",
]


@dataclass(frozen=True, slots=True)
class BaseChange:
    """One field of a base as a run found and left it; a value that was absent reads as None, with the flag set."""

    link: Link
    field: str
    before: Scalar
    after: Scalar
    added: bool = False
    """The base had no value for the field before."""
    removed: bool = False
    """The base has no value for the field since."""


def links(tx: ReadTx, pair: str, refs: Iterable[RecordRef] | None = None) -> list[Link]:
    """List the links of a pair, sorted; with ``refs``, only those that touch one of the records."""
    statement = _rows(tx, pair)
    if refs is None:
        return _listed(tx, statement)
    found: dict[tuple[RecordRef, RecordRef], Link] = {}
    for (system, object_name), ids in _by_object(refs).items():
        for chunk in chunks(ids):
            ends = (table.c[f"{system}_object"] == object_name, table.c[f"{system}_id"].in_(chunk))
            found |= {(link.salesforce, link.hubspot): link for link in _listed(tx, statement.where(*ends))}
    return [found[ends] for ends in sorted(found)]


def link_of(tx: ReadTx, pair: str, ref: RecordRef) -> Link | None:
    """Give the link of a record; of several, the first by the other side's name."""
    return next(iter(links(tx, pair, [ref])), None)


def add_links(tx: WriteTx, links: Iterable[Link]) -> None:
    """Store links with their bases; one that exists keeps the base it has."""
    for chunk in chunks(links):
        known = {(one.pair, one.salesforce, one.hubspot) for one in _stored(tx, chunk)}
        fresh = [link for link in chunk if (link.pair, link.salesforce, link.hubspot) not in known]
        _write(tx, [(link, link.base) for link in fresh])


def remove_link(tx: WriteTx, link: Link) -> None:
    """Forget a link; its base goes with it."""
    statement = update(table).where(table.c.org == tx.org, _is(link))
    tx.connection.execute(statement.values(gone=1, base="{}", base_hash=hash64("{}"), seq=tx.reserve("seq")))


def save_base(tx: WriteTx, link: Link, base: Fields, run: str | None = None) -> None:
    """Set what both sides agreed on; with ``run``, remember the difference so that undo can take it back."""
    save_bases(tx, [(link, base)], run)


def save_bases(tx: WriteTx, bases: Iterable[tuple[Link, Fields]], run: str | None = None) -> None:
    """Set many bases at once; links that are not stored are added."""
    for chunk in chunks(bases):
        stored = {(one.pair, one.salesforce, one.hubspot): one for one in _stored(tx, [link for link, _ in chunk])}
        if run is not None:
            _remember(tx, run, chunk, stored)
        _write(tx, chunk)


_Key = tuple[str, RecordRef, RecordRef]


def _remember(tx: WriteTx, run: str, bases: list[tuple[Link, Fields]], stored: dict[_Key, Link]) -> None:
    rows = []
    for link, base in bases:
        known = stored.get((link.pair, link.salesforce, link.hubspot))
        for field, before, after in differences(known.base if known else {}, base):
            rows.append({**_key(tx, link), "run": run, "field": field, "before": before, "after": after})
    if rows:
        first = tx.reserve("base_change", len(rows))
        tx.connection.execute(insert(base_change), [{**row, "seq": first + n} for n, row in enumerate(rows)])


def base_changes(tx: ReadTx, run: str) -> list[BaseChange]:
    """List what a run did to bases, newest first, the order in which undo takes it back."""
    c = base_change.c
    statement = select(base_change, table.c.key, table.c.base).select_from(base_change).outerjoin(table, _same_link())
    rows = tx.connection.execute(statement.where(c.org == tx.org, c.run == run).order_by(c.seq.desc()))
    return [
        BaseChange(
            Link(
                row.pair,
                RecordRef("salesforce", row.salesforce_object, row.salesforce_id),
                RecordRef("hubspot", row.hubspot_object, row.hubspot_id),
                row.key or "",
                fields_of(row.base or "{}"),
            ),
            row.field,
            scalar_of(row.before),
            scalar_of(row.after),
            added=row.before is None,
            removed=row.after is None,
        )
        for row in rows
    ]


def _same_link() -> ColumnElement[bool]:
    names = ("org", "pair", "salesforce_object", "salesforce_id", "hubspot_object", "hubspot_id")
    return and_(*(table.c[name] == base_change.c[name] for name in names))


def _key(tx: ReadTx, link: Link) -> Values:
    return {
        "org": tx.org,
        "pair": link.pair,
        "salesforce_object": link.salesforce.object,
        "salesforce_id": link.salesforce.id,
        "hubspot_object": link.hubspot.object,
        "hubspot_id": link.hubspot.id,
    }


def _write(tx: WriteTx, bases: list[tuple[Link, Fields]]) -> None:
    if not bases:
        return
    first = tx.reserve("seq", len(bases))
    rows: list[Row] = []
    for place, (link, base) in enumerate(bases):
        text = canonical(base)
        told: Values = {"key": link.key, "base": text, "base_hash": hash64(text), "gone": 0, "seq": first + place}
        rows.append({**_key(tx, link), **told})
    upsert(tx.connection, table, rows)


def _is(link: Link) -> ColumnElement[bool]:
    c = table.c
    return and_(
        c.pair == link.pair,
        c.salesforce_object == link.salesforce.object,
        c.salesforce_id == link.salesforce.id,
        c.hubspot_object == link.hubspot.object,
        c.hubspot_id == link.hubspot.id,
    )


def _by_object(refs: Iterable[RecordRef]) -> dict[tuple[str, str], list[str]]:
    groups: dict[tuple[str, str], list[str]] = {}
    for ref in refs:
        groups.setdefault((ref.system, ref.object), []).append(ref.id)
    return groups


_Columns = Select[str, str, str, str, str, str, str]
_Row = Found[str, str, str, str, str, str, str]


def _all(tx: ReadTx) -> _Columns:
    c = table.c
    ends = (c.salesforce_object, c.salesforce_id, c.hubspot_object, c.hubspot_id)
    statement: _Columns = select(c.pair, *ends, c.key, c.base)
    return statement.where(c.org == tx.org, c.gone == 0).order_by(c.pair, *ends)


def _rows(tx: ReadTx, pair: str) -> _Columns:
    return _all(tx).where(table.c.pair == pair)


def _stored(tx: ReadTx, wanted: list[Link]) -> list[Link]:
    """Read those of the links that are stored, a chunk at a time."""
    keys = {(link.pair, link.salesforce, link.hubspot) for link in wanted}
    groups: dict[tuple[str, str], list[str]] = {}
    for link in wanted:
        groups.setdefault((link.pair, link.salesforce.object), []).append(link.salesforce.id)
    found: list[Link] = []
    for (pair, object_name), ids in groups.items():
        ends = (table.c.salesforce_object == object_name, table.c.salesforce_id.in_(ids))
        found += _listed(tx, _rows(tx, pair).where(*ends))
    return [link for link in found if (link.pair, link.salesforce, link.hubspot) in keys]


def _listed(tx: ReadTx, statement: _Columns) -> list[Link]:
    return [_link(row) for row in tx.connection.execute(statement)]


def _link(row: _Row) -> Link:
    pair, salesforce_object, salesforce_id, hubspot_object, hubspot_id, key, base = row
    ends = (RecordRef("salesforce", salesforce_object, salesforce_id), RecordRef("hubspot", hubspot_object, hubspot_id))
    return Link(pair, *ends, key, fields_of(base))
