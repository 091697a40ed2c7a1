from __future__ import annotations

import pytest
from sqlalchemy import BigInteger, MetaData, Text, insert, text
from sqlalchemy.exc import IntegrityError, OperationalError

from syncagent.errors import StoreError
from syncagent.store import Store, migrations
from syncagent.store.migrations import Migration
from syncagent.store.schema import METADATA


def test_only_types_that_lose_nothing_on_any_database() -> None:
    for table in METADATA.tables.values():
        for column in table.columns:
            assert isinstance(column.type, BigInteger | Text), f"{table.name}.{column.name} is {column.type}"


def test_every_table_but_the_version_is_keyed_by_org() -> None:
    for table in METADATA.tables.values():
        if table.name != "schema_version":
            assert next(iter(table.primary_key)).name == "org", table.name


def test_a_flag_that_is_neither_0_nor_1_is_refused_by_the_database(store: Store) -> None:
    row = {"org": "acme", "digest": "d", "seq": 1, "who": "me", "at": 0, "excluded": "[]", "standing": 2}
    with pytest.raises(IntegrityError), store.write() as tx:
        tx.connection.execute(insert(METADATA.tables["approval"]), row)


def test_the_migrations_lay_exactly_the_described_schema(store: Store) -> None:
    laid = MetaData()
    with store.read() as tx:
        laid.reflect(tx.connection)
    assert set(laid.tables) >= set(METADATA.tables)
    for name, table in METADATA.tables.items():
        found = laid.tables[name]
        assert [(c.name, str(c.type), c.nullable) for c in found.columns] == [
            (c.name, str(c.type), c.nullable) for c in table.columns
        ], name
        assert [c.name for c in found.primary_key] == [c.name for c in table.primary_key], name
        assert {(i.name, tuple(c.name for c in i.columns)) for i in found.indexes} == {
            (i.name, tuple(c.name for c in i.columns)) for i in table.indexes
        }, name


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [step.version for step in migrations.known()] == list(range(1, len(migrations.known()) + 1))


def test_a_later_migration_runs_once_and_on_top(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [*migrations.known(), Migration(len(migrations.known()) + 1, "more", ("CREATE TABLE more (x BIGINT)",))]
    monkeypatch.setattr(migrations, "known", lambda: steps)
    for _ in range(2):
        with file_store.write() as tx:
            assert migrations.migrate(tx.connection, "here") == len(steps)
    with file_store.read() as tx:
        assert tx.connection.execute(text("SELECT count(*) FROM more")).scalar() == 0
        assert migrations.current_version(tx.connection) == len(steps)


def test_a_migration_that_fails_halfway_leaves_nothing(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = migrations.known()[-1].version
    steps = [*migrations.known(), Migration(newest + 1, "bad", ("CREATE TABLE half (x BIGINT)", "CREATE TABLE"))]
    monkeypatch.setattr(migrations, "known", lambda: steps)
    with pytest.raises(OperationalError), file_store.write() as tx:
        migrations.migrate(tx.connection, "here")
    with file_store.read() as tx:
        assert migrations.current_version(tx.connection) == newest
        with pytest.raises(OperationalError, match="no such table"):
            tx.connection.execute(text("SELECT 1 FROM half"))


def test_a_state_from_the_future_names_both_versions(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "known", lambda: [Migration(0, "older program", ())])
    with pytest.raises(StoreError, match=r"schema \d+; this one knows up to 0"), file_store.write() as tx:
        migrations.migrate(tx.connection, "here")
