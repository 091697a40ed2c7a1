"""Saved plans, their approvals, and the one run that may use each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from syncagent.domain.plans import Approval
from syncagent.domain.time import from_micros, to_micros
from syncagent.errors import StalePlan, UsageError
from syncagent.store.documents import canonical, mapping_of, texts_of
from syncagent.store.schema import approval as approval_table
from syncagent.store.schema import plan as table
from syncagent.store.schema import run as run_table
from syncagent.store.state import ReadTx, WriteTx
from syncagent.store.statements import Row, upsert

SHOWN_DIGITS = 12
_LISTED = 5


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A saved plan without its document."""

    digest: str
    made_at: datetime
    expires_at: datetime
    used_by: str | None


@dataclass(frozen=True, slots=True)
class Undoing:
    """The run that takes another run back; ``unfinished`` while it has not ended."""

    run: str
    unfinished: bool


def save_plan(tx: WriteTx, plan_json: bytes, digest: str, made_at: datetime, expires_at: datetime) -> None:
    """Save a plan byte for byte; saving the same digest again renews its dates and keeps its use and approvals."""
    text = plan_json.decode()
    row: Row = {
        "org": tx.org,
        "digest": digest,
        "doc": text,
        "made_at": to_micros(made_at),
        "expires_at": to_micros(expires_at),
        "undoes": _undone_run(text),
    }
    upsert(tx.connection, table, [row])


def _undone_run(text: str) -> str | None:
    undone = mapping_of(text).get("undoes")
    return undone if isinstance(undone, str) else None


def plan(tx: ReadTx, digest_prefix: str) -> bytes | None:
    """Give a plan by the first digits of its digest, None when none begins so.

    Raises:
        UsageError: several plans begin so; they are listed.
    """
    c = table.c
    begins = func.substr(c.digest, 1, len(digest_prefix)) == digest_prefix
    found = list(tx.connection.scalars(select(c.digest).where(c.org == tx.org, begins).order_by(c.digest)))
    if len(found) > 1 and digest_prefix not in found:
        listed = ", ".join(digest[: max(SHOWN_DIGITS, len(digest_prefix) + 1)] for digest in found[:_LISTED])
        more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        raise UsageError(f"{digest_prefix!r} begins {len(found)} plans: {listed}{more}. Give more digits.")
    if not found:
        return None
    digest = digest_prefix if digest_prefix in found else found[0]
    text = tx.connection.scalar(select(c.doc).where(c.org == tx.org, c.digest == digest))
    return (text or "").encode()


def latest_plans(tx: ReadTx, count: int) -> list[SavedPlan]:
    """List the plans made last, newest first."""
    c = table.c
    statement = select(c.digest, c.made_at, c.expires_at, c.used_by).where(c.org == tx.org)
    rows = tx.connection.execute(statement.order_by(c.made_at.desc(), c.digest).limit(count))
    return [SavedPlan(row[0], from_micros(row[1]), from_micros(row[2]), row[3]) for row in rows]


def approve(tx: WriteTx, approval: Approval) -> None:
    """Record an approval; the latest one counts."""
    row = {
        "org": tx.org,
        "digest": approval.digest,
        "seq": tx.reserve("approval"),
        "who": approval.who,
        "at": to_micros(approval.at),
        "excluded": canonical(approval.excluded),
        "standing": int(approval.standing),
    }
    tx.connection.execute(insert(approval_table), row)


def approvals(tx: ReadTx, digest: str) -> list[Approval]:
    """List a plan's approvals, oldest first."""
    c = approval_table.c
    statement = select(c.who, c.at, c.excluded, c.standing).where(c.org == tx.org, c.digest == digest).order_by(c.seq)
    return [
        Approval(digest, row[0], from_micros(row[1]), texts_of(row[2]), standing=bool(row[3]))
        for row in tx.connection.execute(statement)
    ]


def mark_used(tx: WriteTx, digest: str, run: str) -> None:
    """Tie a plan to the run that applies it, for good.

    Raises:
        StalePlan: another run used it, or it was not saved here.
    """
    c = table.c
    free = update(table).where(c.org == tx.org, c.digest == digest, c.used_by.is_(None))
    if tx.connection.execute(free.values(used_by=run, used_seq=tx.reserve("use"))).rowcount == 1:
        return
    used = used_by(tx, digest)
    if used != run:
        why = f"was already applied by run {used}" if used else "was not saved in this state"
        raise StalePlan(f"plan {digest[:SHOWN_DIGITS]} {why}; nothing was written. Make a new one: `syncagent plan`")


def used_by(tx: ReadTx, digest: str) -> str | None:
    """Name the run that used a plan."""
    return tx.connection.scalar(select(table.c.used_by).where(table.c.org == tx.org, table.c.digest == digest))


def used_count(tx: ReadTx) -> int:
    """Count the plans that were used, the generation of the next plan."""
    used = select(func.count()).select_from(table).where(table.c.org == tx.org, table.c.used_by.is_not(None))
    return tx.connection.scalar(used) or 0


def is_unfinished(tx: ReadTx, run: str) -> bool:
    """Tell whether a run that used a plan has begun and not ended."""
    c = run_table.c
    return tx.connection.scalar(select(c.id).where(c.org == tx.org, c.id == run, c.ended_at.is_(None))) is not None


def undoing(tx: ReadTx, run: str) -> Undoing | None:
    """Find the latest run that takes ``run`` back, None when nobody began to."""
    c = table.c
    where = (c.org == tx.org, c.undoes == run, c.used_by.is_not(None))
    undoer = tx.connection.scalar(select(c.used_by).where(*where).order_by(c.used_seq.desc()).limit(1))
    return None if undoer is None else Undoing(undoer, is_unfinished(tx, undoer))
