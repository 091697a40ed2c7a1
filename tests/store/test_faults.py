from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from syncagent.errors import StoreError
from syncagent.store.faults import _ADVICE, KEPT, explain, spoken


class OperationalError(Exception):
    """Named like psycopg's."""


class DiskFull(OperationalError):
    """Likewise; what is a kind of trouble there is one here."""


def failing(code: str) -> sqlite3.Error:
    error = sqlite3.OperationalError("driver words")
    error.sqlite_errorname = code
    return error


@pytest.mark.parametrize("code", [*_ADVICE, "SQLITE_IOERR_WRITE", "SQLITE_BUSY_SNAPSHOT", "SQLITE_READONLY_DBMOVED"])
def test_every_trouble_says_what_happened_what_was_kept_and_what_to_do(code: str) -> None:
    with pytest.raises(StoreError) as caught, spoken("/data/state.db"):
        raise failing(code)
    where, _, rest = str(caught.value).partition(": ")
    happened, kept, advice = rest.partition(f". {KEPT} ")
    assert where == "/data/state.db"
    assert happened
    assert kept
    assert advice.endswith(".")


@pytest.mark.parametrize("error", [failing("SQLITE_ERROR"), ValueError("ours"), None])
def test_a_bug_has_no_advice(error: Exception | None) -> None:
    assert explain(error) is None


def test_a_bug_in_our_use_of_the_driver_passes_through() -> None:
    with pytest.raises(sqlite3.ProgrammingError, match="ours"), spoken("state.db"):
        raise sqlite3.ProgrammingError("ours")


def test_a_server_is_quoted_on_one_line() -> None:
    told = f"the database server answered: no space left. {KEPT} Check the server, then run it again."
    assert explain(DiskFull("no space\n\tleft ")) == told


def test_a_pool_without_connections_is_trouble() -> None:
    with pytest.raises(StoreError, match=r"state\.db: no free connection within 30 seconds"), spoken("state.db"):
        raise PoolTimeoutError("QueuePool limit")
