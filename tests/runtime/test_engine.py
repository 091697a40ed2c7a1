"""The engine's connections, with an SQLite that is new enough and with one that is not."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from syncagent.runtime.engine import make_sqlite_engine

NOW = datetime(2026, 11, 16, 0, 0, 0, 250_000, tzinfo=UTC)


def test_the_file_is_crash_safe_and_writers_wait(tmp_path: Path) -> None:
    engine = make_sqlite_engine(f"sqlite:///{tmp_path}/runs.db", lambda: NOW)
    with engine.connect() as connection:
        found = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")}
        assert connection.scalar(text("PRAGMA busy_timeout")) == 30000
    engine.dispose()
    assert found == {"journal_mode": "wal", "synchronous": 2}


def test_an_old_sqlite_learns_the_fraction_of_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    engine = make_sqlite_engine(f"sqlite:///{tmp_path}/runs.db", lambda: NOW)
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE t (id INTEGER, at INTEGER NOT NULL DEFAULT (unixepoch('subsec') * 1000))")
        )
        connection.execute(text("INSERT INTO t (id) VALUES (1)"))
        assert connection.scalar(text("SELECT at FROM t")) == round(NOW.timestamp() * 1000)
    engine.dispose()
