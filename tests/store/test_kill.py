"""SIGKILL may come before or after any commit: what was acknowledged is there afterwards, and nothing is half there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syncagent.store import Store, journal, lease, ledger, open_store, runs

WRITER = Path(__file__).with_name("journal_writer.py")
STATUS = """
import sys
from syncagent.store import journal, mirror, open_store, runs
while True:
    store = open_store(sys.argv[1], org="acme")
    with store.read() as tx:
        runs.latest_runs(tx, 5), len(journal.unsettled(tx)), mirror.count(tx, "hubspot", "deals")
    store.close()
    print("read", flush=True)
"""


@contextmanager
def killed_at_the_end(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def lines_of(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    return iter(process.stdout)


def check(store: Store, acknowledged: list[str]) -> None:
    """Compare the state with what the writer had said before it died; one commit more may have happened."""
    intended = {int(line.split()[1]) for line in acknowledged if line.startswith("intended ") and line.endswith("\n")}
    settled = {int(line.split()[1]) for line in acknowledged if line.startswith("settled ") and line.endswith("\n")}
    with store.read() as tx:
        entries = journal.entries(tx, "run-1")
        sealed = {entry.body["number"] for entry in ledger.entries(tx)}
        assert ledger.verify(tx) is None
        assert tx.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    kept = {entry.seq for entry in entries}
    closed = {entry.seq for entry in entries if entry.outcome}
    assert intended <= kept, f"lost intents: {sorted(intended - kept)}"
    assert settled <= closed, f"lost outcomes: {sorted(settled - closed)}"
    assert closed == sealed, "an outcome and its ledger entry are one commit"
    assert len(kept) - len(intended) + len(closed) - len(settled) <= 1


def test_a_thousand_commits_beside_analytics_and_status_survive_a_kill(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/state.db"
    acknowledged: list[str] = []
    with killed_at_the_end(str(WRITER), url) as writer, killed_at_the_end("-c", STATUS, url) as status:
        reads = lines_of(status)
        analysed = 0
        for line in lines_of(writer):
            if line == "analysed\n":
                analysed += 1
                continue
            acknowledged.append(line)
            if len(acknowledged) % 100 == 0:
                assert next(reads) == "read\n"
            if len(acknowledged) == 1000:
                writer.kill()
    assert analysed > 1, "the analytics did not run beside the commits"
    store = open_store(url, org="acme")
    check(store, acknowledged)
    assert lease.acquire(store, holder="next", what="apply", now=datetime.now(UTC)).token == 2
    with store.read() as tx:
        assert runs.unfinished(tx) == []
    store.close()


@pytest.mark.parametrize("commits", [1, 2, 3, 17, 40])
def test_a_kill_right_after_a_commit_loses_nothing(tmp_path: Path, commits: int) -> None:
    url = f"sqlite:///{tmp_path}/state.db"
    acknowledged: list[str] = []
    with killed_at_the_end(str(WRITER), url) as writer:
        for line in lines_of(writer):
            acknowledged += [line] if line != "analysed\n" else []
            if len(acknowledged) == commits:
                writer.kill()
    store = open_store(url, org="acme")
    check(store, acknowledged)
    store.close()


def test_a_kill_in_the_middle_of_a_transaction_leaves_nothing_of_it(file_store: Store) -> None:
    half = """
import os, signal, sys
from datetime import UTC, datetime
from syncagent.store import ledger, open_store
store = open_store(sys.argv[1], org="acme")
with store.write() as tx:
    ledger.append(tx, datetime.now(UTC), "half", "write", {})
with store.write() as tx:
    for _ in range(200):
        ledger.append(tx, datetime.now(UTC), "half", "write", {"text": "x" * 4000})
    os.kill(os.getpid(), signal.SIGKILL)
"""
    result = subprocess.run([sys.executable, "-c", half, f"sqlite:///{file_store.path}"], check=False)
    assert result.returncode == -9
    with file_store.read() as tx:
        assert len(list(ledger.entries(tx))) == 1
        assert ledger.verify(tx) is None
    with file_store.write() as tx:
        assert ledger.append(tx, datetime.now(UTC), "next", "write", {}).seq == 2
