"""The ledger: who did what when, each entry sealed by a hash over the one before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from syncagent.domain.time import from_micros, to_micros
from syncagent.store.documents import Json, canonical, mapping_of
from syncagent.store.schema import counter
from syncagent.store.schema import ledger as table
from syncagent.store.state import ReadTx, WriteTx

FIRST_PREVIOUS = "0" * 64
"""What the first entry names as its predecessor."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One sealed entry; ``hash`` covers the entry and ``previous``."""

    seq: int
    at: datetime
    actor: str
    kind: str
    body: Mapping[str, Json]
    previous: str
    hash: str


def append(tx: WriteTx, at: datetime, actor: str, kind: str, body: Mapping[str, Json]) -> LedgerEntry:
    """Seal one entry at the end of the chain."""
    seq = tx.reserve("ledger")
    before = select(table.c.hash).where(table.c.org == tx.org, table.c.seq == seq - 1)
    previous = tx.connection.scalar(before) or FIRST_PREVIOUS
    text, micros = canonical(body), to_micros(at)
    digest = _seal(tx.org, seq, micros, actor, kind, text, previous)
    row = {"org": tx.org, "seq": seq, "at": micros, "actor": actor, "kind": kind, "body": text}
    tx.connection.execute(insert(table), {**row, "previous": previous, "hash": digest})
    return LedgerEntry(seq, at, actor, kind, mapping_of(text), previous, digest)


def _seal(org: str, seq: int, at: int, actor: str, kind: str, body: str, previous: str) -> str:
    return hashlib.sha256(canonical([previous, org, seq, at, actor, kind, body]).encode()).hexdigest()


def verify(tx: ReadTx) -> int | None:
    """Walk the chain and give the first broken entry's number, None when all is sound.

    An edited, missing or inserted entry breaks it; so does a cut end, since the counter remembers how long it was.
    """
    expected, previous = 1, FIRST_PREVIOUS
    for row in tx.connection.execute(select(table).where(table.c.org == tx.org).order_by(table.c.seq)):
        sealed = _seal(row.org, row.seq, row.at, row.actor, row.kind, row.body, row.previous)
        if row.seq != expected or row.previous != previous or row.hash != sealed:
            return expected
        expected, previous = expected + 1, row.hash
    last = select(counter.c.value).where(counter.c.org == tx.org, counter.c.name == "ledger")
    return expected if expected <= (tx.connection.scalar(last) or 0) else None


def entries(tx: ReadTx, since: int = 0) -> Iterator[LedgerEntry]:
    """Stream the entries after number ``since``, in order."""
    statement = select(table).where(table.c.org == tx.org, table.c.seq > since).order_by(table.c.seq)
    for row in tx.connection.execute(statement.execution_options(yield_per=1000)):
        body, at = mapping_of(row.body), from_micros(row.at)
        yield LedgerEntry(row.seq, at, row.actor, row.kind, body, row.previous, row.hash)
