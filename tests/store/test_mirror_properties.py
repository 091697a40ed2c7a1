from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from syncagent.domain.records import Record, RecordRef, Scalar, State
from syncagent.store import Store, mirror, open_store
from syncagent.store.schema import field_change

START = datetime(2026, 1, 1, tzinfo=UTC)

scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"]))
documents = st.dictionaries(st.sampled_from(["a", "b", "日本", "x.y"]), scalars)
sightings = st.builds(
    lambda number, fields, minutes, state: Record(
        RecordRef("hubspot", "contacts", str(number)),
        fields,
        START + timedelta(minutes=minutes),
        START + timedelta(minutes=minutes),
        state,
    ),
    st.integers(1, 3),
    documents,
    st.integers(0, 9),
    st.sampled_from(State),
)
histories = st.lists(sightings, max_size=12)


@contextmanager
def new_store() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/state.db", org="acme")
        yield store
        store.close()


def everything(store: Store) -> list[Record]:
    with store.read() as tx:
        return list(mirror.records(tx, "hubspot", "contacts", states=tuple(State)))


@settings(max_examples=25, deadline=None)
@given(histories, st.integers(1, 5))
def test_a_page_taken_in_twice_is_taken_in_once(history: list[Record], size: int) -> None:
    with new_store() as store:
        for start in range(0, len(history), size):
            page = history[start : start + size]
            with store.write() as tx:
                mirror.upsert_records(tx, page)
            before = everything(store)
            with store.write() as tx:
                again = mirror.upsert_records(tx, [record for record in before for _ in range(2)])
            assert (again.new, again.changed, again.gone) == (0, 0, 0)
            assert everything(store) == before


@settings(max_examples=25, deadline=None)
@given(histories)
def test_the_changes_replay_from_the_first_document_to_the_current_one(history: list[Record]) -> None:
    first: dict[str, dict[str, Scalar]] = {}
    for record in history:
        first.setdefault(record.ref.id, dict(record.fields))
    with new_store() as store:
        with store.write() as tx:
            mirror.upsert_records(tx, history)
        with store.read() as tx:
            changes = tx.connection.execute(select(field_change).order_by(field_change.c.seq)).all()
        for change in changes:
            if change.field == mirror.STATE_FIELD:
                continue
            document = first[change.id]
            old = orjson.dumps(document[change.field]).decode() if change.field in document else None
            assert change.before == old
            if change.after is None:
                del document[change.field]
            else:
                document[change.field] = orjson.loads(change.after)
        assert {record.ref.id: dict(record.fields) for record in everything(store)} == first


@settings(max_examples=25, deadline=None)
@given(histories)
def test_the_newest_stamp_wins_in_whatever_order_it_arrives(history: list[Record]) -> None:
    with new_store() as store:
        with store.write() as tx:
            mirror.upsert_records(tx, history)
        newest = {record.ref.id: max(r.modified for r in history if r.ref == record.ref) for record in history}
        assert {record.ref.id: record.modified for record in everything(store)} == newest
