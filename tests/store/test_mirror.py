from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syncagent.domain.records import Cursor, Fields, Record, RecordRef, Scalar, State, System
from syncagent.store import Store, mirror
from syncagent.store.mirror import UpsertCounts

NOON = datetime(2026, 11, 16, 3, tzinfo=UTC)
WATCHED: set[tuple[System, str]] = {("hubspot", "contacts")}


def contact(
    number: int,
    fields: Fields,
    minutes: int = 0,
    *,
    seen: int | None = None,
    state: State = State.LIVE,
    successor: str | None = None,
) -> Record:
    modified = NOON + timedelta(minutes=minutes)
    seen_at = NOON + timedelta(minutes=minutes if seen is None else seen)
    return Record(RecordRef("hubspot", "contacts", str(number)), fields, modified, seen_at, state, successor)


def lead(record_id: str, state: State = State.LIVE, successor: str | None = None, object_name: str = "Lead") -> Record:
    return Record(RecordRef("salesforce", object_name, record_id), {"Id": record_id}, NOON, NOON, state, successor)


def take_in(store: Store, *records: Record) -> UpsertCounts:
    with store.write() as tx:
        return mirror.upsert_records(tx, records, WATCHED)


def stored(store: Store, number: int) -> Record | None:
    with store.read() as tx:
        return mirror.record(tx, RecordRef("hubspot", "contacts", str(number)))


def test_what_goes_in_comes_out(store: Store) -> None:
    fields: dict[str, Scalar] = {
        "name": "髙橋 😀",
        "n": 7,
        "ok": True,
        "blank": None,
        "nul": "a\0b",
        "csv": "=cmd|'/c'!A1\r\n",
    }
    assert take_in(store, contact(1, fields)) == UpsertCounts(new=1)
    assert stored(store, 1) == contact(1, fields)
    assert stored(store, 2) is None


def test_half_an_emoji_is_stored_as_a_replacement_and_not_refused(store: Store) -> None:
    take_in(store, contact(1, {"bad": "x\ud83d", "pair": "\ud83d\ude00"}))
    found = stored(store, 1)
    assert found is not None
    assert found.fields == {"bad": "x\ufffd", "pair": "😀"}


def test_a_second_pass_changes_nothing(store: Store) -> None:
    page = [contact(n, {"a": n}) for n in range(3)]
    take_in(store, *page)
    assert take_in(store, *page) == UpsertCounts(same=3)


def test_an_older_stamp_never_overwrites_newer_data(store: Store) -> None:
    take_in(store, contact(1, {"a": "new"}, 10))
    assert take_in(store, contact(1, {"a": "old"}, 5, seen=20)) == UpsertCounts(same=1)
    assert take_in(store, contact(1, {"a": "late"}, 10, seen=9)) == UpsertCounts(same=1)
    assert stored(store, 1) == contact(1, {"a": "new"}, 10)


def test_a_formula_that_moves_without_a_stamp_is_seen(store: Store) -> None:
    take_in(store, contact(1, {"a": 1}, 10))
    assert take_in(store, contact(1, {"a": 2}, 10, seen=11)) == UpsertCounts(changed=1)


def test_a_stamp_that_moves_without_a_value_is_kept_and_dirties_nothing(store: Store) -> None:
    take_in(store, contact(1, {"a": 1}))
    with store.write() as tx:
        mirror.clear_dirty(tx, [RecordRef("hubspot", "contacts", "1")])
    assert take_in(store, contact(1, {"a": 1}, 30)) == UpsertCounts(same=1)
    assert stored(store, 1) == contact(1, {"a": 1}, 30)
    with store.read() as tx:
        assert mirror.dirty_records(tx, "hubspot", "contacts") == []


def test_the_same_record_twice_in_one_page_passes_through_both_values(store: Store) -> None:
    counts = take_in(store, contact(1, {"a": 1}), contact(2, {}), contact(1, {"a": 2}, 1), contact(1, {"a": 1}, 0))
    assert counts == UpsertCounts(new=2, changed=1, same=1)
    assert stored(store, 1) == contact(1, {"a": 2}, 1)


def test_a_deletion_keeps_the_last_values_and_an_undelete_brings_the_record_back(store: Store) -> None:
    take_in(store, contact(1, {"a": 1}))
    assert take_in(store, contact(1, {}, 5, state=State.DELETED)) == UpsertCounts(gone=1)
    assert stored(store, 1) == contact(1, {"a": 1}, 5, state=State.DELETED)
    with store.read() as tx:
        assert list(mirror.records(tx, "hubspot", "contacts")) == []
        assert mirror.count(tx, "hubspot", "contacts") == 0
        assert [r.ref.id for r in mirror.records(tx, "hubspot", "contacts", states=[State.DELETED])] == ["1"]
    assert take_in(store, contact(1, {"a": 1}, 9)) == UpsertCounts(changed=1)
    assert take_in(store, contact(2, {}, 9, state=State.DELETED)) == UpsertCounts(gone=1)


def test_reading_many_by_id_crosses_batches_and_widens_short_ids(store: Store) -> None:
    take_in(store, *(contact(n, {"n": n}) for n in range(1234)), lead("00Q000000000001EAA"))
    with store.read() as tx:
        everyone = {record.ref.id for record in mirror.records(tx, "hubspot", "contacts", map(str, range(2000)))}
        short = [record.ref.id for record in mirror.records(tx, "salesforce", "Lead", ["00Q000000000001"])]
    assert everyone == {str(n) for n in range(1234)}
    assert short == ["00Q000000000001EAA"]


