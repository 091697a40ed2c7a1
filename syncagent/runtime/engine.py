"""The SQLite connections of the engine of durable runs, prepared as that engine and a crash-safe file need them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

_KNOWS_FRACTIONS = (3, 42)
"""The first SQLite whose ``unixepoch('subsec')`` works. DBOS calls it on Python 3.12 and newer, whatever SQLite is
there; on an older one every stored instant would be null."""

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA busy_timeout = 30000",
    "PRAGMA foreign_keys = ON",
)


def make_sqlite_engine(url: str, clock: Callable[[], datetime]) -> Engine:
    """Make the engine DBOS works with: WAL, writers waited for, and the one SQL function an old SQLite lacks."""
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def prepare(driver: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        """Take the write lock when a transaction begins to write, as DBOS' own connections do."""
        driver.isolation_level = "IMMEDIATE"
        for pragma in _PRAGMAS:
            driver.execute(pragma)
        if sqlite3.sqlite_version_info < _KNOWS_FRACTIONS:
            driver.create_function("unixepoch", 1, lambda _modifier: clock().timestamp())

    return engine
