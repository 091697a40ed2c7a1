from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from syncagent.domain.money import Money
from syncagent.domain.records import Fields, Link, Record, RecordRef, Scalar, State
from syncagent.errors import Busy, StoreError
from syncagent.language.conditions import ColumnType
from syncagent.store import Store, analytics, links, mirror, open_store
from syncagent.store.analytics import Cell, ColumnSpec, ViewSpec, file

NOON = datetime(2026, 11, 16, 3, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
DEALS = ViewSpec("deals", "hubspot", "deals", (ColumnSpec("stage", "dealstage", "text"), ColumnSpec("n", "n", "int")))


class Case(TypedDict, total=False):
    type: ColumnType
    raw: Scalar
    currency: str
    expected: Scalar


def cases() -> list[Case]:
    loaded: list[Case] = YAML(typ="safe").load(Path(__file__).parents[1] / "cases" / "store" / "columns.yaml")
    return loaded


def deal(number: int | str, fields: Fields, minutes: int = 0, state: State = State.LIVE) -> Record:
    at = NOON + timedelta(minutes=minutes)
    return Record(RecordRef("hubspot", "deals", str(number)), fields, at, at, state)


def take_in(store: Store, *records: Record) -> None:
    with store.write() as tx:
        mirror.upsert_records(tx, records)


def refresh(store: Store, *views: ViewSpec) -> None:
    analytics.refresh(store, views or [DEALS], zone=TOKYO, currency="JPY")


def rows(store: Store, sql: str = "SELECT id, stage, n FROM deals ORDER BY id") -> list[tuple[Cell, ...]]:
    return [tuple(row.values()) for row in analytics.query(store, sql)]


def test_every_reviewed_case_of_a_typed_column(store: Store) -> None:
    reviewed = cases()
    columns = tuple(
        ColumnSpec(f"c{place}", f"f{place}", case["type"], currency="currency" if case["type"] == "minor" else "")
        for place, case in enumerate(reviewed)
    )
    currency = ColumnSpec("currency", "CurrencyIsoCode", "text")
    for place, case in enumerate(reviewed):
        take_in(store, deal(place, {f"f{place}": case["raw"], "CurrencyIsoCode": case.get("currency")}))
    refresh(store, ViewSpec("typed", "hubspot", "deals", (*columns, currency)))
    for place, case in enumerate(reviewed):
        (row,) = analytics.query(store, "SELECT * FROM typed WHERE id = ?", [str(place)])
        found = row[f"c{place}"]
        assert (str(found) if isinstance(found, Decimal) else found) == case["expected"], case
        assert type(found) is not float


def test_columns_have_the_promised_types(file_store: Store) -> None:
    kinds: list[ColumnType] = ["text", "int", "bool", "day", "instant", "minor", "decimal"]
    view = ViewSpec("all_kinds", "hubspot", "deals", tuple(ColumnSpec(kind, kind, kind) for kind in kinds))
    refresh(file_store, view)
    found = {row["column_name"]: row["column_type"] for row in analytics.query(file_store, "DESCRIBE all_kinds")}
    assert found == {
        "id": "VARCHAR",
        "_state": "VARCHAR",
        "text": "VARCHAR",
        "int": "BIGINT",
        "bool": "BOOLEAN",
        "day": "INTEGER",
        "instant": "BIGINT",
        "minor": "BIGINT",
        "decimal": "DECIMAL(38,9)",
    }


@settings(max_examples=20, deadline=None)
@given(st.lists(st.decimals(min_value=-(10**12), max_value=10**12, places=4), min_size=1, max_size=50))
def test_minor_units_agree_with_the_one_money_type(amounts: list[Decimal]) -> None:
    asked = {f"{n}-{code}": (str(amount), code) for n, amount in enumerate(amounts) for code in ("JPY", "USD", "KWD")}
    view = ViewSpec("v", "hubspot", "deals", (ColumnSpec("a", "a", "minor", "c"), ColumnSpec("c", "c", "text")))
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/state.db", org="acme")
        take_in(store, *(deal(key, {"a": amount, "c": code}) for key, (amount, code) in asked.items()))
        refresh(store, view)
        found = {row["id"]: row["a"] for row in analytics.query(store, "SELECT id, a FROM v")}
        store.close()
    assert found == {key: Money.parse(amount, code).amount_minor for key, (amount, code) in asked.items()}


def test_only_what_changed_is_fed_and_the_result_is_the_same(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(file_store, *(deal(n, {"dealstage": "P1", "n": n}) for n in range(50)))
    refresh(file_store)
    monkeypatch.setattr(analytics, "discard", lambda _: pytest.fail("nothing was in doubt"))
    inode = file_store.file(".analytics.duckdb").stat().st_ino
    take_in(file_store, deal(1, {"dealstage": "P2", "n": 1}, 5), deal(2, {}, 5, State.DELETED), deal(99, {"n": 99}))
    refresh(file_store)
    found = rows(file_store)
    assert file_store.file(".analytics.duckdb").stat().st_ino == inode
    assert len(found) == 50
    assert ("1", "P2", 1) in found
    assert ("99", None, 99) in found
    assert "2" not in {row[0] for row in found}
    assert rows(file_store, "SELECT _state, n FROM deals_all WHERE id = '2'") == [("deleted", 2)]
    file_store.file(".analytics.duckdb").unlink()
    refresh(file_store)
    assert rows(file_store) == found


def test_a_view_that_changes_its_columns_is_fed_anew_and_one_no_longer_declared_is_dropped(store: Store) -> None:
    take_in(store, deal(1, {"dealstage": "P1", "n": 5, "amount": "7"}))
    refresh(store)
    wider = ViewSpec("deals", "hubspot", "deals", (*DEALS.columns, ColumnSpec("amount", "amount", "minor")))
    refresh(store, wider, ViewSpec("twin", "hubspot", "deals", ()))
    assert rows(store, "SELECT id, stage, n, amount FROM deals") == [("1", "P1", 5, 7)]
    assert rows(store, "SELECT id FROM twin") == [("1",)]
    refresh(store, wider)
    with pytest.raises(duckdb.CatalogException, match="twin"):
        rows(store, "SELECT id FROM twin")


def test_another_zone_counts_the_days_anew(store: Store) -> None:
    take_in(store, deal(1, {"at": "2026-11-15T15:00:00+00:00"}))
    view = ViewSpec("v", "hubspot", "deals", (ColumnSpec("day", "at", "day"),))
    for zone, expected in (("Asia/Tokyo", 20773), ("UTC", 20772), ("America/New_York", 20772)):
        analytics.refresh(store, [view], zone=ZoneInfo(zone), currency="JPY")
        assert rows(store, "SELECT day FROM v") == [(expected,)]


def test_histories_associations_and_links_are_tables_of_their_own(store: Store) -> None:
    ends = RecordRef("salesforce", "Opportunity", "0061"), RecordRef("hubspot", "deals", "1")
    with store.write() as tx:
        mirror.add_stage_entries(tx, "hubspot", "deals", [("1", "P1", datetime(2026, 11, 15, 15, tzinfo=UTC))])
        mirror.put_associations(tx, "deals", ["1"], [("1", "contacts", "7", (3,)), ("1", "contacts", "8", (3,))])
        links.add_links(tx, [Link("deal", *ends, "created")])
    refresh(store)
    stages = [("hubspot", "deals", "1", "P1", 1794754800000000, 20773)]
    assert rows(store, "SELECT system, object, id, stage, at_us, day FROM stage_history") == stages
    assert rows(store, "SELECT * FROM association ORDER BY to_id") == [
        ("deals", "1", "contacts", n) for n in ("7", "8")
    ]
    assert rows(store, "SELECT pair, salesforce_id, hubspot_id FROM link") == [("deal", "0061", "1")]
    with store.write() as tx:
        mirror.put_associations(tx, "deals", ["1"], [("1", "contacts", "8", (3,))])
        mirror.add_stage_entries(tx, "hubspot", "deals", [("1", "P2", NOON)])
        links.remove_link(tx, Link("deal", *ends, "created"))
    refresh(store)
    assert rows(store, "SELECT to_id FROM association") == [("8",)]
    assert rows(store, "SELECT stage FROM stage_history ORDER BY at_us") == [("P1",), ("P2",)]
    assert rows(store, "SELECT * FROM link") == []


def test_odd_names_and_values_survive(store: Store) -> None:
    columns = (ColumnSpec("a", 'Odd "Field\'s"', "text"), ColumnSpec("A b", "x", "text"))
    take_in(store, deal(1, {'Odd "Field\'s"': 'it\'s "0"\\\n\t髙 😀 {}', "x": "nul\0inside"}))
    refresh(store, ViewSpec("odd", "hubspot", "deals", columns))
    assert rows(store, 'SELECT a, "A b" FROM odd') == [('it\'s "0"\\\n\t髙 😀 {}', "nul\0inside")]


def test_a_damaged_file_is_rebuilt(file_store: Store) -> None:
    take_in(file_store, deal(1, {"n": 1}))
    refresh(file_store)
    path = file_store.file(".analytics.duckdb")
    for damage in (b"", b"no duckdb file", b"\0" * 20_000, path.read_bytes()[:9000]):
        path.write_bytes(damage)
        refresh(file_store)
        assert rows(file_store) == [("1", None, 1)]


def test_a_damaged_file_is_named_by_a_query(file_store: Store) -> None:
    with pytest.raises(StoreError, match=r"acme\.analytics\.duckdb does not exist yet; pull first"):
        rows(file_store)
    file_store.file(".analytics.duckdb").write_bytes(b"no duckdb file" * 100)
    with pytest.raises(StoreError, match=r"analytics\.duckdb: .*state itself is untouched.*rebuilt by itself"):
        rows(file_store)


def test_a_file_of_another_state_is_rebuilt(tmp_path: Path) -> None:
    stores = [open_store(f"sqlite:///{tmp_path}/{name}/state.db", org="acme") for name in ("old", "new")]
    take_in(stores[0], *(deal(n, {"n": n}) for n in range(5)))
    take_in(stores[1], *(deal(n, {"n": n}) for n in range(9)))
    refresh(stores[0])
    stores[0].file(".analytics.duckdb").rename(stores[1].file(".analytics.duckdb"))
    refresh(stores[1])
    assert len(rows(stores[1])) == 9
    for store in stores:
        store.close()


def test_a_state_restored_from_a_backup_rebuilds_the_file(file_store: Store) -> None:
    take_in(file_store, deal(1, {"n": 1}), deal(2, {"n": 2}))
    refresh(file_store)
    with file_store.write() as tx:
        tx.connection.exec_driver_sql("DELETE FROM mirror WHERE id = '2'")
        tx.connection.exec_driver_sql("UPDATE counter SET value = 1 WHERE name = 'seq'")
    refresh(file_store)
    assert rows(file_store) == [("1", None, 1)]


def test_a_query_cannot_reach_other_files_or_write(file_store: Store) -> None:
    refresh(file_store)
    for sql in (f"SELECT * FROM read_text('{__file__}')", "COPY deals TO '/tmp/out.csv'", "INSTALL httpfs"):
        with pytest.raises(duckdb.PermissionException):
            rows(file_store, sql)
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        rows(file_store, "DROP VIEW deals")


def test_two_readers_at_once_and_a_writer_alone(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    refresh(file_store)
    monkeypatch.setattr(file, "WAIT_S", 0.05)
    with file.locked(file_store, exclusive=False):
        assert rows(file_store) == []
        with pytest.raises(Busy, match=r"acme\.analytics\.duckdb has been in use by another process"):
            refresh(file_store)


def test_a_view_with_unclear_columns_is_refused() -> None:
    for columns in (
        (ColumnSpec("a", "x", "text"), ColumnSpec("a", "y", "text")),
        (ColumnSpec("_state", "x", "text"),),
        (ColumnSpec("a", "x", "minor", currency="nowhere"),),
    ):
        with pytest.raises(ValueError, match="view v: "):
            ViewSpec("v", "hubspot", "deals", columns)


def test_a_folder_that_cannot_hold_the_lock_is_named(file_store: Store) -> None:
    file_store.file(".analytics.lock").mkdir()
    with pytest.raises(StoreError, match=r"analytics\.lock: the lock file cannot be opened"):
        refresh(file_store)


@pytest.mark.parametrize("suffix", [".analytics.duckdb", ".analytics.duckdb.wal"])
def test_a_file_that_cannot_be_written_at_all_is_named(file_store: Store, suffix: str) -> None:
    file_store.file(suffix).mkdir()
    with pytest.raises(StoreError, match=r"acme\.analytics\.duckdb: .*The state itself is untouched"):
        refresh(file_store)


CROWDED = """
import resource, sys
from zoneinfo import ZoneInfo
from syncagent.errors import StoreError
from syncagent.store import analytics, open_store
store = open_store(sys.argv[1], org="acme")
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
view = analytics.ViewSpec("deals", "hubspot", "deals", (analytics.ColumnSpec("n", "n", "text"),))
try:
    analytics.refresh(store, [view], zone=ZoneInfo("UTC"), currency="JPY")
except StoreError as error:
    print(error)
"""


@pytest.mark.parametrize("bytes_max", [20_000, 300_000])
def test_a_disk_without_room_is_named_and_the_next_refresh_works(file_store: Store, bytes_max: int) -> None:
    take_in(file_store, *(deal(n, {"n": hashlib.sha512(str(n).encode()).hexdigest() * 8}) for n in range(2000)))
    command = [sys.executable, "-c", CROWDED, f"sqlite:///{file_store.path}", str(bytes_max)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "acme.analytics.duckdb: " in result.stdout
    assert "The state itself is untouched. Free space" in result.stdout
    refresh(file_store)
    assert len(rows(file_store)) == 2000
