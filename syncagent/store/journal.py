"""The intent journal: one row per write, committed before the remote call and settled after it.

A row without an outcome means the call may have been sent; only reading the record can tell, never sending again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Row, Select, delete, select, update

from syncagent.domain.changes import Change, Outcome
from syncagent.domain.plans import JournalEntry
from syncagent.domain.records import RecordRef
from syncagent.domain.time import from_micros, to_micros
from syncagent.errors import Defect
from syncagent.store.changes import change_of, change_text
from syncagent.store.documents import canonical, instant_of
from syncagent.store.schema import journal as table
from syncagent.store.state import ReadTx, WriteTx
from syncagent.store.statements import Values, chunks, upsert


def intend(tx: WriteTx, run: str, entries: Sequence[tuple[int, Change]], at: datetime) -> None:
    """Write one row per change about to be sent; commit before sending.

    A row that was withdrawn or never settled may be intended anew; a settled one never (Defect).
    """
    for chunk in chunks(entries):
        _refuse_settled(tx, run, [seq for seq, _ in chunk])
        rows = [_intent(tx, run, seq, change, at) for seq, change in chunk]
        upsert(tx.connection, table, rows)


def _intent(tx: WriteTx, run: str, seq: int, change: Change, at: datetime) -> Values:
    return {
        "org": tx.org,
        "run": run,
        "seq": seq,
        "change": change_text(change),
        "intent_at": to_micros(at),
        "outcome": "",
        "message": "",
    }


def _refuse_settled(tx: WriteTx, run: str, seqs: Sequence[int]) -> None:
    c = table.c
    where = (c.org == tx.org, c.run == run, c.seq.in_(seqs), c.outcome != "")
    settled = list(tx.connection.scalars(select(c.seq).where(*where)))
    if settled:
        raise Defect(f"journal rows {settled} of run {run} are settled; what happened cannot happen again")


def withdraw(tx: WriteTx, run: str, seqs: Iterable[int]) -> None:
    """Take back intents whose call is known never to have happened; settled rows stay."""
    c = table.c
    for chunk in chunks(seqs):
        tx.connection.execute(delete(table).where(c.org == tx.org, c.run == run, c.seq.in_(chunk), c.outcome == ""))


def settle(
    tx: WriteTx,
    run: str,
    seq: int,
    change: Change,
    *,
    outcome: Outcome,
    message: str,
    record: RecordRef | None,
    at: datetime,
) -> None:
    """Record what became of a change; one that dropped out before any call gets its row here.

    Raises:
        Defect: the row is settled already.
    """
    _refuse_settled(tx, run, [seq])
    row = {
        **_intent(tx, run, seq, change, at),
        "outcome": outcome.value,
        "message": message,
        "record_id": record.id if record else None,
        "settled_at": to_micros(at),
    }
    upsert(tx.connection, table, [row], keep=("intent_at",))


def set_verified(tx: WriteTx, run: str, seq: int, *, verified: bool, seen: str = "") -> None:
    """Record whether reading back found what was written, and what it found instead."""
    c = table.c
    statement = update(table).where(c.org == tx.org, c.run == run, c.seq == seq)
    tx.connection.execute(statement.values(verified=int(verified), seen=seen))


def entries(tx: ReadTx, run: str) -> list[JournalEntry]:
    """List a run's rows in plan order."""
    return [_entry(row) for row in tx.connection.execute(_rows(tx).where(table.c.run == run))]


def unsettled(tx: ReadTx) -> list[JournalEntry]:
    """List intents without an outcome, of any run, oldest first."""
    statement = _rows(tx).where(table.c.outcome == "").order_by(None).order_by(table.c.intent_at, table.c.seq)
    return [_entry(row) for row in tx.connection.execute(statement)]


def applied(tx: ReadTx, origin: str) -> list[JournalEntry]:
    """List every applied row a rule ever asked for, oldest first."""
    c = table.c
    named = c.change.contains(f'"origin":{canonical(origin)}', autoescape=True)
    statement = _rows(tx).where(c.outcome == Outcome.APPLIED.value, named).order_by(None).order_by(c.settled_at, c.seq)
    return [entry for entry in map(_entry, tx.connection.execute(statement)) if entry.change.origin == origin]


def seen(tx: ReadTx, run: str) -> dict[int, str]:
    """Give, by row, what verify found where it was not what we wrote."""
    c = table.c
    found = tx.connection.execute(select(c.seq, c.seen).where(c.org == tx.org, c.run == run, c.seen != ""))
    return {row[0]: row[1] for row in found}


_Columns = Select[str, int, str, int, str, str, str | None, int | None, int | None]
_Row = Row[str, int, str, int, str, str, str | None, int | None, int | None]


def _rows(tx: ReadTx) -> _Columns:
    c = table.c
    statement: _Columns = select(
        c.run, c.seq, c.change, c.intent_at, c.outcome, c.message, c.record_id, c.settled_at, c.verified
    )
    return statement.where(c.org == tx.org).order_by(c.seq)


def _entry(row: _Row) -> JournalEntry:
    run, seq, text, intent_at, outcome, message, record_id, settled_at, verified = row
    change = change_of(text)
    return JournalEntry(
        run=run,
        seq=seq,
        change=change,
        intent_at=from_micros(intent_at),
        outcome=outcome,
        message=message,
        record=None if record_id is None else RecordRef(change.ref.system, change.ref.object, record_id),
        settled_at=instant_of(settled_at),
        verified=None if verified is None else bool(verified),
    )
