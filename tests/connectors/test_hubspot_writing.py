"""Values in and out of HubSpot, and answers to batches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import orjson
import pytest
import responses

from syncagent.connectors.hubspot.client import Client
from syncagent.connectors.hubspot.schema import Schema
from syncagent.connectors.hubspot.writing import Writer
from syncagent.connectors.protocol import Write
from syncagent.connectors.replies import Refusal
from syncagent.domain.changes import Outcome
from syncagent.domain.records import FieldInfo, Scalar
from syncagent.errors import ConnectorError, OutcomeUnknown, RateLimited, Rejected, Transient
from tests.connectors.fakes import FakeTime, make_hubspot

KINDS = {"lastname": "string", "email": "string", "amount": "number", "at": "datetime", "day": "date", "ext": "string"}
SCHEMA = Schema("contacts", {name: FieldInfo(name, name, kind) for name, kind in KINDS.items()})
API = "https://api.hubapi.com"


@pytest.mark.parametrize(
    ("name", "wire", "scalar"),
    [
        ("lastname", "", None),
        ("lastname", None, None),
        ("lastname", " x ", " x "),
        ("amount", "1500.50", "1500.50"),
        ("at", "2026-11-16T00:00:00.123Z", "2026-11-16T00:00:00.123000+00:00"),
        ("at", "1763251200000", "2025-11-16T00:00:00+00:00"),
        ("day", "2026-11-16", "2026-11-16"),
    ],
)
def test_decoding(name: str, wire: object, scalar: Scalar) -> None:
    assert SCHEMA.decode(name, wire) == scalar


@pytest.mark.parametrize(
    ("name", "scalar", "wire"),
    [
        ("lastname", None, ""),
        ("lastname", "", ""),
        ("lastname", True, "true"),
        ("lastname", False, "false"),
        ("amount", 7, "7"),
        ("at", "2026-11-16T09:00:00+09:00", "2026-11-16T00:00:00.000Z"),
        ("at", None, ""),
        ("day", "2026-11-16", "2026-11-16"),
    ],
)
def test_encoding(name: str, scalar: Scalar, wire: str) -> None:
    assert SCHEMA.encode(name, scalar) == wire


def refusal(status: int, message: str = "no", code: str = "VALIDATION_ERROR") -> Refusal:
    return Refusal(message, system="hubspot", code=code, status=status, body={"category": code, "message": message})


@dataclass(slots=True)
class Portal:
    """Judges a batch as a whole, the way HubSpot does without trace ids."""

    judge: Callable[[Mapping[str, Any]], Exception | None]
    calls: list[list[str]] = field(default_factory=list)

    def batch(self, _object: str, action: str, body: Mapping[str, Any]) -> object:
        inputs = body["inputs"]
        self.calls.append([one["id"] for one in inputs])
        for one in inputs:
            error = self.judge(one)
            if error:
                raise error
        return None if action == "archive" else {"results": [{"id": one["id"], "properties": {}} for one in inputs]}


def write(portal: object, *writes: Write) -> list[tuple[str, Outcome, str]]:
    results = Writer(cast("Client", portal), SCHEMA).write(writes)
    return [(one.key, one.outcome, one.code) for one in results]


def updates(count: int) -> list[Write]:
    return [Write(f"k{n}", "update", str(n), {"lastname": "x"}) for n in range(count)]


def test_a_batch_refused_as_a_whole_is_halved_until_the_bad_one_is_alone() -> None:
    portal = Portal(lambda one: refusal(400) if one["id"] == "5" else None)
    outcomes = write(portal, *updates(8))
    assert outcomes == [
        (f"k{n}", Outcome.REJECTED if n == 5 else Outcome.APPLIED, "VALIDATION_ERROR" if n == 5 else "")
        for n in range(8)
    ]
    assert portal.calls == [
        list("01234567"),
        list("0123"),
        list("4567"),
        list("45"),
        list("4"),
        list("5"),
        list("67"),
    ]


def test_an_archive_of_records_is_halved_too() -> None:
    portal = Portal(lambda one: refusal(404) if one["id"] == "1" else None)
    outcomes = write(portal, *[Write(str(n), "archive", str(n)) for n in range(3)])
    assert [outcome for _, outcome, _ in outcomes] == [Outcome.APPLIED, Outcome.REJECTED, Outcome.APPLIED]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RateLimited("slow", system="hubspot", code="DAILY"), Outcome.RETRY),
        (refusal(403, code="MISSING_SCOPES"), Outcome.RETRY),
    ],
)
def test_a_half_that_could_not_be_sent_is_a_retry_once_the_other_is_written(
    error: ConnectorError, outcome: Outcome
) -> None:
    def judge(one: Mapping[str, Any]) -> Exception | None:
        if len(portal.calls) == 1:
            return refusal(400)
        return error if one["id"] == "2" else None

    portal = Portal(judge)
    assert [one[1] for one in write(portal, *updates(4))] == [Outcome.APPLIED] * 2 + [outcome] * 2


def test_a_half_whose_reply_is_lost_leaves_the_whole_unknown() -> None:
    lost = OutcomeUnknown("lost", system="hubspot")
    portal = Portal(lambda one: refusal(400) if len(portal.calls) == 1 else lost if one["id"] == "2" else None)
    with pytest.raises(OutcomeUnknown):
        write(portal, *updates(4))


def test_a_failure_before_anything_was_written_is_an_error() -> None:
    portal = Portal(lambda one: refusal(400) if len(portal.calls) == 1 or one["id"] == "0" else Transient("down"))
    with pytest.raises(Transient):
        write(portal, *updates(2))
    with pytest.raises(Rejected, match="MISSING"):
        write(Portal(lambda _: refusal(403, "MISSING_SCOPES")), *updates(2))


@dataclass(slots=True)
class Scripted:
    """Gives one answer, whatever is written."""

    answer: Any

    def batch(self, *_asked: object) -> object:
        return self.answer


def test_results_are_found_by_trace_id_in_any_order() -> None:
    answer = {
        "results": [
            {"id": "901", "properties": {}, "objectWriteTraceId": "b"},
            {"id": "900", "properties": {}, "objectWriteTraceId": "a"},
        ],
        "errors": [
            {
                "category": "VALIDATION_ERROR",
                "message": "bad option",
                "context": {"objectWriteTraceId": ["c"]},
                "errors": [{"code": "INVALID_OPTION", "message": "x"}],
            }
        ],
    }
    writes = [Write(key, "create", None, {"lastname": "x"}) for key in "abc"]
    results = Writer(cast("Client", Scripted(answer)), SCHEMA).write(writes)
    assert [(one.key, one.outcome, one.id, one.code) for one in results] == [
        ("a", Outcome.APPLIED, "900", ""),
        ("b", Outcome.APPLIED, "901", ""),
        ("c", Outcome.REJECTED, None, "INVALID_OPTION"),
    ]


def test_creates_are_recognised_by_what_was_sent_where_trace_ids_do_not_come_back() -> None:
    answer = {
        "results": [
            {"id": "901", "properties": {"ext": "B", "lastname": "x"}},
            {"id": "900", "properties": {"ext": "A", "lastname": "x"}},
            {"id": "902", "properties": {"lastname": "y", "email": None}},
        ]
    }
    writes = [
        Write("a", "create", None, {"lastname": "x"}, unique=("ext", "A")),
        Write("b", "create", None, {"lastname": "x"}, unique=("ext", "B")),
        Write("c", "create", None, {"lastname": "y", "email": None}),
    ]
    results = Writer(cast("Client", Scripted(answer)), SCHEMA).write(writes)
    assert [one.id for one in results] == ["900", "901", "902"]


def test_two_equal_creates_get_two_ids() -> None:
    rows = [{"id": record_id, "properties": {"lastname": "x"}} for record_id in ("900", "901")]
    writes = [Write(key, "create", None, {"lastname": "x"}) for key in "ab"]
    results = Writer(cast("Client", Scripted({"results": rows})), SCHEMA).write(writes)
    assert [one.id for one in results] == ["900", "901"]


@pytest.mark.parametrize("answer", [None, {}, {"results": [{"id": "7", "properties": {}}]}])
def test_an_answer_that_says_nothing_about_a_write_leaves_it_unknown(answer: object) -> None:
    with pytest.raises(OutcomeUnknown):
        write(Scripted(answer), *updates(1))


@pytest.mark.parametrize(
    ("message", "existing"),
    [
        ("Contact already exists. Existing ID: 12345", "12345"),
        ("Cannot set PropertyValueCoordinates{x=1} on a new object. 678 already has that value.", "678"),
        ("something else in conflict with 99999", None),
    ],
)
def test_a_conflict_names_the_record_that_exists(message: str, existing: str | None) -> None:
    portal = Scripted(
        {"results": [], "errors": [{"category": "CONFLICT", "message": message, "context": {"id": ["k"]}}]}
    )
    create = Write("k", "create", None, {"email": "a@b.jp"})
    (result,) = Writer(cast("Client", portal), SCHEMA).write([create])
    assert (result.outcome, result.code, result.id) == (Outcome.REJECTED, "CONFLICT", existing)


def test_a_value_of_the_wrong_form_is_rejected_alone() -> None:
    bad = Write("bad", "update", "9", {"at": "yesterday"})
    portal = Portal(lambda _: None)
    assert write(portal, bad, *updates(1)) == [
        ("bad", Outcome.REJECTED, "INVALID_DATE"),
        ("k0", Outcome.APPLIED, ""),
    ]
    assert portal.calls == [["0"]]


@responses.activate
def test_what_goes_over_the_wire() -> None:
    hubspot = make_hubspot(FakeTime())
    results = [{"name": name, "label": name, "type": kind} for name, kind in KINDS.items()]
    responses.get(f"{API}/crm/v3/properties/contacts", json={"results": results})
    url = f"{API}/crm/v3/objects/contacts/batch/update"
    responses.post(url, status=409, json={"category": "CONFLICT", "message": "Existing ID: 7"})
    (result,) = hubspot.write("contacts", [Write("k", "update", "5", {"lastname": "鈴木", "email": None})])
    assert (result.outcome, result.code, result.id) == (Outcome.REJECTED, "CONFLICT", "5")
    request = responses.calls[1].request
    assert request.headers["Authorization"] == "Bearer pat-test"
    assert request.headers["User-Agent"].startswith("syncagent/")
    assert orjson.loads(request.body or b"") == {
        "inputs": [{"id": "5", "objectWriteTraceId": "k", "properties": {"lastname": "鈴木", "email": ""}}]
    }


@responses.activate
def test_descriptions() -> None:
    option = {"label": "A", "value": "a"}
    rows = [
        {"name": "email", "label": "Email", "type": "string"},
        {"name": "choice", "type": "enumeration", "options": [option]},
        {"name": "sum", "type": "number", "calculated": True},
        {"name": "locked", "type": "string", "modificationMetadata": {"readOnlyValue": True}},
        {"name": "own", "type": "string", "hasUniqueValue": True},
    ]
    responses.get(f"{API}/crm/v3/properties/contacts", json={"results": rows})
    fields = make_hubspot(FakeTime()).describe("contacts")
    assert [name for name, info in fields.items() if info.unique] == ["email", "own"]
    assert [name for name, info in fields.items() if not info.writable] == ["sum", "locked"]
    assert (fields["choice"].options, fields["choice"].restricted, fields["choice"].label) == (("a",), True, "choice")


@responses.activate
def test_an_unreadable_answer() -> None:
    hubspot = make_hubspot(FakeTime())
    responses.get(f"{API}/crm/v3/properties/contacts", body=b"<html>ok</html>")
    with pytest.raises(Transient, match="not JSON"):
        hubspot.describe("contacts")


@responses.activate
def test_the_clock_asks_when_nobody_has_spoken_yet() -> None:
    hubspot = make_hubspot(FakeTime())
    date = {"Date": "Mon, 16 Nov 2026 00:00:00 GMT"}
    responses.get(f"{API}/crm/v3/owners/", json={"results": []}, headers=date)
    assert hubspot.clock() == hubspot.clock() == datetime(2026, 11, 16, tzinfo=UTC)
    assert hubspot.calls == 1


@responses.activate
def test_searches_have_their_own_slow_pace() -> None:
    from syncagent.domain.records import Cursor

    time = FakeTime()
    hubspot = make_hubspot(time)
    responses.get(f"{API}/crm/v3/properties/contacts", json={"results": []})
    responses.get(f"{API}/crm/v3/objects/contacts", json={"results": []})
    responses.post(f"{API}/crm/v3/objects/contacts/search", json={"total": 0, "results": []})
    for _ in range(10):
        list(hubspot.pull("contacts", [], Cursor(datetime(2026, 11, 16, tzinfo=UTC))))
    assert time.passed == pytest.approx((10 - 2.5) / 2.5)


@responses.activate
def test_a_single_read_that_is_forbidden_is_not_taken_for_a_missing_record() -> None:
    hubspot = make_hubspot(FakeTime())
    responses.get(f"{API}/crm/v3/properties/contacts", json={"results": []})
    responses.post(f"{API}/crm/v3/objects/contacts/batch/read", json={"results": []})
    responses.get(f"{API}/crm/v3/objects/contacts/5", status=404, json={})
    assert hubspot.read("contacts", ["5"], []) == {}
    responses.get(f"{API}/crm/v3/objects/contacts/6", status=403, json={"category": "MISSING_SCOPES"})
    with pytest.raises(Rejected, match="MISSING_SCOPES"):
        hubspot.read("contacts", ["6"], [])
