"""Runs: what was started by whom, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import Row, Select, insert, select, update

from syncagent.domain.time import from_micros, to_micros
from syncagent.errors import Defect
from syncagent.store.documents import Json, canonical, instant_of, mapping_of
from syncagent.store.schema import run as table
from syncagent.store.state import ReadTx, WriteTx

Status: TypeAlias = Literal["ok", "partial", "failed"]


@dataclass(frozen=True, slots=True)
class Run:
    """One run; ``status`` and ``ended_at`` are None while it is under way or after it was killed."""

    id: str
    kind: str
    actor: str
    started_at: datetime
    plan: str | None = None
    status: Status | None = None
    ended_at: datetime | None = None
    summary: Mapping[str, Json] = field(default_factory=dict)


def start_run(tx: WriteTx, run_id: str, *, kind: str, actor: str, at: datetime, plan: str | None = None) -> Run:
    """Record that a run begins; its id is used once."""
    row = {"id": run_id, "kind": kind, "actor": actor, "plan": plan, "started_at": to_micros(at), "summary": "{}"}
    tx.connection.execute(insert(table), {"org": tx.org, "seq": tx.reserve("run"), **row})
    return Run(run_id, kind, actor, at, plan)


def end_run(tx: WriteTx, run_id: str, *, status: Status, at: datetime, summary: Mapping[str, Json]) -> None:
    """Record how a run ended, with its numbers."""
    statement = update(table).where(table.c.org == tx.org, table.c.id == run_id)
    ended = tx.connection.execute(statement.values(status=status, ended_at=to_micros(at), summary=canonical(summary)))
    if ended.rowcount != 1:
        raise Defect(f"run {run_id} ended without having begun")


def run(tx: ReadTx, run_id: str) -> Run | None:
    """Give one run, None when there is none of that id."""
    row = tx.connection.execute(_rows(tx).where(table.c.id == run_id)).one_or_none()
    return None if row is None else _run(row)


def latest_runs(tx: ReadTx, count: int) -> list[Run]:
    """List the latest runs, newest first."""
    return [_run(row) for row in tx.connection.execute(_rows(tx).order_by(table.c.seq.desc()).limit(count))]


def unfinished(tx: ReadTx) -> list[Run]:
    """List runs that began and did not end, oldest first."""
    statement = _rows(tx).where(table.c.ended_at.is_(None)).order_by(table.c.seq)
    return [_run(row) for row in tx.connection.execute(statement)]


_Columns = Select[str, str, str, int, str | None, Status | None, int | None, str]
_Row = Row[str, str, str, int, str | None, Status | None, int | None, str]


def _rows(tx: ReadTx) -> _Columns:
    c = table.c
    statement: _Columns = select(c.id, c.kind, c.actor, c.started_at, c.plan, c.status, c.ended_at, c.summary)
    return statement.where(c.org == tx.org)


def _run(row: _Row) -> Run:
    run_id, kind, actor, started_at, plan, status, ended_at, summary = row
    begun = from_micros(started_at)
    return Run(run_id, kind, actor, begun, plan, status, instant_of(ended_at), mapping_of(summary))
