"""The notice board workers share: who is alive, and how each kind of run stands. Lives beside the engine's tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Row,
    Table,
    Text,
    delete,
    make_url,
    select,
    update,
)
from sqlalchemy.schema import CreateTable

from syncagent.domain.time import from_micros, to_micros
from syncagent.runtime.kinds import SUCCESSES, Status
from syncagent.store import engine as engines
from syncagent.store.documents import instant_of
from syncagent.store.faults import spoken
from syncagent.store.statements import Values, insert_new, upsert

_TABLES = MetaData()
_PRESENCE = Table(
    "syncagent_worker",
    _TABLES,
    Column("org", Text, primary_key=True),
    Column("executor", Text, primary_key=True),
    Column("beat_at", BigInteger, nullable=False),
    Column("claimed_until", BigInteger, nullable=False),
)
_KIND = Table(
    "syncagent_kind",
    _TABLES,
    Column("org", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("since", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("ok_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("status", Text),
)
_CLAIM_LASTS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a kind stands: known since, last due run submitted, last success, last end and how it ended."""

    since: datetime
    due_at: datetime
    ok_at: datetime | None = None
    ended_at: datetime | None = None
    status: Status | None = None


class Board:
    """One org's board in the engine's database, its address as for the state; the tables are made where missing."""

    def __init__(self, url: str, org: str) -> None:
        self._org = org
        self._engine = engines.connect(make_url(url), org)
        self._where = self._engine.url.render_as_string(hide_password=True)
        with self._write() as connection:
            for table in _TABLES.sorted_tables:
                connection.execute(CreateTable(table, if_not_exists=True))

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def beat(self, executor: str, now: datetime) -> None:
        """Show that an executor lives."""
        row: Values = {"org": self._org, "executor": executor, "beat_at": to_micros(now), "claimed_until": 0}
        with self._write() as connection:
            upsert(connection, _PRESENCE, [row])

    def leave(self, executor: str) -> None:
        """Take an executor off the board."""
        with self._write() as connection:
            connection.execute(delete(_PRESENCE).where(*_this(self._org, executor)))

    def claim_dead(self, executor: str, seen_since: datetime, now: datetime) -> bool:
        """Tell whether an executor showed no life since an instant and it falls to the caller to take over its runs.

        Of several workers that ask at the same time one is told yes, for a minute.
        """
        never: Values = {"org": self._org, "executor": executor, "beat_at": 0, "claimed_until": 0}
        with self._write() as connection:
            insert_new(connection, _PRESENCE, [never])
            silent = _PRESENCE.c.beat_at < to_micros(seen_since)
            free = _PRESENCE.c.claimed_until <= to_micros(now)
            claim = update(_PRESENCE).where(*_this(self._org, executor), silent, free)
            return connection.execute(claim.values(claimed_until=to_micros(now + _CLAIM_LASTS))).rowcount == 1

    def introduce(self, kind: str, now: datetime, due_at: datetime) -> None:
        """Put a kind on the board; one that stands there already is left as it is."""
        row: Values = {"org": self._org, "kind": kind, "since": to_micros(now), "due_at": to_micros(due_at)}
        with self._write() as connection:
            insert_new(connection, _KIND, [row])

    def set_due(self, kind: str, due_at: datetime) -> None:
        """Note that the run due at an instant was submitted or is not wanted."""
        self._note(kind, {"due_at": to_micros(due_at)})

    def note_end(self, kind: str, status: Status, at: datetime) -> None:
        """Note how a run of a kind ended."""
        success: Values = {"ok_at": to_micros(at)} if status in SUCCESSES else {}
        self._note(kind, {"ended_at": to_micros(at), "status": status, **success})

    def standings(self) -> dict[str, Standing]:
        """Give how each kind stands, by name."""
        c = _KIND.c
        statement = select(c.kind, c.since, c.due_at, c.ok_at, c.ended_at, c.status).where(c.org == self._org)
        with self._read() as connection:
            return {row[0]: _standing(row) for row in connection.execute(statement)}

    def _note(self, kind: str, values: Values) -> None:
        with self._write() as connection:
            connection.execute(update(_KIND).where(_KIND.c.org == self._org, _KIND.c.kind == kind).values(**values))

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with spoken(self._where), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with spoken(self._where), self._engine.connect() as bare:
            connection = bare.execution_options(**{engines.WRITING: True})
            with connection.begin():
                yield connection


def _this(org: str, executor: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _PRESENCE.c.org == org, _PRESENCE.c.executor == executor


def _standing(row: Row[str, int, int, int | None, int | None, Status | None]) -> Standing:
    _kind, since, due_at, ok_at, ended_at, status = row
    return Standing(from_micros(since), from_micros(due_at), instant_of(ok_at), instant_of(ended_at), status)
