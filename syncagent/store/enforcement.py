"""Standing approvals: who let which revision of a policy act by itself."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select

from syncagent.domain.time import from_micros, to_micros
from syncagent.store.schema import enforcement as table
from syncagent.store.state import ReadTx, WriteTx
from syncagent.store.statements import Row, upsert


class Enforcement(NamedTuple):
    """A standing approval; it covers the policy's text as of ``revision`` (a digest) and no other."""

    revision: str
    who: str
    at: datetime


def enforce(tx: WriteTx, policy: str, revision: str, who: str, at: datetime) -> None:
    """Give a standing approval; it replaces an earlier one."""
    row: Row = {"org": tx.org, "policy": policy, "revision": revision, "who": who, "at": to_micros(at)}
    upsert(tx.connection, table, [row])


def withdraw(tx: WriteTx, policy: str) -> None:
    """Take a standing approval back."""
    tx.connection.execute(delete(table).where(table.c.org == tx.org, table.c.policy == policy))


def enforced(tx: ReadTx, policy: str) -> Enforcement | None:
    """Give a policy's standing approval, None when it has none."""
    c = table.c
    where = (c.org == tx.org, c.policy == policy)
    row = tx.connection.execute(select(c.revision, c.who, c.at).where(*where)).one_or_none()
    return None if row is None else Enforcement(row.revision, row.who, from_micros(row.at))
