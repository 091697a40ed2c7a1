"""What every connector must get right when it writes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syncagent.connectors.protocol import Write, WriteKind
from syncagent.domain.changes import Outcome
from syncagent.errors import Defect
from tests.connectors.contract.systems import Side


def last_name(side: Side, *numbers: int) -> list[object]:
    ids = [side.words.id_of(number) for number in numbers]
    found = side.connector.read(side.words.people, ids, [side.words.last_name])
    return [found[one].fields[side.words.last_name] for one in ids]


def update(side: Side, number: int, name: str) -> Write:
    return Write(f"u{number}", "update", side.words.id_of(number), {side.words.last_name: name})


def create(side: Side, key: str, name: str = "新人", **more: str) -> Write:
    return Write(
        key,
        "create",
        None,
        {side.words.last_name: name, **side.words.required, **more},
        unique=(side.words.unique, key),
    )


def test_a_batch_of_updates_is_one_call(side: Side) -> None:
    side.connector.describe(side.words.people)
    most = side.connector.batch_max("update", guarded=False)
    calls = side.connector.calls
    results = side.connector.write(side.words.people, [update(side, n, f"改{n}") for n in range(1, most + 1)])
    assert side.connector.calls - calls == 1
    assert [(result.key, result.outcome, result.id) for result in results] == [
        (f"u{n}", Outcome.APPLIED, side.words.id_of(n)) for n in range(1, most + 1)
    ]
    assert last_name(side, 1, most) == ["改1", f"改{most}"]


def test_one_bad_record_does_not_stop_the_others(side: Side) -> None:
    broken, code = side.words.broken_email
    bad = Write("bad", "update", side.words.id_of(2), {side.words.email: broken})
    gone = Write("gone", "update", side.words.absent_id, {side.words.last_name: "x"})
    results = side.connector.write(side.words.people, [update(side, 1, "改一"), bad, gone, update(side, 3, "改三")])
    assert [result.outcome for result in results] == [
        Outcome.APPLIED,
        Outcome.REJECTED,
        Outcome.REJECTED,
        Outcome.APPLIED,
    ]
    assert results[1].code == code
    assert results[1].message
    assert results[2].code
    assert last_name(side, 1, 3) == ["改一", "改三"]


def test_an_impossible_write_is_rejected_without_being_sent(side: Side) -> None:
    side.connector.describe(side.words.people)
    calls = side.connector.calls
    (result,) = side.connector.write(side.words.people, [Write("k", "update", side.words.id_of(1), {"Nope__c": "x"})])
    assert (result.outcome, side.connector.calls) == (Outcome.REJECTED, calls)
    assert "Nope__c" in result.message


def test_a_field_is_cleared_by_none(side: Side) -> None:
    side.connector.write(side.words.people, [Write("k", "update", side.words.id_of(1), {side.words.email: None})])
    found = side.connector.read(side.words.people, [side.words.id_of(1)], [side.words.email])
    assert found[side.words.id_of(1)].fields[side.words.email] is None


def test_creates_come_back_with_ids_and_are_found_by_their_unique_value(side: Side) -> None:
    results = side.connector.write(side.words.people, [create(side, "K1"), create(side, "K2", "二人目")])
    assert [result.outcome for result in results] == [Outcome.APPLIED] * 2
    found = side.connector.find(side.words.people, side.words.unique, ["K2", "K1", "K3"], [side.words.last_name])
    assert {value: record.ref.id for value, record in found.items()} == {"K1": results[0].id, "K2": results[1].id}
    assert found["K2"].fields == {side.words.last_name: "二人目"}


def test_a_create_without_a_unique_value(side: Side) -> None:
    write = Write("k", "create", None, {side.words.last_name: "無名", **side.words.required})
    (result,) = side.connector.write(side.words.people, [write])
    assert result.outcome is Outcome.APPLIED
    assert result.id
    assert result.id in side.connector.read(side.words.people, [result.id], [])


def test_creating_the_same_unique_value_again_makes_no_second_record(side: Side) -> None:
    (first,) = side.connector.write(side.words.people, [create(side, "K1")])
    (second,) = side.connector.write(side.words.people, [create(side, "K1")])
    assert second.id == first.id
    assert second.code in {"EXISTED", "CONFLICT"}


def test_archives(side: Side) -> None:
    ids = [side.words.id_of(1), side.words.id_of(2)]
    results = side.connector.write(side.words.people, [Write(one, "archive", one) for one in ids])
    assert [(result.outcome, result.id) for result in results] == [(Outcome.APPLIED, one) for one in ids]
    assert side.connector.read(side.words.people, ids, []) == {}


def test_a_guarded_update_of_an_unchanged_record_is_applied(side: Side) -> None:
    record = side.connector.read(side.words.people, [side.words.id_of(1)], [])[side.words.id_of(1)]
    write = Write("g", "update", record.ref.id, {side.words.last_name: "守"}, unmodified_since=record.modified)
    assert side.connector.batch_max("update", guarded=True) >= 1
    (result,) = side.connector.write(side.words.people, [write])
    assert (result.outcome, last_name(side, 1)) == (Outcome.APPLIED, ["守"])


def test_nothing_is_sent_for_nothing(side: Side) -> None:
    calls = side.connector.calls
    assert side.connector.write(side.words.people, []) == []
    assert side.connector.calls <= calls + 2


@pytest.mark.parametrize("kind", ["create", "update", "archive"])
def test_more_than_a_batch_is_a_defect(side: Side, kind: WriteKind) -> None:
    most = side.connector.batch_max(kind, guarded=False)
    ids = [None if kind == "create" else side.words.id_of(n) for n in range(1, most + 2)]
    with pytest.raises(Defect):
        side.connector.write(side.words.people, [Write(str(n), kind, one) for n, one in enumerate(ids)])


def test_mixed_batches_are_a_defect(side: Side) -> None:
    with pytest.raises(Defect):
        side.connector.write(side.words.people, [update(side, 1, "x"), create(side, "K")])
    with pytest.raises(Defect):
        side.connector.write(side.words.people, [update(side, 1, "x"), update(side, 1, "y")])
    with pytest.raises(Defect):
        side.connector.write(side.words.people, [Write("k", "update", None, {})])


def test_the_servers_stamp_of_a_write_is_later_than_the_read_before_it(side: Side) -> None:
    before = side.connector.read(side.words.people, [side.words.id_of(1)], [])[side.words.id_of(1)]
    side.connector.write(side.words.people, [update(side, 1, "後")])
    after = side.connector.read(side.words.people, [side.words.id_of(1)], [])[side.words.id_of(1)]
    assert after.modified - before.modified > timedelta()
