"""Snapshots of attribution: added once per deal and run, sealed, never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from syncagent.store import Store, snapshots
from syncagent.store.schema import snapshot as table
from syncagent.store.snapshots import Snapshot

NOON = datetime(2026, 11, 16, 3, tzinfo=UTC)
FIRST = Snapshot("0061", "run-0001", "d" * 64, NOON, NOON, ("linear",), {"credits": [{"campaign": "展示会"}]})


def test_a_snapshot_comes_back_as_it_was_taken(store: Store) -> None:
    other = replace(FIRST, opportunity="0062", digest="")
    with store.write() as tx:
        snapshots.add_snapshots(tx, [FIRST, other])
    with store.read() as tx:
        assert snapshots.snapshots(tx) == [FIRST, other]
        assert snapshots.snapshots(tx, "0062") == [other]
        assert snapshots.snapshots(tx, "0069") == []
        assert snapshots.taken_for(tx, "run-0001") == {"0061", "0062"}
        assert snapshots.taken_for(tx, "run-0002") == frozenset()


def test_the_first_snapshot_of_a_deal_and_run_stays(store: Store) -> None:
    late = replace(FIRST, as_of=NOON + timedelta(days=1), credits={}, digest="")
    again = replace(late, run="run-0007", digest="")
    for taken in (FIRST, late, again):
        with store.write() as tx:
            snapshots.add_snapshots(tx, [taken])
    with store.read() as tx:
        assert snapshots.snapshots(tx, "0061") == [FIRST, again]


def test_another_org_has_its_own(store: Store) -> None:
    with store.write() as tx:
        snapshots.add_snapshots(replace(tx, org="other"), [FIRST])
    with store.read() as tx:
        assert snapshots.snapshots(tx) == []
        assert snapshots.snapshots(replace(tx, org="other")) == [FIRST]


def test_a_changed_row_no_longer_fits_its_seal(store: Store) -> None:
    with store.write() as tx:
        snapshots.add_snapshots(tx, [FIRST])
    with store.read() as tx:
        assert [one.sound for one in snapshots.snapshots(tx)] == [True]
    with store.write() as tx:
        tx.connection.execute(update(table).values(credits='{"credits":[{"campaign":"別"}]}'))
    with store.read() as tx:
        assert [one.sound for one in snapshots.snapshots(tx)] == [False]


def test_the_seal_covers_deal_instant_models_and_credits() -> None:
    changed = [
        replace(FIRST, opportunity="0062", digest=""),
        replace(FIRST, as_of=NOON + timedelta(microseconds=1), digest=""),
        replace(FIRST, models=("first_touch",), digest=""),
        replace(FIRST, credits={}, digest=""),
    ]
    assert FIRST.digest not in {one.digest for one in changed}
    assert replace(FIRST, run="run-0009", digest="").digest == FIRST.digest
