"""Salesforce answers no sandbox gives on demand: lost locators, merges, conversions, wide objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncagent.connectors.replies import Refusal
from syncagent.connectors.salesforce import soql
from syncagent.connectors.salesforce.client import Client, operation_of
from syncagent.connectors.salesforce.metadata import read_stage_history
from syncagent.connectors.salesforce.reading import Reader, state_of
from syncagent.connectors.salesforce.schema import Schema, fetch_schema
from syncagent.domain.records import Cursor, FieldInfo, State
from syncagent.errors import Rejected

A, B, C = (f"0035g000000000{letter}AAQ" for letter in "ABC")
STAMP = "2026-11-16T00:00:00.000+0000"


@dataclass(slots=True)
class FakeClient:
    """Answers from a script; remembers what was asked."""

    answers: list[Any] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)

    def _next(self, question: object) -> object:
        self.asked.append(question)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def query(self, text: str, *, deleted: bool = False) -> object:
        return self._next((text, deleted))

    def query_more(self, next_url: str) -> object:
        return self._next(next_url)

    def post_read(self, path: str, body: Mapping[str, object]) -> object:
        return self._next((path, body))

    def get(self, path: str) -> object:
        return self._next(path)


def schema(*more: str, stamp: str = "SystemModstamp") -> Schema:
    names = ("Id", stamp, "IsDeleted", "MasterRecordId", "LastName", *more)
    kinds = {"Id": "id", stamp: "datetime", "IsDeleted": "boolean"}
    return Schema("Contact", {name: FieldInfo(name, name, kinds.get(name, "string")) for name in names})


def reader(client: FakeClient, fields: Sequence[str] = ("LastName",), about: Schema | None = None) -> Reader:
    return Reader(cast("Client", client), about or schema(), tuple(fields), lambda: datetime(2026, 11, 16, tzinfo=UTC))


def row(record_id: str, stamp: str = STAMP, **values: object) -> dict[str, object]:
    fixed = {"Id": record_id, "SystemModstamp": stamp, "IsDeleted": False, "MasterRecordId": None, "LastName": "鈴木"}
    return {**fixed, **values}


def page(*rows: Mapping[str, object], more: str = "") -> dict[str, object]:
    return {"records": list(rows), "done": not more, **({"nextRecordsUrl": more} if more else {})}


def refusal(code: str, status: int = 400) -> Refusal:
    return Refusal(code, system="salesforce", code=code, status=status, body=None)


def test_a_forgotten_query_goes_on_from_the_last_page_by_key() -> None:
    client = FakeClient([page(row(A), more="/next"), refusal("INVALID_QUERY_LOCATOR"), page(row(B))])
    pages = list(reader(client).pull(None, timedelta(seconds=300)))
    assert [record.ref.id for one in pages for record in one.records] == [A, B]
    assert client.asked[2][0].endswith(
        f"WHERE (SystemModstamp > 2026-11-16T00:00:00.000Z OR (SystemModstamp = 2026-11-16T00:00:00.000Z "
        f"AND Id > '{A}')) ORDER BY SystemModstamp, Id"
    )


def test_a_query_forgotten_before_its_first_page_is_an_error() -> None:
    with pytest.raises(Refusal):
        list(reader(FakeClient([refusal("INVALID_QUERY_LOCATOR")])).pull(None, timedelta()))
    with pytest.raises(Refusal):
        list(reader(FakeClient([page(row(A), more="/n"), refusal("QUERY_TIMEOUT")])).pull(None, timedelta()))


def test_the_cursor_never_moves_back_into_the_overlap() -> None:
    cursor = Cursor(datetime(2026, 11, 16, 1, tzinfo=UTC), B)
    client = FakeClient([page(row(A), more="/next"), page(row(C, "2026-11-16T02:00:00.000+0000"))])
    pages = list(reader(client).pull(cursor, timedelta(seconds=300)))
    assert "SystemModstamp >= 2026-11-16T00:55:00.000Z" in client.asked[0][0]
    assert client.asked[0][1], "the recycle bin is read too"
    assert [one.cursor for one in pages] == [cursor, Cursor(datetime(2026, 11, 16, 2, tzinfo=UTC), C)]


def test_rows_without_a_system_stamp_are_ordered_by_creation() -> None:
    client = FakeClient([page({"Id": A, "CreatedDate": STAMP, "LastName": "x"})])
    list(reader(client, about=schema(stamp="CreatedDate")).pull(None, timedelta()))
    assert client.asked[0][0].endswith("ORDER BY CreatedDate, Id")
    with pytest.raises(Rejected, match="neither SystemModstamp nor CreatedDate"):
        _ = Schema("Odd", {}).stamp


def test_a_wide_object_is_read_by_id_instead_of_a_long_url() -> None:
    wide = [f"Custom_Field_Number_{number}__c" for number in range(700)]
    values = dict.fromkeys(wide, "v")
    keys = page({"Id": A, "SystemModstamp": STAMP, "IsDeleted": False}, row(B, IsDeleted=True))
    client = FakeClient([keys, [row(A, **values), None]])
    pages = list(reader(client, wide, schema(*wide)).pull(None, timedelta()))
    live, gone = pages[0].records
    assert live.fields == values
    assert (gone.ref.id, gone.state, gone.fields) == (B, State.DELETED, {})
    path, body = client.asked[1]
    assert (path, body["ids"]) == ("composite/sobjects/Contact", [A])
    assert set(wide) < set(body["fields"])
    assert soql.fits(client.asked[0][0])


def test_a_merge_is_followed_to_its_end_under_the_asked_id() -> None:
    client = FakeClient(
        [
            [None, None],
            page({"Id": A, "MasterRecordId": B}),
            page({"Id": B, "MasterRecordId": C}),
            page(),
            [row(C)],
        ]
    )
    found = reader(client).read([A[:15], "0035g000000000ZAAQ"])
    assert set(found) == {A[:15]}
    record = found[A[:15]]
    assert (record.ref.id, record.state, record.successor) == (C, State.MERGED, C)


def test_merges_in_a_circle_end() -> None:
    client = FakeClient([[None], page({"Id": A, "MasterRecordId": B}), page({"Id": B, "MasterRecordId": A}), [None]])
    assert reader(client).read([A]) == {}


def test_what_became_of_a_row() -> None:
    assert state_of({"Id": A}) == (State.LIVE, None)
    assert state_of({"IsDeleted": True, "MasterRecordId": B}) == (State.MERGED, B)
    assert state_of({"IsDeleted": True, "IsConverted": True, "ConvertedContactId": C}) == (State.DELETED, None)
    assert state_of({"IsConverted": True, "ConvertedContactId": C}) == (State.CONVERTED, C)
    assert state_of({"IsConverted": True, "ConvertedContactId": None}) == (State.CONVERTED, None)


def test_two_records_with_one_unique_value_settle_nothing() -> None:
    client = FakeClient([page(row(A, LastName="x"), row(B, LastName="X"), row(C, LastName="y"))])
    with pytest.raises(Rejected, match=f"{A} and {B} hold the same value") as caught:
        reader(client).find("LastName", ["x"])
    assert caught.value.code == "AMBIGUOUS"


def test_a_long_list_of_values_is_split() -> None:
    values = [f"名前{number:05d}" for number in range(1500)]
    client = FakeClient([page()] * 20)
    reader(client).find("LastName", values)
    assert len(client.asked) > 2
    assert all(soql.fits(text) for text, _ in client.asked)
    assert "".join(text for text, _ in client.asked).count("名前") == len(values)


@given(st.lists(st.text(max_size=50), max_size=40), st.integers(200, 1000))
def test_conditions_cover_every_value_once(values: list[str], room: int) -> None:
    conditions = list(soql.any_of("F", values, room=room))
    literals = [soql.quote_text(value) for value in values]
    inside = ",".join(condition.removeprefix("F IN (").removesuffix(")") for condition in conditions)
    assert inside == ",".join(literals)
    assert all(soql.uri_size(condition) <= room + 700 for condition in conditions)


def test_quoting() -> None:
    assert soql.quote_text("O'Neil\\ \n") == "'O\\'Neil\\\\ \\n'"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("query/?q=SELECT", "query"),
        ("query/0r8xx-2000", "query"),
        ("sobjects/Lead/00Q5g0000000001", "sobjects/Lead"),
        ("sobjects/Lead/describe", "sobjects/Lead/describe"),
        ("composite/sobjects/Lead/Ext__c", "composite/sobjects/Lead"),
        ("limits", "limits"),
    ],
)
def test_operations_carry_no_ids(path: str, name: str) -> None:
    assert operation_of(f"https://acme.my.salesforce.com/services/data/v62.0/{path}") == name


def test_an_unknown_object_and_another_refusal() -> None:
    client = FakeClient([refusal("NOT_FOUND", 404), refusal("INSUFFICIENT_ACCESS", 403)])
    with pytest.raises(Rejected, match="no object 'Unicorn'"):
        fetch_schema(cast("Client", client), "Unicorn")
    with pytest.raises(Refusal, match="INSUFFICIENT_ACCESS"):
        fetch_schema(cast("Client", client), "Lead")
    with pytest.raises(Rejected, match="no object 'Lead; DROP'"):
        fetch_schema(cast("Client", client), "Lead; DROP")
    assert len(client.asked) == 2


def test_stage_history_counts_changes_of_stage_only() -> None:
    rows = [
        {"OpportunityId": opportunity, "StageName": stage, "CreatedDate": f"2026-11-0{day}T00:00:00.000+0000"}
        for opportunity, stage, day in [
            ("o1", "P1", 1),
            ("o1", "P1", 2),
            ("o1", "P2", 3),
            ("o1", "P1", 4),
            ("o2", "P1", 5),
        ]
    ]
    client = FakeClient([page(*rows[:2], more="/next"), page(*rows[2:])])
    entries = list(read_stage_history(cast("Client", client), "Opportunity", None, None))
    assert [(one.record_id, one.stage, one.at.day) for one in entries] == [
        ("o1", "P1", 1),
        ("o1", "P2", 3),
        ("o1", "P1", 4),
        ("o2", "P1", 5),
    ]
