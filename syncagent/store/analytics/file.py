"""The analytics file: one lock, one connection per operation, and deletion as the answer to doubt."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from syncagent.errors import Busy, StoreError
from syncagent.store.state import Store

WAIT_S = 120
"""How long an operation waits for another one's use of the file."""

_PAUSE_S = 0.02
_OFFLINE = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}

DOUBTFUL = (
    duckdb.IOException,
    duckdb.SerializationException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.ConnectionException,
    duckdb.TransactionException,
)
"""Errors that speak of the file, not of the SQL."""


@contextmanager
def locked(store: Store, *, exclusive: bool) -> Iterator[None]:
    """Hold the file's lock: many may read at once, one may write alone.

    Raises:
        Busy: others kept it for more than two minutes.
    """
    path = store.file(".analytics.lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"{path}: the lock file cannot be opened ({error.strerror}). Nothing was changed.") from error
    try:
        _wait(descriptor, store, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int, store: Store, kind: int) -> None:
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Busy(
                    f"{store.file('.analytics.duckdb')} has been in use by another process for more than "
                    f"{WAIT_S} seconds; nothing was changed. Wait for it to end, then run the command again"
                ) from None
            time.sleep(_PAUSE_S)
        else:
            return


@contextmanager
def opened(store: Store, *, writing: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the file for one operation; a reader gets no access to any other file.

    Raises:
        StoreError: there is nothing to read yet.
    """
    path = store.file(".analytics.duckdb")
    if not writing and not path.exists():
        raise StoreError(f"{path} does not exist yet; pull first, it is built from the state by itself")
    connection = duckdb.connect(path, read_only=not writing, config={**_OFFLINE, "enable_external_access": writing})
    try:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


def discard(store: Store) -> None:
    """Delete the file and its log; the next load rebuilds it from the state."""
    for suffix in (".analytics.duckdb", ".analytics.duckdb.wal"):
        store.file(suffix).unlink(missing_ok=True)
