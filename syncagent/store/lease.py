"""The org lease: one writing run per org at a time, and a fencing token that only grows.

On a state file the operating system knows who is alive: the holder keeps an exclusive lock on ``<org>.lock``, which a
killed process cannot keep, so the next run takes over at once with a higher token while a second live run gets Busy.
On a database server the lease expires unless its holder renews it.
"""

from __future__ import annotations

import fcntl
import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import Row, select, update

from syncagent.domain.time import from_micros, to_micros
from syncagent.errors import Busy, StoreError
from syncagent.store.schema import lease as table
from syncagent.store.state import Fence, ReadTx, Store, WriteTx
from syncagent.store.statements import Values, upsert

LASTS = timedelta(minutes=5)
"""How long a lease on a database server lives without being renewed."""


def acquire(store: Store, holder: str, what: str, now: datetime) -> Fence:
    """Take the lease for a run (``what``, for the message others get) in the name of ``holder``.

    Raises:
        Busy: a live run holds it; the message names it and says what to do.
    """
    if store.embedded:
        _lock(store)
    try:
        with store.write() as tx:
            return _take(tx, store, holder, what, now)
    except BaseException:
        store.unlock()
        raise


def _take(tx: WriteTx, store: Store, holder: str, what: str, now: datetime) -> Fence:
    row = _row(tx)
    if row is not None and row.held and not store.embedded and row.expires_at > to_micros(now):
        raise _busy(store.org, row)
    token = row.token + 1 if row is not None else 1
    taken: Values = {"org": store.org, "holder": holder, "what": what, "token": token, "taken_at": to_micros(now)}
    place: Values = {"process": os.getpid(), "host": socket.gethostname()}
    upsert(tx.connection, table, [{**taken, **place, "expires_at": to_micros(now + LASTS), "held": 1}])
    return Fence(store.org, token, holder)


def renew(store: Store, fence: Fence, now: datetime) -> None:
    """Put off the expiry; a long run on a database server does so every minute.

    Raises:
        Busy: the lease was lost meanwhile.
    """
    with store.write(fence) as tx:
        tx.connection.execute(update(table).where(table.c.org == store.org).values(expires_at=to_micros(now + LASTS)))


def release(store: Store, fence: Fence) -> None:
    """Give the lease back; harmless when it was lost meanwhile."""
    try:
        with store.write() as tx:
            mine = (table.c.org == store.org, table.c.token == fence.token)
            tx.connection.execute(update(table).where(*mine).values(held=0))
    finally:
        store.unlock()


def _row(tx: ReadTx) -> Row[str, str, str, int, int, int, str, int, int] | None:
    return tx.connection.execute(select(table).where(table.c.org == tx.org)).one_or_none()


def _busy(org: str, row: Row[str, str, str, int, int, int, str, int, int] | None) -> Busy:
    if row is None or not row.held:
        return Busy(f"another run is just taking hold of org {org}; nothing was done. Try again in a moment")
    since = from_micros(row.taken_at).isoformat(timespec="seconds")
    return Busy(
        f"another run holds org {org}: {row.what} by {row.holder}, process {row.process} on {row.host}, since {since}. "
        "Nothing was done. Wait for it, or stop that process; the next run settles what it left open"
    )


def _lock(store: Store) -> None:
    path = store.file(".lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"{path}: the lock file cannot be opened ({error.strerror}). Nothing was written.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        with store.read() as tx:
            row = _row(tx)
        raise _busy(store.org, row) from None
    store.lock_descriptor = descriptor
