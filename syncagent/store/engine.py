"""Connections as the store needs them: durable, patient, and with the transaction begun by us, not by the driver."""

from __future__ import annotations

import zlib
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

WRITING = "syncagent_writing"
"""The execution option that tells a writer's connection from a reader's."""

BUSY_TIMEOUT_S = 30
_LOCK_SPACE = 7283
_WHOSE = "SELECT total(name = 'schema_version'), count(*) FROM sqlite_master WHERE type = 'table'"
"""Another program's file is left exactly as it is; opening it is refused later, in words."""
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA cache_size = -65536",
)


def connect(url: URL, org: str) -> Engine:
    """Build the engine of one org's state on SQLite or PostgreSQL."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    engine = create_engine(url, pool_pre_ping=True)
    lock = zlib.crc32(org.encode())

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        """Let one writer per org in at a time, as SQLite does, so that counters and chains need no retries."""
        if connection.get_execution_options().get(WRITING):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_SPACE}, {lock - 2**31})")
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    return engine


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(driver: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
        """Take transaction control from the driver, which would begin too late and without IMMEDIATE."""
        driver.isolation_level = None
        ours, tables = driver.execute(_WHOSE).fetchone()
        for pragma in _PRAGMAS if ours or not tables else ():
            driver.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        """Take the write lock at once: a reader that turns writer later starves or fails."""
        writing = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
