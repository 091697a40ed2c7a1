"""A process to be killed: commits journal rows and says so, while another of its threads runs the analytics."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from syncagent.domain.changes import Change, Outcome
from syncagent.domain.records import Record, RecordRef
from syncagent.store import Store, analytics, journal, lease, ledger, mirror, open_store

NOW = datetime(2026, 11, 16, 3, tzinfo=UTC)
VIEW = analytics.ViewSpec("deals", "hubspot", "deals", (analytics.ColumnSpec("n", "n", "int"),))


def change(number: int) -> Change:
    ref = RecordRef("hubspot", "deals", str(number))
    return Change(ref, "update", "dealstage", "P1", f"P{number}", "policy:test", "test")


def say(line: str) -> None:
    """Tell the test, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def analyse(store: Store) -> None:
    """Refresh and query without a pause; the state file must never notice."""
    while True:
        analytics.refresh(store, [VIEW], zone=ZoneInfo("Asia/Tokyo"), currency="JPY")
        analytics.query(store, "SELECT count(*), sum(n) FROM deals")
        say("analysed")


def main(url: str) -> None:
    """Commit intent, then outcome and ledger entry, for one number after the other; acknowledge each commit."""
    store = open_store(url, org="acme")
    fence = lease.acquire(store, holder="writer", what="apply", now=NOW)
    with store.write(fence) as tx:
        mirror.upsert_records(tx, [Record(change(n).ref, {"n": n}, NOW, NOW) for n in range(2000)])
    threading.Thread(target=analyse, args=(store,), daemon=True).start()
    number = 0
    while True:
        with store.write(fence) as tx:
            journal.intend(tx, "run-1", [(number, change(number))], NOW)
        say(f"intended {number}")
        with store.write(fence) as tx:
            journal.settle(
                tx, "run-1", number, change(number), outcome=Outcome.APPLIED, message="", record=None, at=NOW
            )
            ledger.append(tx, NOW, "writer", "write", {"number": number})
        say(f"settled {number}")
        number += 1


if __name__ == "__main__":
    main(sys.argv[1])
