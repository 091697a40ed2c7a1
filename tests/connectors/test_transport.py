"""What is repeated, what is not, and how a call that cannot succeed ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
import requests
import responses
import structlog
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError

from syncagent.connectors.connection import Conduct
from syncagent.connectors.limits import BudgetLimits
from syncagent.connectors.replies import Refusal, Unauthorised
from syncagent.connectors.retrying import CertificateRefused, Patience, Unreachable
from syncagent.connectors.transport import Call, Transport
from syncagent.errors import (
    AuthenticationFailed,
    BudgetExhausted,
    ConnectorError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
)
from tests.connectors.fakes import NOW, FakeTime, make_transport

URL = "https://api.example.test/crm/things"
HTML = "<html><head><title>503 Service Unavailable</title></head><body>secret@example.jp</body></html>"


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def transport(time: FakeTime) -> Transport:
    return make_transport(time)


@pytest.fixture(autouse=True)
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def call(kind: Literal["read", "write"] = "read") -> Call:
    return Call("things", "POST", URL, kind, headers={"Authorization": "Bearer secret"}, query=(("email", "a@b.jp"),))


def refused() -> requests.ConnectionError:
    pool = HTTPSConnectionPool("api.example.test")
    reason = NewConnectionError(HTTPSConnection("api.example.test"), "Connection refused")
    return requests.ConnectionError(MaxRetryError(pool, URL, reason))


def reset() -> requests.ConnectionError:
    return requests.ConnectionError("('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))")


@pytest.mark.parametrize("kind", ["read", "write"])
def test_a_reply_is_given_back(
    transport: Transport, http: responses.RequestsMock, kind: Literal["read", "write"]
) -> None:
    http.post(URL, json={"ok": True})
    assert transport.call(call(kind)).json() == {"ok": True}
    assert transport.counters.calls == 1


@pytest.mark.parametrize(
    "failure",
    [
        reset(),
        requests.ReadTimeout("read timed out"),
        requests.exceptions.ChunkedEncodingError("IncompleteRead"),
        requests.exceptions.ContentDecodingError("broken gzip"),
    ],
    ids=["reset", "timeout", "cut", "garbled"],
)
def test_a_lost_reply_repeats_a_read_and_never_a_write(
    transport: Transport, http: responses.RequestsMock, failure: requests.RequestException
) -> None:
    http.post(URL, body=failure)
    http.post(URL, json={})
    assert transport.call(call("read")).ok
    http.reset()
    http.post(URL, body=failure)
    with pytest.raises(OutcomeUnknown, match="may or may not have happened"):
        transport.call(call("write"))
    assert len(http.calls) == 1
    assert transport.counters.unknown == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 521, 408])
def test_a_server_error_repeats_a_read_and_never_a_write(
    transport: Transport, http: responses.RequestsMock, status: int
) -> None:
    http.post(URL, status=status, body=HTML, content_type="text/html")
    http.post(URL, json={})
    assert transport.call(call("read")).ok
    http.reset()
    http.post(URL, status=status, body=HTML, content_type="text/html")
    with pytest.raises(OutcomeUnknown) as caught:
        transport.call(call("write"))
    assert "Service Unavailable" in str(caught.value)
    assert "secret@" not in str(caught.value)
    assert len(http.calls) == 1


@pytest.mark.parametrize("kind", ["read", "write"])
def test_a_refused_connection_is_tried_three_times_and_was_never_sent(
    transport: Transport, http: responses.RequestsMock, kind: Literal["read", "write"]
) -> None:
    http.post(URL, body=refused())
    with pytest.raises(
        Unreachable, match=r"no connection to api\.example\.test .*connection refused.*nothing was sent"
    ):
        transport.call(call(kind))
    assert len(http.calls) == 3


def test_a_write_whose_connection_was_refused_is_sent_once_it_works(
    transport: Transport, http: responses.RequestsMock
) -> None:
    http.post(URL, body=refused())
    http.post(URL, body=requests.ConnectTimeout("no"))
    http.post(URL, json={})
    assert transport.call(call("write")).ok
    assert transport.counters.retries == 2


@pytest.mark.parametrize("kind", ["read", "write"])
def test_a_pause_is_obeyed(
    transport: Transport, time: FakeTime, http: responses.RequestsMock, kind: Literal["read", "write"]
) -> None:
    http.post(URL, status=429, json={"policyName": "TEN_SECONDLY_ROLLING"}, headers={"Retry-After": "7"})
    http.post(URL, json={})
    assert transport.call(call(kind)).ok
    assert 7 <= time.passed < 8.1
    assert transport.counters.rate_limited == 1


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Mon, 16 Nov 2026 08:00:09 GMT", 9, 9.6),
        ("Mon, 16 Nov 2026 07:00:00 GMT", 0, 0.6),
        ("soon", 0.5, 1.1),
        ("", 0.5, 1.1),
    ],
)
def test_forms_of_retry_after(
    transport: Transport, time: FakeTime, http: responses.RequestsMock, text: str, low: float, high: float
) -> None:
    http.post(URL, status=429, json={}, headers={"Retry-After": text})
    http.post(URL, json={})
    assert transport.call(call()).ok
    assert low <= time.passed <= high


def test_without_retry_after_the_waits_grow(transport: Transport, time: FakeTime, http: responses.RequestsMock) -> None:
    for _ in range(4):
        http.post(URL, status=429, json={})
    http.post(URL, json={})
    assert transport.call(call("write")).ok
    assert all(low <= wait <= low + 0.5 for low, wait in zip([0.5, 1, 2, 4], time.sleeps, strict=True))


def test_a_storm_of_429_ends_in_one_clear_error(
    transport: Transport, time: FakeTime, http: responses.RequestsMock
) -> None:
    http.post(URL, status=429, json={"message": "You have reached your secondly limit.", "policyName": "SECONDLY"})
    with pytest.raises(RateLimited, match=r"secondly limit.*We tried 8 times.*not executed") as caught:
        transport.call(call("write"))
    assert caught.value.code == "SECONDLY"
    assert time.passed <= 120


def test_a_longer_pause_than_our_patience_is_not_waited_for(
    transport: Transport, time: FakeTime, http: responses.RequestsMock
) -> None:
    http.post(URL, status=429, json={}, headers={"Retry-After": "3600"})
    with pytest.raises(RateLimited) as caught:
        transport.call(call())
    assert caught.value.retry_after == 3600
    assert time.sleeps == []


def test_an_endless_server_error_ends(transport: Transport, http: responses.RequestsMock) -> None:
    http.post(URL, status=503, body=HTML)
    with pytest.raises(Transient, match="We tried 8 times"):
        transport.call(call())


@pytest.mark.parametrize(
    ("status", "body", "headers", "error"),
    [
        (429, {"policyName": "DAILY", "message": "daily limit"}, {}, BudgetExhausted),
        (403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED"}], {"Sforce-Limit-Info": "api-usage=9/9"}, BudgetExhausted),
        (401, {"message": "expired"}, {}, Unauthorised),
        (401, "just text", {}, Unauthorised),
        (530, "origin DNS error", {}, AuthenticationFailed),
        (403, {"category": "MISSING_SCOPES"}, {}, Refusal),
        (404, [], {}, Refusal),
        (400, 7, {}, Refusal),
        (302, "", {"Location": "https://elsewhere.test"}, Refusal),
    ],
)
def test_answers_that_no_repetition_changes(
    transport: Transport,
    time: FakeTime,
    http: responses.RequestsMock,
    status: int,
    body: object,
    headers: dict[str, str],
    error: type[ConnectorError],
) -> None:
    http.post(URL, status=status, json=body, headers=headers)
    with pytest.raises(error):
        transport.call(call())
    assert len(http.calls) == 1
    assert time.sleeps == []


def test_a_salesforce_limit_with_calls_left_is_waited_for(transport: Transport, http: responses.RequestsMock) -> None:
    limited = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "ConcurrentRequests Limit exceeded."}]
    http.post(URL, status=403, json=limited, headers={"Sforce-Limit-Info": "api-usage=9/5000"})
    http.post(URL, json={})
    assert transport.call(call("write")).ok


def test_a_locked_account_gets_two_seconds(transport: Transport, time: FakeTime, http: responses.RequestsMock) -> None:
    http.post(URL, status=423, json={})
    http.post(URL, json={})
    assert transport.call(call()).ok
    assert time.passed >= 2


def test_an_untrusted_certificate_is_said_at_once(transport: Transport, http: responses.RequestsMock) -> None:
    http.post(URL, body=requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED"))
    with pytest.raises(CertificateRefused, match="not trusted; nothing was sent"):
        transport.call(call("write"))
    assert len(http.calls) == 1


def test_a_broken_tls_stream_leaves_a_write_unknown(transport: Transport, http: responses.RequestsMock) -> None:
    http.post(URL, body=requests.exceptions.SSLError("DECRYPTION_FAILED_OR_BAD_RECORD_MAC"))
    with pytest.raises(OutcomeUnknown):
        transport.call(call("write"))


def test_the_budget_stops_before_sending(time: FakeTime, http: responses.RequestsMock) -> None:
    http.post(URL, json={})
    transport = make_transport(time, conduct=Conduct(budget=BudgetLimits(daily_calls_max=2, spent_calls=1)))
    assert transport.call(call()).ok
    with pytest.raises(BudgetExhausted, match="today's 2 calls"):
        transport.call(call())
    assert len(http.calls) == 1


def test_repeats_count_against_the_budget(time: FakeTime, http: responses.RequestsMock) -> None:
    http.post(URL, status=503)
    transport = make_transport(time, conduct=Conduct(budget=BudgetLimits(daily_calls_max=3)))
    with pytest.raises(BudgetExhausted):
        transport.call(call())
    assert len(http.calls) == 3


def test_patience_is_a_setting(time: FakeTime, http: responses.RequestsMock) -> None:
    http.post(URL, status=503)
    transport = make_transport(time, conduct=Conduct(patience=Patience(attempts_max=2)))
    with pytest.raises(Transient, match="We tried 2 times"):
        transport.call(call())


def test_one_log_line_per_call_without_values_or_secrets(transport: Transport, http: responses.RequestsMock) -> None:
    http.post(URL, status=503)
    http.post(URL, json={"email": "a@b.jp"})
    with structlog.testing.capture_logs() as lines:
        transport.call(call())
    assert [(line["event"], line["operation"], line["status"]) for line in lines] == [
        ("remote_call", "things", 503),
        ("remote_call", "things", 200),
    ]
    assert "secret" not in str(lines)
    assert "a@b.jp" not in str(lines)


def test_the_server_tells_the_time(transport: Transport, http: responses.RequestsMock) -> None:
    http.post(URL, json={}, headers={"Date": "Mon, 16 Nov 2026 17:00:00 +0900"})
    transport.call(call())
    assert transport.server_time == NOW
    http.reset()
    http.post(URL, json={}, headers={"Date": "yesterday"})
    transport.call(call())
    assert transport.server_time == NOW


def test_a_netrc_file_does_not_replace_our_token(
    transport: Transport, http: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.example.test login someone password other\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(netrc))
    http.post(URL, json={})
    transport.call(call())
    assert http.calls[0].request.headers["Authorization"] == "Bearer secret"


@pytest.mark.parametrize("url", ["not an address", "https://", "ftp://example.test/x", "http://exa mple.test/"])
def test_an_impossible_address_is_said_at_once(transport: Transport, time: FakeTime, url: str) -> None:
    with pytest.raises(Rejected, match=r"no address a call can be sent to; nothing was sent"):
        transport.call(Call("x", "GET", url, "read"))
    assert time.sleeps == []
