"""Two writers, a full disk, a writer that does not let go: what a transaction promises."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from syncagent.domain.records import Record, RecordRef
from syncagent.errors import StoreError
from syncagent.store import Store, ledger, mirror, open_store

NOON = datetime(2026, 11, 16, 3, tzinfo=UTC)

APPENDER = """
import sys
from datetime import UTC, datetime
from syncagent.store import ledger, open_store
store = open_store(sys.argv[1], org="acme")
for number in range(60):
    with store.write() as tx:
        ledger.append(tx, datetime.now(UTC), sys.argv[2], "write", {"number": number})
"""

FILLER = """
import resource, sys
from datetime import UTC, datetime
from syncagent.errors import StoreError
from syncagent.store import ledger, open_store
store = open_store(sys.argv[1], org="acme")
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
done = 0
try:
    while done < 1000:
        with store.write() as tx:
            ledger.append(tx, datetime.now(UTC), "filler", "write", {"text": "x" * 5000})
        done += 1
except StoreError as error:
    print(done)
    print(error)
"""


def records(count: int) -> list[Record]:
    return [
        Record(RecordRef("hubspot", "contacts", str(number)), {"text": "x" * 2000}, NOON, NOON)
        for number in range(count)
    ]


def test_two_writing_processes_lose_nothing(file_store: Store) -> None:
    commands = [[sys.executable, "-c", APPENDER, f"sqlite:///{file_store.path}", name] for name in ("a", "b")]
    running = [subprocess.Popen(command) for command in commands]
    assert [process.wait() for process in running] == [0, 0]
    with file_store.read() as tx:
        assert ledger.verify(tx) is None
        found = [(entry.actor, entry.body["number"]) for entry in ledger.entries(tx)]
    assert sorted(found) == [(actor, number) for actor in "ab" for number in range(60)]


def test_a_reader_keeps_its_snapshot_while_others_write(store: Store) -> None:
    with store.read() as tx:
        assert mirror.count(tx, "hubspot", "contacts") == 0
        with store.write() as writer:
            mirror.upsert_records(writer, records(3))
        assert mirror.count(tx, "hubspot", "contacts") == 0
    with store.read() as tx:
        assert mirror.count(tx, "hubspot", "contacts") == 3


def test_a_full_disk_rolls_back_names_the_file_and_loses_nothing(file_store: Store) -> None:
    with file_store.write() as tx:
        mirror.upsert_records(tx, records(3))
    with file_store.write() as tx:
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar()
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {int(str(pages)) + 5}")
    with pytest.raises(StoreError) as caught, file_store.write() as tx:
        mirror.upsert_records(tx, records(200))
    assert str(caught.value) == (
        f"{file_store.path}: the disk is full. The change under way was rolled back; everything committed before it "
        "is intact. Free space on that disk and run the command again."
    )
    with file_store.read() as tx:
        assert mirror.count(tx, "hubspot", "contacts") == 3
    with file_store.write() as tx:
        tx.connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        mirror.upsert_records(tx, records(200))
    with file_store.read() as tx:
        assert mirror.count(tx, "hubspot", "contacts") == 200
        assert tx.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_a_file_that_may_not_grow_keeps_every_acknowledged_commit(file_store: Store) -> None:
    command = [sys.executable, "-c", FILLER, f"sqlite:///{file_store.path}"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    acknowledged, message = result.stdout.splitlines()
    assert "state.db: the disk" in message
    assert "everything committed before it is intact" in message
    with file_store.read() as tx:
        assert ledger.verify(tx) is None
        assert len(list(ledger.entries(tx))) == int(acknowledged) > 0


def test_a_writer_that_does_not_let_go_is_reported(tmp_path: Path) -> None:
    stores = [open_store(f"sqlite:///{tmp_path}/state.db", org="acme") for _ in range(2)]
    with stores[1].read() as tx:
        tx.connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with stores[0].write():
        with pytest.raises(StoreError, match="another process has been writing"), stores[1].write():
            pass
        with stores[1].read() as tx:
            assert mirror.count(tx, "hubspot", "contacts") == 0
    for store in stores:
        store.close()


def test_a_bug_in_our_sql_is_not_dressed_up_as_a_broken_disk(store: Store) -> None:
    with pytest.raises(Exception, match="nowhere") as caught, store.read() as tx:
        tx.connection.execute(text("SELECT 1 FROM nowhere"))
    assert not isinstance(caught.value, StoreError)
    assert isinstance(caught.value, OperationalError) or "UndefinedTable" in str(caught.value)
