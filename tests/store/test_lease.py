from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syncagent.errors import Busy, StoreError
from syncagent.store import Store, lease, ledger, open_store

NOON = datetime(2026, 11, 16, 3, tzinfo=UTC)

HOLDER = """
import sys, time
from datetime import UTC, datetime
from syncagent.store import lease, open_store
store = open_store(sys.argv[1], org="acme")
fence = lease.acquire(store, holder="taro", what="apply 1a2b", now=datetime(2026, 11, 16, 3, tzinfo=UTC))
print(fence.token, flush=True)
time.sleep(600)
"""


@pytest.fixture
def on_a_server(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The same store behaving as on a database server, where no file lock shows who is alive."""
    monkeypatch.setattr(Store, "embedded", property(lambda _: False))
    return file_store


def take(store: Store, holder: str = "hana", what: str = "pull", at: datetime = NOON) -> int:
    return lease.acquire(store, holder=holder, what=what, now=at).token


def test_the_token_grows_with_every_lease(store: Store) -> None:
    for expected in (1, 2, 3):
        fence = lease.acquire(store, holder="hana", what="pull", now=NOON)
        assert fence.token == expected
        lease.release(store, fence)


def test_a_second_run_is_told_who_holds_the_org_and_what_to_do(tmp_path: Path) -> None:
    stores = [open_store(f"sqlite:///{tmp_path}/state.db", org="acme") for _ in range(2)]
    fence = lease.acquire(stores[0], holder="taro", what="apply 1a2b", now=NOON)
    since = r"since 2026-11-16T03:00:00\+00:00\. Nothing was done\. Wait"
    told = rf"another run holds org acme: apply 1a2b by taro, process {os.getpid()} on .*, {since}"
    with pytest.raises(Busy, match=told):
        take(stores[1])
    with pytest.raises(Busy, match=told):
        take(stores[0])
    lease.release(stores[0], fence)
    assert take(stores[1]) == 2
    for store in stores:
        store.close()


def test_two_orgs_in_one_folder_do_not_wait_for_each_other(tmp_path: Path) -> None:
    stores = [open_store(f"sqlite:///{tmp_path}/state.db", org=org) for org in ("a", "b")]
    assert [take(store) for store in stores] == [1, 1]
    for store in stores:
        store.close()


def test_a_lock_without_its_row_is_somebody_just_starting(file_store: Store) -> None:
    other = open_store(f"sqlite:///{file_store.path}", org="acme")
    fence = lease.acquire(file_store, holder="hana", what="pull", now=NOON)
    with file_store.write() as tx:
        tx.connection.exec_driver_sql("UPDATE lease SET held = 0")
    with pytest.raises(Busy, match="just taking hold of org acme; nothing was done"):
        take(other)
    lease.release(file_store, fence)
    other.close()


def test_a_killed_holder_is_replaced_at_once_and_its_fence_refused(file_store: Store) -> None:
    command = [sys.executable, "-c", HOLDER, f"sqlite:///{file_store.path}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "1\n"
        with pytest.raises(Busy, match=f"apply 1a2b by taro, process {holder.pid}"):
            take(file_store)
        holder.kill()
        holder.wait()
        assert take(file_store) == 2


def test_writes_with_a_lost_fence_are_refused_before_anything_is_written(on_a_server: Store) -> None:
    store = on_a_server
    old = lease.acquire(store, holder="taro", what="apply 1a2b", now=NOON)
    with store.write(old) as tx:
        ledger.append(tx, NOON, "taro", "write", {})
    lease.acquire(store, holder="hana", what="pull", now=NOON + lease.LASTS)
    with (
        pytest.raises(Busy, match=r"this run \(taro\) lost the lease of org acme to hana \(pull, process"),
        store.write(old) as tx,
    ):
        ledger.append(tx, NOON, "taro", "write", {})
    with store.read() as tx:
        assert len(list(ledger.entries(tx))) == 1


def test_a_released_fence_is_refused(store: Store) -> None:
    fence = lease.acquire(store, holder="hana", what="pull", now=NOON)
    lease.release(store, fence)
    with pytest.raises(Busy, match="lost the lease"), store.write(fence):
        pass


def test_on_a_server_a_lease_expires_unless_it_is_renewed(on_a_server: Store) -> None:
    store = on_a_server
    soon, moment = NOON + lease.LASTS - timedelta(seconds=1), timedelta(seconds=2)
    fence = lease.acquire(store, holder="taro", what="pull", now=NOON)
    with pytest.raises(Busy, match="pull by taro"):
        take(store, at=soon)
    lease.renew(store, fence, soon)
    with pytest.raises(Busy, match="pull by taro"):
        take(store, at=soon + moment)
    assert take(store, at=soon + lease.LASTS) == 2
    with pytest.raises(Busy, match="lost the lease"):
        lease.renew(store, fence, soon)


def test_releasing_a_lost_lease_leaves_the_new_holder_alone(on_a_server: Store) -> None:
    store = on_a_server
    old = lease.acquire(store, holder="taro", what="pull", now=NOON)
    new = lease.acquire(store, holder="hana", what="pull", now=NOON + lease.LASTS)
    lease.release(store, old)
    with store.write(new):
        pass


def test_a_store_that_cannot_write_its_row_frees_the_lock(file_store: Store) -> None:
    other = open_store(f"sqlite:///{file_store.path}", org="acme")
    with file_store.write() as tx:
        tx.connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="it is not writable"):
        take(file_store)
    assert take(other) == 1
    other.close()


def test_a_lock_file_that_cannot_be_opened_is_named(file_store: Store) -> None:
    file_store.file(".lock").mkdir()
    with pytest.raises(StoreError, match=r"acme\.lock: the lock file cannot be opened"):
        take(file_store)
