"""Load the analytics file: what changed since the last time, table by table, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import orjson
from sqlalchemy import select

from syncagent.domain.money import decimals_of
from syncagent.store.analytics.feeds import Feed, Money
from syncagent.store.analytics.file import discard, opened
from syncagent.store.analytics.specs import literal, quoted
from syncagent.store.schema import counter, identity
from syncagent.store.state import ReadTx, Store

FORMAT = "1"
"""Raised whenever files written before would be read wrongly."""

_Connection = duckdb.DuckDBPyConnection


def load(store: Store, feeds: Sequence[Feed]) -> None:
    """Feed the file from one snapshot of the state; a file that cannot belong to that state is rebuilt."""
    with store.read() as tx:
        belongs, newest = f"{FORMAT}/{_token(tx)}", _newest(tx)
        if not _continues(store, belongs, newest):
            discard(store)
        with opened(store, writing=True) as connection, TemporaryDirectory(dir=store.folder) as scratch:
            connection.execute("BEGIN")
            known = _known(connection, belongs)
            for name in known.keys() - {feed.name for feed in feeds}:
                _drop(connection, name)
            for feed in feeds:
                shape = hashlib.sha256(feed.shape().encode()).hexdigest()
                since = known[feed.name][1] if known.get(feed.name, ("", 0))[0] == shape else None
                _feed(connection, tx, feed, since, Path(scratch))
                connection.execute("INSERT OR REPLACE INTO _fed VALUES (?, ?, ?)", [feed.name, shape, newest])
            connection.execute("COMMIT")


def _token(tx: ReadTx) -> str:
    return tx.connection.scalar(select(identity.c.token).where(identity.c.org == tx.org)) or ""


def _newest(tx: ReadTx) -> int:
    return tx.connection.scalar(select(counter.c.value).where(counter.c.org == tx.org, counter.c.name == "seq")) or 0


def _continues(store: Store, belongs: str, newest: int) -> bool:
    """Tell whether the file was fed from an earlier point of this very state.

    A state restored from a backup has a lower number than the file, one made anew has another token.
    """
    if not store.file(".analytics.duckdb").exists():
        return True
    try:
        with opened(store, writing=True) as connection:
            owner = connection.execute("SELECT belongs FROM _file").fetchone()
            fed = connection.execute("SELECT coalesce(max(seq), 0) FROM _fed").fetchone()
    except duckdb.Error:
        return False
    return owner == (belongs,) and fed is not None and fed[0] <= newest


def _known(connection: _Connection, belongs: str) -> dict[str, tuple[str, int]]:
    """Give shape and number of every table fed before, laying the bookkeeping in a new file."""
    connection.execute("CREATE TABLE IF NOT EXISTS _file (belongs VARCHAR)")
    connection.execute("CREATE TABLE IF NOT EXISTS _fed (name VARCHAR PRIMARY KEY, shape VARCHAR, seq BIGINT)")
    if connection.execute("SELECT 1 FROM _file").fetchone() is None:
        connection.execute("INSERT INTO _file VALUES (?)", [belongs])
    return {name: (shape, seq) for name, shape, seq in connection.execute("SELECT * FROM _fed").fetchall()}


def _drop(connection: _Connection, name: str) -> None:
    connection.execute(f"DROP VIEW IF EXISTS {quoted(name)}")
    connection.execute(f"DROP TABLE IF EXISTS {quoted(name + '_all')}")
    connection.execute("DELETE FROM _fed WHERE name = ?", [name])


def _feed(connection: _Connection, tx: ReadTx, feed: Feed, since: int | None, scratch: Path) -> None:
    """Feed one table: what changed after ``since``, or all of it anew when that is None."""
    count = _bring(connection, tx, feed, since or 0, scratch)
    rows = f"SELECT {feed.expressions(_decimals(connection, feed))} FROM _raw"
    whole, keys = quoted(f"{feed.name}_all"), ", ".join(map(quoted, feed.keys))
    if since is None:
        _drop(connection, feed.name)
        connection.execute(f"CREATE TABLE {whole} AS {rows} ORDER BY {keys}")
        hidden = f" EXCLUDE ({', '.join(map(quoted, feed.hidden))})" if feed.hidden else ""
        connection.execute(f"CREATE VIEW {quoted(feed.name)} AS SELECT *{hidden} FROM {whole} WHERE {feed.living}")
    elif count:
        connection.execute(f"CREATE TEMP TABLE _changed AS {rows}")
        same = " AND ".join(f"old.{quoted(key)} = new.{quoted(key)}" for key in feed.keys)
        connection.execute(f"DELETE FROM {whole} AS old USING _changed AS new WHERE {same}")
        connection.execute(f"INSERT INTO {whole} BY NAME SELECT * FROM _changed")
        connection.execute("DROP TABLE _changed")


def _bring(connection: _Connection, tx: ReadTx, feed: Feed, since: int, scratch: Path) -> int:
    """Bring raw rows over as JSON lines, the fastest way in that needs no other library, and count them."""
    names = [f"c{place}" for place in range(feed.width)]
    lines, count = scratch / "rows.jsonl", 0
    with lines.open("wb") as out:
        for row in feed.rows(tx, since):
            out.write(orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE))
            count += 1
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    source = f"read_json({literal(str(lines))}, format = 'newline_delimited', columns = {{{columns}}})"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE _raw AS SELECT * FROM {source}")
    return count


def _decimals(connection: _Connection, feed: Feed) -> dict[str, int]:
    """Look up the decimal places of the currencies that occur."""
    codes: set[str] = set()
    for how in feed.columns.values():
        if isinstance(how, Money):
            found = connection.execute(f"SELECT DISTINCT {how.currency} FROM _raw").fetchall()
            codes |= {code for (code,) in found}
    return {code: decimals_of(code) for code in codes}
