"""One org's state: open it, read from it in a snapshot, write to it in a fenced transaction."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, make_url, select
from sqlalchemy.exc import ArgumentError

from syncagent.errors import Busy, ConfigurationError, Problem
from syncagent.store import engine as engines
from syncagent.store import migrations
from syncagent.store.faults import make_folder, spoken
from syncagent.store.schema import counter, identity, lease
from syncagent.store.statements import insert_into, insert_new


@dataclass(frozen=True, slots=True)
class Fence:
    """Proof of holding the org's lease: writes with an outdated token are refused."""

    org: str
    token: int
    holder: str


@dataclass(frozen=True, slots=True)
class ReadTx:
    """A consistent view of one org's state, valid inside the ``with`` block that gave it."""

    org: str
    connection: Connection


@dataclass(frozen=True, slots=True)
class WriteTx(ReadTx):
    """A transaction that holds the write lock; it commits when its ``with`` block ends without an error."""

    def reserve(self, name: str, count: int = 1) -> int:
        """Take ``count`` numbers from a counter that only grows and give the first of them (counting from 1)."""
        first = insert_into(self.connection, counter).values(org=self.org, name=name, value=count)
        statement = first.on_conflict_do_update(
            index_elements=list(counter.primary_key), set_={"value": counter.c.value + count}
        ).returning(counter.c.value)
        last: int = self.connection.execute(statement).scalar_one()
        return last - count + 1


class Store:
    """One org's state; :func:`open_store` makes it.

    ``path`` is the SQLite file, None on a database server. ``folder`` holds the lock and the analytics file.
    """

    def __init__(self, engine: Engine, org: str, path: Path | None, folder: Path) -> None:
        self.org = org
        self.path = path
        self.folder = folder
        self.where = str(path) if path else engine.url.render_as_string(hide_password=True)
        self.lock_descriptor: int | None = None
        """The open lock file while this store holds the org's lease."""
        self._engine = engine

    @property
    def embedded(self) -> bool:
        """Tell whether the state is a file of this machine, where a file lock shows who is alive."""
        return self.path is not None

    def file(self, suffix: str) -> Path:
        """Name a file of this org beside the state; odd characters of the org's name are escaped."""
        return self.folder / f"{quote(self.org, safe=' @+')}{suffix}"

    @contextmanager
    def read(self) -> Iterator[ReadTx]:
        """Open a snapshot; writers are neither blocked nor seen."""
        with spoken(self.where), self._engine.begin() as connection:
            yield ReadTx(self.org, connection)

    @contextmanager
    def write(self, fence: Fence | None = None) -> Iterator[WriteTx]:
        """Open a write transaction, durable once the block has ended without an error.

        Raises:
            Busy: the fence's lease was released or taken over; nothing was written.
            StoreError: the state could not be written; the transaction was rolled back.
        """
        with spoken(self.where), self._engine.connect() as bare:
            connection = bare.execution_options(**{engines.WRITING: True})
            with connection.begin():
                if fence is not None:
                    self._check(connection, fence)
                yield WriteTx(self.org, connection)

    def _check(self, connection: Connection, fence: Fence) -> None:
        row = connection.execute(select(lease).where(lease.c.org == self.org)).one_or_none()
        if row is None or not row.held or row.token != fence.token or fence.org != self.org:
            taker = f" to {row.holder} ({row.what}, process {row.process})" if row is not None and row.held else ""
            raise Busy(
                f"this run ({fence.holder}) lost the lease of org {self.org}{taker}. It stopped before writing "
                "anything more; the next run settles what it left open."
            )

    def close(self) -> None:
        """Close all connections and, where this store held the org's lease, let go of it as a dead process would."""
        self._engine.dispose()
        self.unlock()

    def unlock(self) -> None:
        """Close the lock file, which frees it; the file stays, since removing it would race with the next holder."""
        descriptor, self.lock_descriptor = self.lock_descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def open_store(url: str, *, org: str, folder: Path | None = None) -> Store:
    """Open one org's state, creating the folder and the tables where they are missing.

    ``url`` is ``sqlite:////var/lib/syncagent/state.db`` or ``postgresql+psycopg://user@host/database``; ``folder`` is
    for files beside a database server's state (default: the system's folder for temporary files).

    Raises:
        StoreError: the state cannot be opened, is newer than this program, or is not ours.
        ConfigurationError: the address is not one.
    """
    address = _address(url)
    path = Path(address.database).absolute() if address.get_backend_name() == "sqlite" and address.database else None
    folder = path.parent if path else folder or Path(gettempdir()) / "syncagent"
    store = Store(engines.connect(address, org), org, path, folder)
    try:
        make_folder(folder)
        _prepare(store)
    except BaseException:
        store.close()
        raise
    return store


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        address = None
    backend = address.get_backend_name() if address else ""
    if address is None or backend not in {"sqlite", "postgresql"} or address.database in {None, "", ":memory:"}:
        legal = "sqlite:////folder/state.db or postgresql+psycopg://user@host/database"
        raise ConfigurationError([Problem("SYNCAGENT_STATE", 0, 0, f"not the address of a state; write {legal}")])
    return address


def _prepare(store: Store) -> None:
    """Migrate when due and give a new state its identity, by which derived files recognise it."""
    newest = migrations.known()[-1].version
    with store.read() as tx:
        ready = migrations.current_version(tx.connection) == newest
        ready = ready and tx.connection.scalar(select(identity.c.token).where(identity.c.org == store.org)) is not None
    if ready:
        return
    with store.write() as tx:
        migrations.migrate(tx.connection, store.where)
        insert_new(tx.connection, identity, [{"org": store.org, "token": secrets.token_hex(8)}])
