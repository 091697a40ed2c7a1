"""What every connector must get right when it reads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syncagent.domain.records import Cursor, Page, Record, State
from syncagent.errors import Rejected
from tests.connectors.contract.systems import Side
from tests.connectors.dataset import PEOPLE


def pull(side: Side, cursor: Cursor | None = None) -> tuple[list[Page], Cursor]:
    pages = list(side.connector.pull(side.words.people, [side.words.last_name, side.words.email], cursor))
    last = next(page.cursor for page in reversed(pages) if page.cursor)
    return pages, last


def records_of(pages: list[Page]) -> dict[str, Record]:
    """Keep what a mirror would: the newest version of each record."""
    kept: dict[str, Record] = {}
    for record in (record for page in pages for record in page.records):
        if record.ref.id not in kept or kept[record.ref.id].modified <= record.modified:
            kept[record.ref.id] = record
    return kept


def test_a_first_pull_reads_everything_once(side: Side) -> None:
    pages, cursor = pull(side)
    ids = [record.ref.id for page in pages for record in page.records]
    assert len(ids) == len(set(ids)) == PEOPLE
    first = records_of(pages)[side.words.id_of(1)]
    assert first.fields == {side.words.last_name: "山田1", side.words.email: "yamada1@kaisha.example"}
    assert first.state is State.LIVE
    assert first.seen_at == side.connector.clock()
    assert cursor.at == max(record.modified for record in records_of(pages).values())


def test_the_cursor_ignores_our_own_clock(side: Side) -> None:
    side.time.passed = 1_000_000
    _, cursor = pull(side)
    assert cursor.at < side.box.clock.now()


def test_an_incremental_pull_reads_what_changed_and_the_overlap(side: Side) -> None:
    _, cursor = pull(side)
    side.edit(7, last_name="新七")
    calls = side.connector.calls
    pages, after = pull(side, cursor)
    found = records_of(pages)
    assert found[side.words.id_of(7)].fields[side.words.last_name] == "新七"
    assert set(found) == {side.words.id_of(number) for number in (7, *range(PEOPLE - 5, PEOPLE + 1))}
    assert after.at > cursor.at
    assert side.connector.calls - calls <= 2


def test_a_pull_without_changes_moves_nothing(side: Side) -> None:
    _, cursor = pull(side)
    pages, after = pull(side, cursor)
    assert (after.at, sum(len(page.records) for page in pages)) == (cursor.at, 6)


def test_a_row_that_appears_with_an_older_stamp_is_found(side: Side) -> None:
    _, cursor = pull(side)
    late = Cursor(cursor.at + timedelta(seconds=200), cursor.id)
    found = records_of(pull(side, late)[0])
    assert side.words.id_of(PEOPLE) in found


def test_an_edit_while_paging_is_not_lost(side: Side) -> None:
    stream = side.connector.pull(side.words.people, [side.words.last_name], None)
    pages = [next(stream)]
    side.edit(1, last_name="最新")
    side.edit(PEOPLE, last_name="最後")
    pages += list(stream)
    cursor = next(page.cursor for page in reversed(pages) if page.cursor)
    pages += pull(side, cursor)[0]
    found = records_of(pages)
    assert len(found) == PEOPLE
    assert found[side.words.id_of(1)].fields[side.words.last_name] == "最新"
    assert found[side.words.id_of(PEOPLE)].fields[side.words.last_name] == "最後"


def test_a_pull_goes_on_from_the_page_that_was_stored(side: Side) -> None:
    _, cursor = pull(side)
    for number in range(1, 451):
        side.edit(number, last_name=f"改{number}")
    stream = side.connector.pull(side.words.people, [side.words.last_name], cursor)
    first = next(stream)
    rest = list(side.connect().pull(side.words.people, [side.words.last_name], first.cursor))
    found = records_of([first, *rest])
    assert {side.words.id_of(number) for number in range(1, 451)} <= set(found)


def test_archived_records_come_as_deleted(side: Side) -> None:
    _, cursor = pull(side)
    gone = side.words.id_of(3)
    write_archive(side, gone)
    found = records_of(pull(side, cursor)[0])
    assert found[gone].state is State.DELETED
    assert gone not in side.connector.read(side.words.people, [gone], [side.words.last_name])


def write_archive(side: Side, record_id: str) -> None:
    from syncagent.connectors.protocol import Write

    side.connector.write(side.words.people, [Write("a", "archive", record_id)])


def test_reading_by_id_leaves_out_what_is_not_there(side: Side) -> None:
    ids = [side.words.id_of(number) for number in range(1, 151)]
    found = side.connector.read(side.words.people, [*ids, side.words.absent_id], [side.words.email])
    assert set(found) == set(ids)
    assert found[ids[0]].fields == {side.words.email: "yamada1@kaisha.example"}
    assert side.connector.read(side.words.people, [], [side.words.email]) == {}


def test_finding_by_value_ignores_case_and_keeps_the_asked_spelling(side: Side) -> None:
    asked = ["Yamada5@KAISHA.example", "nobody@kaisha.example"]
    found = side.connector.find(side.words.people, side.words.email, asked, [side.words.last_name])
    assert {value: record.ref.id for value, record in found.items()} == {asked[0]: side.words.id_of(5)}


def test_unknown_fields_are_named_before_anything_is_read(side: Side) -> None:
    side.connector.describe(side.words.people)
    calls = side.connector.calls
    with pytest.raises(Rejected, match=r"Nope__c, typo"):
        side.connector.pull(side.words.people, [side.words.email, "typo", "Nope__c"], None)
    with pytest.raises(Rejected, match="typo"):
        side.connector.find(side.words.people, "typo", ["x"], [])
    assert side.connector.calls == calls


def test_an_unknown_object_is_named(side: Side) -> None:
    with pytest.raises(Rejected, match="Unicorn"):
        side.connector.describe("Unicorn")


def test_fields_are_described(side: Side) -> None:
    fields = side.connector.describe(side.words.people)
    assert fields[side.words.unique].unique
    assert fields[side.words.last_name].writable
    stamp = "SystemModstamp" if side.words.system == "salesforce" else "lastmodifieddate"
    assert not fields[stamp].writable


def test_a_pull_of_every_field_works(side: Side) -> None:
    names = list(side.connector.describe(side.words.people))
    pages = list(side.connector.pull(side.words.people, names, None))
    assert sum(len(page.records) for page in pages) == PEOPLE
    assert all(set(record.fields) <= set(names) for page in pages for record in page.records)


def test_owners_stages_and_history(side: Side) -> None:
    owners = {owner.email: owner for owner in side.connector.owners()}
    assert owners["sato@kumo.example"].team == "営業一課"
    stages = side.connector.stages()
    assert [(stage.label, stage.is_closed, stage.is_won) for stage in stages] == [
        ("P1 課題認識", False, False),
        ("受注", True, True),
    ]
    deals = "Opportunity" if side.words.system == "salesforce" else "deals"
    everything = list(side.connector.stage_history(deals, None, None))
    assert [entry.stage for entry in everything] == [stage.id for stage in stages]
    entered = everything[1].at
    assert list(side.connector.stage_history(deals, [everything[0].record_id], None)) == everything
    assert list(side.connector.stage_history(deals, None, entered)) == everything
    assert list(side.connector.stage_history(deals, None, entered + timedelta(days=1))) == []
    with pytest.raises(Rejected, match="stage history"):
        list(side.connector.stage_history(side.words.people, None, None))


def test_the_clock_is_the_servers(side: Side) -> None:
    assert side.connector.clock() == side.box.clock.now()


def test_associations(side: Side) -> None:
    found = list(side.connector.associations("contacts", "companies", ["1", "2"]))
    assert [(one.from_id, one.to_id, one.type_ids) for one in found] == (
        [] if side.words.system == "salesforce" else [("1", "7001", (279,))]
    )
