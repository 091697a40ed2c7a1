import base64
import hashlib
import hmac
from urllib.parse import urlencode

import pytest

from syncagent.sandbox.wire import Request
from tests.sandbox.salesforce.small_org import BASE, TOKEN, Client

TOKEN_PATH = "/services/oauth2/token"
GRANT = {"grant_type": "client_credentials"}
SECRET = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}


def _form(**fields: str) -> bytes:
    return urlencode(fields).encode()


def _basic(client_id: str, secret: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def test_a_token_by_basic_or_by_form(client: Client) -> None:
    by_basic = client.call("POST", TOKEN_PATH, _form(**GRANT), headers=_basic("sandbox-client", "sandbox-secret"))
    by_form = client.call("POST", TOKEN_PATH, _form(**GRANT, **SECRET))
    for answer in (by_basic, by_form):
        assert answer.status == 200
        client.token = answer.body["access_token"]
        assert client.ask("SELECT Id FROM Lead").status == 200
    assert by_basic.body["access_token"] != by_form.body["access_token"]


def test_the_answer_points_at_the_server_that_answered(client: Client) -> None:
    body = client.call("POST", TOKEN_PATH, _form(**GRANT, **SECRET)).body
    assert body["access_token"].startswith("00D5g000004ABCD!")
    assert body["instance_url"] == "http://127.0.0.1:8080"
    assert body["id"] == f"http://127.0.0.1:8080/id/00D5g000004ABCDEA4/{client.names.ids['user1']}"
    assert body["issued_at"] == "1794783600000"
    digest = hmac.digest(b"sandbox-secret", (body["id"] + body["issued_at"]).encode(), hashlib.sha256)
    assert body["signature"] == base64.b64encode(digest).decode()
    assert "refresh_token" not in body
    assert "expires_in" not in body


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({**GRANT, **SECRET, "client_secret": "wrong"}, "invalid_client"),
        ({**GRANT, **SECRET, "client_id": "wrong"}, "invalid_client_id"),
        ({**SECRET, "grant_type": "password"}, "unsupported_grant_type"),
        ({}, "unsupported_grant_type"),
    ],
)
def test_refused_grants(client: Client, form: dict[str, str], error: str) -> None:
    answer = client.call("POST", TOKEN_PATH, _form(**form))
    assert answer.status == 400
    assert answer.body["error"] == error
    assert answer.body["error_description"]


def test_broken_basic_credentials(client: Client) -> None:
    answer = client.call("POST", TOKEN_PATH, _form(**GRANT), headers={"authorization": "Basic ###"})
    assert answer.body["error"] == "invalid_client_id"


@pytest.mark.parametrize("token", ["wrong", "", None])
def test_no_session(client: Client, token: str | None) -> None:
    client.token = token
    answer = client.ask("SELECT Id FROM Lead")
    assert answer.status == 401
    assert answer.body == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def _request(token: str) -> Request:
    return Request("GET", f"{BASE}/query", (("q", "SELECT Id FROM Lead"),), {"authorization": f"Bearer {token}"})


def test_an_expired_token_is_gone_and_a_fixed_one_is_refused_once(client: Client) -> None:
    issued = client.call("POST", TOKEN_PATH, _form(**GRANT, **SECRET)).body["access_token"]
    for token, status in ((issued, 401), (TOKEN, 200)):
        assert client.org.refuse("expire_token", _request(token), None).status == 401
        client.token = token
        assert client.ask("SELECT Id FROM Lead").status == status


def test_faults_in_this_systems_words(client: Client) -> None:
    limited = client.org.refuse("burst_429", _request(TOKEN), 5)
    assert limited.status == 403
    assert b'"errorCode":"REQUEST_LIMIT_EXCEEDED"' in limited.body
    assert "retry-after" not in limited.headers
    broken = client.org.refuse("server_error", _request(TOKEN), None)
    assert broken.status == 503
    assert broken.headers["content-type"].startswith("text/html")


def test_who_calls(client: Client) -> None:
    assert client.org.user_of(_request(TOKEN)) == "integration@example.jp"
    assert client.org.user_of(_request("wrong")) == ""
    info = client.call("GET", "/services/oauth2/userinfo").body
    assert info["preferred_username"] == "integration@example.jp"
    assert info["organization_id"] == "00D5g000004ABCDEA4"


def test_the_token_address_takes_posts(client: Client) -> None:
    assert client.call("GET", TOKEN_PATH).status == 405
