"""Values in and out of Salesforce, and answers to writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import orjson
import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from syncagent.connectors.protocol import Connector, Write
from syncagent.connectors.salesforce import AccessToken, ClientCredentials, SalesforceOptions, connect_salesforce
from syncagent.connectors.salesforce.schema import Schema
from syncagent.connectors.scalars import decimal_text
from syncagent.domain.changes import Outcome
from syncagent.domain.records import FieldInfo, Scalar
from syncagent.errors import AuthenticationFailed, Defect, OutcomeUnknown, Rejected, Transient
from tests.connectors.fakes import FakeTime

HOST = "https://acme.my.salesforce.com"
BASE = f"{HOST}/services/data/v62.0"
LEAD = "00Q5g0000000001EAA"
KINDS = {
    "Id": "id",
    "Name": "string",
    "Amount": "currency",
    "Chance": "percent",
    "Count": "int",
    "Flag": "boolean",
    "Day": "date",
    "SystemModstamp": "datetime",
    "Ext": "string",
}
SCHEMA = Schema("Lead", {name: FieldInfo(name, name, kind) for name, kind in KINDS.items()})


@pytest.mark.parametrize(
    ("name", "wire", "scalar"),
    [
        ("Amount", Decimal("1200000.0"), "1200000"),
        ("Amount", 1200000, "1200000"),
        ("Amount", Decimal("0.10"), "0.1"),
        ("Amount", Decimal("-0.0"), "0"),
        ("Amount", Decimal("1E+3"), "1000"),
        ("Chance", 50, "50"),
        ("Count", 7, 7),
        ("Name", Decimal("1.50"), "1.5"),
        ("Flag", True, True),
        ("Day", "2026-11-16", "2026-11-16"),
        ("SystemModstamp", "2026-11-16T09:00:00.000+0900", "2026-11-16T00:00:00+00:00"),
        ("Name", None, None),
        ("Name", "鈴木", "鈴木"),
    ],
)
def test_decoding(name: str, wire: object, scalar: Scalar) -> None:
    assert SCHEMA.decode(name, wire) == scalar


@pytest.mark.parametrize(
    ("name", "scalar", "wire"),
    [
        ("Amount", "123456789012345678.99", b"123456789012345678.99"),
        ("Amount", 5, b"5"),
        ("Count", "7", b"7"),
        ("Flag", False, b"false"),
        ("Name", "1.50", b'"1.50"'),
        ("Day", "2026-11-16", b'"2026-11-16"'),
        ("SystemModstamp", "2026-11-16T09:00:00+09:00", b'"2026-11-16T00:00:00.000+0000"'),
        ("Amount", None, b"null"),
    ],
)
def test_encoding(name: str, scalar: Scalar, wire: bytes) -> None:
    assert orjson.dumps(SCHEMA.encode(name, scalar)) == wire


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_numbers_survive_the_round_trip(number: Decimal) -> None:
    text = decimal_text(number)
    assert Decimal(text) == number
    assert SCHEMA.decode("Amount", Decimal(orjson.dumps(SCHEMA.encode("Amount", text)).decode())) == text


@pytest.mark.parametrize("text", ["abc", "NaN", "Infinity", "", "1,200"])
def test_texts_that_are_no_numbers(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        SCHEMA.encode("Amount", text)


@pytest.fixture
def connector() -> Connector:
    time = FakeTime()
    options = SalesforceOptions(AccessToken("00D!x", HOST))
    return connect_salesforce(options, now=time.now, sleep=time.sleep, monotonic=time.monotonic)


def offer_describe() -> None:
    fields = [{"name": name, "label": name, "type": kind, "createable": True} for name, kind in KINDS.items()]
    fields.append({"name": "Address", "label": "Address", "type": "address"})
    responses.get(f"{BASE}/sobjects/Lead/describe", json={"name": "Lead", "fields": fields})


def update(key: str, **values: Scalar) -> Write:
    return Write(key, "update", LEAD, values)


@responses.activate
def test_every_call_names_its_client_and_keeps_owners(connector: Connector) -> None:
    offer_describe()
    responses.patch(f"{BASE}/composite/sobjects", json=[{"id": LEAD, "success": True, "errors": []}])
    connector.write("Lead", [update("k", Amount="0.1")])
    request = responses.calls[1].request
    assert request.headers["Sforce-Auto-Assign"] == "FALSE"
    assert request.headers["Sforce-Call-Options"] == "client=syncagent"
    assert request.headers["Authorization"] == "Bearer 00D!x"
    assert "X-PrettyPrint" not in request.headers
    assert request.body == (
        b'{"allOrNone":false,"records":[{"attributes":{"type":"Lead"},"id":"' + LEAD.encode() + b'","Amount":0.1}]}'
    )


def test_compound_fields_are_not_offered(connector: Connector) -> None:
    with responses.mock:
        offer_describe()
        assert "Address" not in connector.describe("Lead")
        with pytest.raises(Rejected, match="Address"):
            connector.pull("Lead", ["Address"], None)


@pytest.mark.parametrize(
    ("error", "outcome", "record_id"),
    [
        ({"statusCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain"}, Outcome.RETRY, None),
        (
            {"statusCode": "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "message": "X: UNABLE_TO_LOCK_ROW"},
            Outcome.RETRY,
            None,
        ),
        ({"statusCode": "ENTITY_IS_DELETED", "message": "entity is deleted"}, Outcome.REJECTED, None),
        (
            {"statusCode": "DUPLICATE_VALUE", "message": f"Ext duplicates value on record with id: {LEAD}"},
            Outcome.REJECTED,
            LEAD,
        ),
        ({"statusCode": "REQUIRED_FIELD_MISSING", "message": "missing", "fields": ["Name"]}, Outcome.REJECTED, None),
    ],
)
@responses.activate
def test_refusals_of_one_record(
    connector: Connector, error: dict[str, Any], outcome: Outcome, record_id: str | None
) -> None:
    offer_describe()
    responses.post(f"{BASE}/composite/sobjects", json=[{"success": False, "errors": [error]}])
    (result,) = connector.write("Lead", [Write("k", "create", None, {"Name": "x"})])
    assert (result.outcome, result.code, result.id) == (outcome, error["statusCode"], record_id)
    assert all(name in result.message for name in error.get("fields", []))


@responses.activate
def test_a_create_with_a_unique_value_is_an_upsert(connector: Connector) -> None:
    offer_describe()
    answer = {"id": LEAD, "success": True, "errors": [], "created": True}
    responses.patch(f"{BASE}/composite/sobjects/Lead/Ext", json=[answer, {**answer, "created": False}])
    writes = [Write(str(n), "create", None, {"Name": "x"}, unique=("Ext", str(n))) for n in range(2)]
    assert [result.code for result in connector.write("Lead", writes)] == ["", "EXISTED"]
    sent = orjson.loads(responses.calls[1].request.body or b"")
    assert [record["Ext"] for record in sent["records"]] == ["0", "1"]


@responses.activate
def test_guarded_updates(connector: Connector) -> None:
    offer_describe()
    since = datetime(2026, 11, 16, 9, 0, 0, 500, tzinfo=timezone(timedelta(hours=9)))
    url = f"{BASE}/sobjects/Lead/{LEAD}"
    responses.patch(url, status=204)
    responses.patch(url, status=412, json=[{"errorCode": "PRECONDITION_FAILED", "message": "changed"}])
    responses.patch(url, status=400, json=[{"errorCode": "UNABLE_TO_LOCK_ROW", "message": "locked"}])
    responses.patch(url, status=404, json=[{"errorCode": "ENTITY_IS_DELETED", "message": "gone"}])
    responses.patch(url, status=412)
    guarded = Write("g", "update", LEAD, {"Name": "x"}, unmodified_since=since)
    outcomes = [connector.write("Lead", [guarded])[0].outcome for _ in range(5)]
    assert outcomes == [Outcome.APPLIED, Outcome.STALE, Outcome.RETRY, Outcome.REJECTED, Outcome.STALE]
    assert responses.calls[1].request.headers["If-Unmodified-Since"] == "Mon, 16 Nov 2026 00:00:00 GMT"
    with pytest.raises(Defect, match="single update"):
        connector.write("Lead", [guarded, update("k", Name="y")])
    with pytest.raises(Defect, match="no guarded delete"):
        connector.write("Lead", [Write("g", "archive", LEAD, unmodified_since=since)])


@responses.activate
def test_archives_are_one_call(connector: Connector) -> None:
    offer_describe()
    gone = {"success": False, "errors": [{"statusCode": "ENTITY_IS_DELETED", "message": "entity is deleted"}]}
    responses.delete(f"{BASE}/composite/sobjects", json=[{"id": "b", "success": True, "errors": []}, gone])
    results = connector.write("Lead", [Write("1", "archive", "b"), Write("2", "archive", "c")])
    assert [(one.outcome, one.code) for one in results] == [
        (Outcome.APPLIED, ""),
        (Outcome.REJECTED, "ENTITY_IS_DELETED"),
    ]
    assert responses.calls[1].request.url == f"{BASE}/composite/sobjects?ids=b%2Cc&allOrNone=false"


@responses.activate
def test_a_value_of_the_wrong_form_is_rejected_alone(connector: Connector) -> None:
    offer_describe()
    responses.patch(f"{BASE}/composite/sobjects", json=[{"id": LEAD, "success": True, "errors": []}])
    results = connector.write("Lead", [update("bad", Amount="many"), update("good", Amount="1")])
    assert [(one.key, one.outcome, one.code) for one in results] == [
        ("bad", Outcome.REJECTED, "INVALID_VALUE"),
        ("good", Outcome.APPLIED, ""),
    ]


@pytest.mark.parametrize("body", [b"<html>ok</html>", b"[]", b'{"odd": 1}'])
@responses.activate
def test_an_answer_that_says_nothing_about_a_write_leaves_it_unknown(connector: Connector, body: bytes) -> None:
    offer_describe()
    responses.patch(f"{BASE}/composite/sobjects", body=body)
    with pytest.raises(OutcomeUnknown):
        connector.write("Lead", [update("k", Name="x")])


@responses.activate
def test_an_unreadable_answer_to_a_read(connector: Connector) -> None:
    responses.get(f"{BASE}/sobjects/Lead/describe", body=b"<html>ok</html>")
    with pytest.raises(Transient, match="not JSON"):
        connector.describe("Lead")


@responses.activate
def test_a_refused_whole_call_wrote_nothing(connector: Connector) -> None:
    offer_describe()
    responses.patch(f"{BASE}/composite/sobjects", status=403, json=[{"errorCode": "API_DISABLED_FOR_ORG"}])
    with pytest.raises(Rejected, match="API_DISABLED_FOR_ORG"):
        connector.write("Lead", [update("k", Name="x")])


@responses.activate
def test_a_dead_access_token_says_so(connector: Connector) -> None:
    responses.get(f"{BASE}/sobjects/Lead/describe", status=401, json=[{"errorCode": "INVALID_SESSION_ID"}])
    with pytest.raises(AuthenticationFailed, match="cannot be renewed"):
        connector.describe("Lead")


@responses.activate
def test_the_clock_asks_when_nobody_has_spoken_yet(connector: Connector) -> None:
    responses.get(f"{BASE}/limits", json={"x": 1}, headers={"Date": "Mon, 16 Nov 2026 00:00:00 GMT"})
    assert connector.clock() == connector.clock() == datetime(2026, 11, 16, tzinfo=UTC)
    assert connector.calls == 1


@responses.activate
def test_an_optional_choice_of_values_is_described(connector: Connector) -> None:
    field = {
        "name": "Status",
        "label": "状態",
        "type": "picklist",
        "createable": True,
        "nillable": False,
        "defaultedOnCreate": False,
        "restrictedPicklist": True,
        "picklistValues": [{"value": "Open", "active": True}, {"value": "Old", "active": False}],
        "length": 40,
    }
    responses.get(f"{BASE}/sobjects/Lead/describe", json={"name": "Lead", "fields": [field]})
    info = connector.describe("Lead")["Status"]
    assert (info.label, info.length, info.options) == ("状態", 40, ("Open",))
    assert (info.required, info.restricted, info.writable, info.unique) == (True, True, True, False)


@responses.activate
def test_an_https_address_is_the_login_host_and_replaces_no_other() -> None:
    time = FakeTime()
    options = SalesforceOptions(ClientCredentials("id", "secret"), url="https://acme.my.salesforce.com/")
    connector = connect_salesforce(options, now=time.now, sleep=time.sleep, monotonic=time.monotonic)
    granted = {"access_token": "00D!x", "instance_url": "https://acme--emea.my.salesforce.com"}
    responses.post(f"{HOST}/services/oauth2/token", json=granted)
    responses.get("https://acme--emea.my.salesforce.com/services/data/v62.0/limits", json={"x": 1})
    assert connector.clock() == time.now()