def test_successors_are_followed_through_merges_and_conversions(store: Store) -> None:
    take_in(
        store,
        contact(1, {}, state=State.MERGED, successor="2"),
        contact(2, {}, state=State.MERGED, successor="3"),
        contact(3, {}),
        contact(4, {}, state=State.MERGED, successor="5"),
        contact(5, {}, state=State.MERGED, successor="4"),
        lead("00Q1", State.CONVERTED, "0031"),
        lead("0031", State.MERGED, "0032", "Contact"),
    )
    with store.read() as tx:
        assert mirror.resolve(tx, RecordRef("hubspot", "contacts", "1")).id == "3"
        assert mirror.resolve(tx, RecordRef("hubspot", "contacts", "3")).id == "3"
        assert mirror.resolve(tx, RecordRef("hubspot", "contacts", "9")).id == "9"
        assert mirror.resolve(tx, RecordRef("hubspot", "contacts", "4")).id in {"4", "5"}
        assert str(mirror.resolve(tx, RecordRef("salesforce", "Lead", "00Q1"))) == "salesforce/Contact/0032"


def test_a_page_and_its_cursor_are_stored_together_or_not_at_all(store: Store) -> None:
    with store.read() as tx:
        assert mirror.cursor(tx, "hubspot", "contacts") is None

    def store_page_and_fail() -> None:
        with store.write() as tx:
            mirror.upsert_records(tx, [contact(1, {})])
            mirror.save_cursor(tx, "hubspot", "contacts", Cursor(NOON, "1"))
            raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        store_page_and_fail()
    assert stored(store, 1) is None
    for cursor in (Cursor(NOON, "1"), Cursor(NOON + timedelta(microseconds=1), "2")):
        with store.write() as tx:
            mirror.save_cursor(tx, "hubspot", "contacts", cursor)
        with store.read() as tx:
            assert mirror.cursor(tx, "hubspot", "contacts") == cursor


def test_only_watched_objects_become_dirty_until_cleared(store: Store) -> None:
    take_in(store, contact(1, {}), contact(2, {}), lead("00Q1"))
    with store.read() as tx:
        assert mirror.dirty_records(tx, "hubspot", "contacts") == ["1", "2"]
        assert mirror.dirty_records(tx, "salesforce", "Lead") == []
    with store.write() as tx:
        mirror.clear_dirty(tx, [RecordRef("hubspot", "contacts", "1")])
        mirror.mark_all_dirty(tx, [("salesforce", "Lead")])
    with store.read() as tx:
        assert mirror.dirty_records(tx, "hubspot", "contacts") == ["2"]
        assert mirror.dirty_records(tx, "salesforce", "Lead") == ["00Q1"]


def test_a_field_changes_when_its_value_does_not_when_it_comes_into_view(store: Store) -> None:
    ref = RecordRef("hubspot", "contacts", "1")
    take_in(store, contact(1, {"a": 1}))
    take_in(store, contact(1, {"a": 1, "mapped_later": "x"}, 5))
    take_in(store, contact(1, {"a": None, "mapped_later": "x"}, 10))
    with store.read() as tx:
        assert mirror.field_changed_at(tx, ref, "a") == NOON + timedelta(minutes=10)
        assert mirror.field_changed_at(tx, ref, "mapped_later") is None
        assert mirror.field_changed_at(tx, ref, "unknown") is None
    take_in(store, contact(1, {}, 20, state=State.DELETED))
    with store.read() as tx:
        assert mirror.field_changed_at(tx, ref, mirror.STATE_FIELD) == NOON + timedelta(minutes=20)


def test_stage_entries_are_remembered_once_and_read_oldest_first(store: Store) -> None:
    rows = [("1", "P2", NOON), ("1", "P1", NOON - timedelta(days=3)), ("2", "P1", NOON)]
    for _ in range(2):
        with store.write() as tx:
            mirror.add_stage_entries(tx, "hubspot", "deals", rows)
    with store.read() as tx:
        assert list(mirror.stage_entries(tx, "hubspot", "deals", ["1", "7"])) == [rows[1], rows[0]]
        assert len(list(mirror.stage_entries(tx, "hubspot", "deals"))) == 3
        assert mirror.first_stage_at(tx, "hubspot", "deals") == rows[1][2]
        assert mirror.first_stage_at(tx, "salesforce", "Opportunity") is None


def test_associations_are_replaced_per_source_record(store: Store) -> None:
    def put(ids: list[str], rows: list[tuple[str, str, str, tuple[int, ...]]], to_object: str | None = None) -> None:
        with store.write() as tx:
            mirror.put_associations(tx, "contacts", ids, rows, to_object=to_object)

    def read(to_object: str) -> list[tuple[str, str]]:
        with store.read() as tx:
            return list(mirror.associations(tx, "contacts", to_object))

    put(["1", "2"], [("1", "deals", "9", (3,)), ("1", "companies", "5", (1, 279)), ("2", "deals", "9", (3,))])
    put(["1"], [("1", "deals", "8", (3,))], "deals")
    with store.write() as tx:
        before = tx.reserve("seq")
    put(["1"], [("1", "deals", "8", (3,))], "deals")
    with store.write() as tx:
        assert tx.reserve("seq") == before + 1, "what did not change is not fed again"
    assert read("deals") == [("1", "8"), ("2", "9")]
    assert read("companies") == [("1", "5")]
    put(["1"], [("1", "deals", "9", (3,))])
    assert read("deals") == [("1", "9"), ("2", "9")]
    assert read("companies") == []
    with pytest.raises(ValueError, match="outside the records"):
        put(["1"], [("2", "deals", "9", (3,))])
    with pytest.raises(ValueError, match="outside the records"):
        put(["1"], [("1", "companies", "9", (3,))], "deals")
