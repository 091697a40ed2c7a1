from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from syncagent.errors import ConfigurationError, StoreError
from syncagent.store import Store, migrations, open_store


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def test_a_new_state_gets_its_folder_its_tables_and_durable_settings(tmp_path: Path) -> None:
    store = open_store(url_of(tmp_path / "deep" / "er" / "state.db"), org="acme")
    with store.read() as tx:
        pragmas = {
            name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
        version = migrations.current_version(tx.connection)
    assert store.path == tmp_path / "deep" / "er" / "state.db"
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}
    assert version == migrations.known()[-1].version
    store.close()


def test_a_state_is_opened_again_with_what_it_held(tmp_path: Path) -> None:
    for expected in (1, 2):
        store = open_store(url_of(tmp_path / "state.db"), org="acme")
        with store.write() as tx:
            assert tx.reserve("x") == expected
        store.close()


def test_orgs_in_one_file_do_not_see_each_other(tmp_path: Path) -> None:
    stores = [open_store(url_of(tmp_path / "state.db"), org=org) for org in ("a", "b/../c")]
    for store in stores:
        with store.write() as tx:
            assert tx.reserve("x") == 1
    assert stores[1].file(".lock").parent == tmp_path
    for store in stores:
        store.close()


def test_a_newer_state_is_refused_in_words_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    open_store(url_of(path), org="acme").close()
    with sqlite3.connect(path) as raw:
        raw.execute("INSERT INTO schema_version VALUES (999, 'future')")
    raw.close()
    with pytest.raises(
        StoreError, match=r"state\.db was written by a newer syncagent \(schema 999; .*Install the newer"
    ):
        open_store(url_of(path), org="acme")


def test_another_programs_database_is_refused_and_left_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE invoices (id)")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"another program's database \(it holds invoices\)"):
        open_store(url_of(path), org="acme")
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(b"not a database at all, but long enough to look at" * 50)
    with pytest.raises(StoreError, match=r"state\.db: it is not a SQLite database"):
        open_store(url_of(path), org="acme")


def test_a_folder_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"file/state: the folder of the state cannot be created"):
        open_store(url_of(tmp_path / "file" / "state" / "state.db"), org="acme")


def test_a_path_that_is_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="it cannot be opened"):
        open_store(url_of(tmp_path), org="acme")


@pytest.mark.parametrize("url", ["", "state.db", "mysql://host/db", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_is_none_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"write sqlite:////folder/state\.db or postgresql"):
        open_store(url, org="acme")


def test_two_first_openings_at_once_lay_one_schema(tmp_path: Path) -> None:
    def open_it(_: int) -> Store:
        return open_store(url_of(tmp_path / "state.db"), org="acme")

    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(open_it, range(6)))
    with stores[0].read() as tx:
        count = tx.connection.exec_driver_sql("SELECT count(*) FROM schema_version").scalar()
    assert count == len(migrations.known())
    for store in stores:
        store.close()


def test_damage_found_later_is_named(file_store: Store) -> None:
    with file_store.write() as tx:
        tx.connection.exec_driver_sql(
            "CREATE TABLE big AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
            "WHERE i < 20000) SELECT i, hex(randomblob(50)) AS text FROM n"
        )
    with file_store.read() as tx:
        tx.connection.exec_driver_sql("SELECT 1")
    path = file_store.path
    assert path is not None
    file_store.close()  # checkpoints
    data = bytearray(path.read_bytes())
    data[400_000:800_000] = b"\xff" * 400_000
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"state\.db: it is damaged.*restore a backup"), file_store.read() as tx:
        tx.connection.exec_driver_sql("SELECT sum(length(text)) FROM big").scalar()
