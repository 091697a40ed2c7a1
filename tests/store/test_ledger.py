from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update

from syncagent.store import Store, ledger
from syncagent.store.ledger import FIRST_PREVIOUS
from syncagent.store.schema import ledger as table

NOON = datetime(2026, 11, 16, 3, tzinfo=UTC)
LENGTH = 5


@pytest.fixture
def filled(store: Store) -> Store:
    for number in range(1, LENGTH + 1):
        with store.write() as tx:
            ledger.append(tx, NOON, "hana", "write", {"number": number, "text": "変更"})
    return store


def broken(store: Store) -> int | None:
    with store.read() as tx:
        return ledger.verify(tx)


def test_an_empty_and_an_untouched_ledger_are_sound(store: Store, filled: Store) -> None:
    assert broken(store) is None
    with filled.read() as tx:
        entries = list(ledger.entries(tx))
        assert [entry.seq for entry in ledger.entries(tx, since=3)] == [4, 5]
    assert [entry.body["number"] for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[0].previous == FIRST_PREVIOUS
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert entries[0].at == NOON


@pytest.mark.parametrize(
    ("column", "value"),
    [("at", 1), ("actor", "eve"), ("kind", "read"), ("body", "{}"), ("hash", "0" * 64), ("previous", "1" * 64)],
)
def test_any_edited_column_is_found_at_its_entry(filled: Store, column: str, value: str | int) -> None:
    with filled.write() as tx:
        tx.connection.execute(update(table).where(table.c.org == filled.org, table.c.seq == 3).values({column: value}))
    assert broken(filled) == 3


@pytest.mark.parametrize("seq", [1, 3, LENGTH])
def test_a_missing_entry_is_found_even_at_the_end(filled: Store, seq: int) -> None:
    with filled.write() as tx:
        tx.connection.execute(delete(table).where(table.c.org == filled.org, table.c.seq == seq))
    assert broken(filled) == seq


def test_an_edit_resealed_by_a_careful_forger_breaks_the_next_entry(filled: Store) -> None:
    with filled.write() as tx:
        entry = list(ledger.entries(tx))[2]
        sealed = ledger._seal(filled.org, 3, 0, "eve", entry.kind, "{}", entry.previous)
        forged = {"at": 0, "actor": "eve", "body": "{}", "hash": sealed}
        tx.connection.execute(update(table).where(table.c.org == filled.org, table.c.seq == 3).values(forged))
    assert broken(filled) == 4


def test_an_entry_rolled_back_leaves_no_gap(filled: Store) -> None:
    def append_and_fail() -> None:
        with filled.write() as tx:
            ledger.append(tx, NOON, "hana", "write", {})
            raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        append_and_fail()
    with filled.write() as tx:
        assert ledger.append(tx, NOON, "hana", "write", {}).seq == LENGTH + 1
    assert broken(filled) is None
