"""Where each analytic table comes from: rows of the state changed since a number, and the columns they become."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select

from syncagent.domain.records import Scalar
from syncagent.store.analytics.specs import ViewSpec, in_minor_units, literal, quoted, typed
from syncagent.store.documents import fields_of
from syncagent.store.schema import association, link, mirror, stage_history
from syncagent.store.state import ReadTx

Raw: TypeAlias = Sequence[Scalar]


@dataclass(frozen=True, slots=True)
class Money:
    """A column of minor units: the expressions of its decimal text and of its currency code."""

    amount: str
    currency: str


@dataclass(frozen=True, slots=True)
class Feed:
    """One analytic table: ``<name>_all`` with every row by its ``keys``, and the view ``<name>`` of the living ones.

    ``rows`` streams the raw values changed after a number; value n of ``width`` is called ``c<n>`` in the expressions.
    """

    name: str
    rows: Callable[[ReadTx, int], Iterator[Raw]]
    width: int
    keys: tuple[str, ...]
    columns: Mapping[str, str | Money]
    hidden: tuple[str, ...] = ()
    living: str = "true"

    def shape(self) -> str:
        """Give a text that changes whenever rows fed before would have to be fed again."""
        return repr((self.keys, sorted(self.columns.items(), key=lambda item: item[0]), self.hidden, self.living))

    def expressions(self, decimals: Mapping[str, int]) -> str:
        """Build the select list that types the raw values."""
        return ", ".join(
            f"{in_minor_units(how.amount, how.currency, decimals) if isinstance(how, Money) else how} AS {quoted(name)}"
            for name, how in self.columns.items()
        )


def view_feed(view: ViewSpec, zone: ZoneInfo, currency: str) -> Feed:
    """Feed a declared view from the mirror."""
    places = {column.name: f"c{place}" for place, column in enumerate(view.columns, start=3)}
    columns: dict[str, str | Money] = {"id": "c0", "_state": "c1", "_successor": "c2"}
    for column in view.columns:
        if column.type == "minor":
            code = places[column.currency] if column.currency else "NULL"
            columns[column.name] = Money(
                places[column.name], f"upper(coalesce(nullif({code}, ''), {literal(currency)}))"
            )
        else:
            columns[column.name] = typed(places[column.name], column.type, zone)
    sources = [column.source for column in view.columns]

    def rows(tx: ReadTx, since: int) -> Iterator[Raw]:
        c = mirror.c
        where = (c.org == tx.org, c.system == view.system, c.object == view.object, c.seq > since)
        statement = select(c.id, c.state, c.successor, c.doc).where(*where).execution_options(yield_per=1000)
        for record_id, state, successor, doc in tx.connection.execute(statement):
            fields = fields_of(doc)
            yield [record_id, state, successor, *map(fields.get, sources)]

    return Feed(view.name, rows, len(columns), ("id",), columns, ("_successor",), "\"_state\" = 'live'")


def builtin_feeds(zone: ZoneInfo) -> list[Feed]:
    """Feed the tables every installation has."""
    at = "CAST(c4 AS BIGINT)"
    day = f"CAST(CAST(timezone({literal(zone.key)}, make_timestamptz({at})) AS DATE) - DATE '1970-01-01' AS INTEGER)"
    stages = {"system": "c0", "object": "c1", "id": "c2", "stage": "c3", "at_us": at, "day": day}
    return [
        _plain(stage_history, ("system", "object", "id", "stage", "at"), stages, ("system", "object", "id", "at_us")),
        _lasting(association, ("from_object", "from_id", "to_object", "to_id")),
        _lasting(link, ("pair", "salesforce_object", "salesforce_id", "hubspot_object", "hubspot_id")),
    ]


def _lasting(table: Table, keys: tuple[str, ...]) -> Feed:
    """Feed a table whose rows are marked as gone rather than deleted."""
    columns = {name: f"c{place}" for place, name in enumerate(keys)} | {"_gone": f"c{len(keys)} = '1'"}
    return _plain(table, (*keys, "gone"), columns, keys, hidden=("_gone",), living='NOT "_gone"')


def _plain(
    table: Table,
    sources: tuple[str, ...],
    columns: Mapping[str, str],
    keys: tuple[str, ...],
    hidden: tuple[str, ...] = (),
    living: str = "true",
) -> Feed:
    def rows(tx: ReadTx, since: int) -> Iterator[Raw]:
        chosen = select(*(table.c[name] for name in sources)).where(table.c.org == tx.org, table.c.seq > since)
        for row in tx.connection.execute(chosen.execution_options(yield_per=1000)):
            yield tuple(row)

    return Feed(table.name, rows, len(sources), keys, columns, hidden, living)
