"""One login for all threads, one renewal for one expiry, and the same request after it."""

from __future__ import annotations

import threading
from urllib.parse import parse_qs

import jwt
import pytest
import responses
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from syncagent.connectors.hubspot import credentials as hubspot
from syncagent.connectors.salesforce import credentials as salesforce
from syncagent.connectors.salesforce.login import advice, fetch_token
from syncagent.connectors.tokens import Channel, Token, Tokens
from syncagent.connectors.transport import Call
from syncagent.errors import AuthenticationFailed, Transient
from tests.connectors.fakes import NOW, FakeTime, make_transport

TOKEN_URL = "https://acme.my.salesforce.com/services/oauth2/token"
GRANTED = {"access_token": "00D!abc", "instance_url": "https://acme.my.salesforce.com", "token_type": "Bearer"}


def log_in(given: salesforce.Credentials, *, url: str = "", domain: str = "acme.my") -> Token:
    time = FakeTime()
    return fetch_token(make_transport(time, "salesforce"), given, url=url, domain=domain, now=time.now)


def sent_form(http: responses.RequestsMock) -> dict[str, str]:
    body = http.calls[0].request.body
    return {name: values[0] for name, values in parse_qs(body if isinstance(body, str) else "").items()}


def make_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_of(key: rsa.RSAPrivateKey) -> str:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()


@pytest.mark.parametrize(
    ("given", "form"),
    [
        (
            salesforce.ClientCredentials("id", "secret"),
            {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"},
        ),
        (
            salesforce.RefreshToken("id", "5Aep"),
            {"grant_type": "refresh_token", "client_id": "id", "refresh_token": "5Aep"},
        ),
        (
            salesforce.RefreshToken("id", "5Aep", "secret"),
            {"grant_type": "refresh_token", "client_id": "id", "refresh_token": "5Aep", "client_secret": "secret"},
        ),
        (
            salesforce.UserPassword("id", "secret", "me@acme.test", "pass", "word"),
            {
                "grant_type": "password",
                "client_id": "id",
                "client_secret": "secret",
                "username": "me@acme.test",
                "password": "password",
            },
        ),
    ],
    ids=["client credentials", "refresh token", "refresh token with secret", "password"],
)
@responses.activate
def test_salesforce_grants(given: salesforce.Credentials, form: dict[str, str]) -> None:
    responses.post(TOKEN_URL, json=GRANTED)
    assert log_in(given) == Token("00D!abc", "https://acme.my.salesforce.com")
    assert sent_form(responses.mock) == form


@responses.activate
def test_salesforce_jwt_is_signed_for_the_login_host() -> None:
    responses.post(TOKEN_URL, json=GRANTED)
    key = make_key()
    log_in(salesforce.JwtBearer("consumer", "agent@acme.test", pem_of(key)))
    form = sent_form(responses.mock)
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    claims = jwt.decode(
        form["assertion"],
        key.public_key(),
        algorithms=["RS256"],
        audience="https://acme.my.salesforce.com",
        options={"verify_exp": False},
    )
    assert (claims["iss"], claims["sub"]) == ("consumer", "agent@acme.test")
    assert claims["exp"] == NOW.timestamp() + 180


def test_a_broken_private_key_is_named_without_showing_it() -> None:
    given = salesforce.JwtBearer("consumer", "agent@acme.test", "-----BEGIN topsecret")
    with pytest.raises(AuthenticationFailed, match="private key of the connected app cannot be read") as caught:
        log_in(given)
    assert "topsecret" not in str(caught.value)


def test_client_credentials_need_the_orgs_own_host() -> None:
    with pytest.raises(AuthenticationFailed, match="My Domain"):
        log_in(salesforce.ClientCredentials("id", "secret"), domain="login")


def test_a_given_access_token_is_used_as_it_is() -> None:
    assert log_in(salesforce.AccessToken("00D!x"), url="http://127.0.0.1:9") == Token("00D!x", "http://127.0.0.1:9")


@responses.activate
def test_refused_salesforce_credentials_say_what_to_check() -> None:
    responses.post(TOKEN_URL, status=400, json={"error": "invalid_client_id", "error_description": "bad id"})
    with pytest.raises(AuthenticationFailed, match=r"invalid_client_id: bad id.*nothing was read or written. Check"):
        log_in(salesforce.ClientCredentials("id", "topsecret"))
    assert len(responses.calls) == 1


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (salesforce.ClientCredentials("i", "s"), "client id and secret"),
        (salesforce.JwtBearer("i", "u", "k"), "certificate"),
        (salesforce.RefreshToken("i", "r"), "authorise the connected app again"),
        (salesforce.AccessToken("t"), "cannot be renewed"),
        (salesforce.UserPassword("i", "s", "u", "p"), "security token"),
    ],
)
def test_every_login_has_its_advice(given: salesforce.Credentials, word: str) -> None:
    assert word in advice(given)


def test_secrets_do_not_show() -> None:
    for value in (
        salesforce.ClientCredentials("id", "topsecret"),
        salesforce.JwtBearer("id", "u", "topsecret"),
        salesforce.UserPassword("id", "topsecret", "u", "topsecret", "topsecret"),
        hubspot.AccessToken("topsecret"),
        hubspot.RefreshToken("id", "topsecret", "topsecret"),
        Token("topsecret"),
        Call("x", "GET", "https://x.test", "read", {"Authorization": "topsecret"}, (("q", "topsecret"),), "topsecret"),
    ):
        assert "topsecret" not in repr(value)


@responses.activate
def test_a_hubspot_refresh_token_is_traded_before_it_ends() -> None:
    time = FakeTime()
    transport = make_transport(time)
    given = hubspot.RefreshToken("id", "secret", "refresh")
    responses.post("https://api.hubapi.com/oauth/v1/token", json={"access_token": "one", "expires_in": 1800})
    responses.post("https://api.hubapi.com/oauth/v1/token", json={"access_token": "two", "expires_in": 1800})
    tokens = Tokens(
        lambda: hubspot.fetch_token(transport, given, host="https://api.hubapi.com", monotonic=time.monotonic),
        monotonic=time.monotonic,
    )
    values = []
    for _ in range(3):
        values.append(tokens.current().value)
        time.passed += 1000
    assert values == ["one", "one", "two"]


@responses.activate
def test_a_refused_hubspot_refresh_token_says_what_to_check() -> None:
    time = FakeTime()
    given = hubspot.RefreshToken("id", "secret", "refresh")
    responses.post("https://api.hubapi.com/oauth/v1/token", status=400, json={"message": "missing or unknown"})
    with pytest.raises(AuthenticationFailed, match="install it again"):
        hubspot.fetch_token(make_transport(time), given, host="https://api.hubapi.com", monotonic=time.monotonic)


def test_many_threads_with_one_expired_token_log_in_once() -> None:
    fetched: list[Token] = []

    def fetch() -> Token:
        fetched.append(Token(f"t{len(fetched)}"))
        return fetched[-1]

    tokens = Tokens(fetch, monotonic=lambda: 0.0)
    old = tokens.current()
    gate = threading.Barrier(12)

    def renew() -> None:
        gate.wait()
        assert tokens.renew(old).value == "t1"

    threads = [threading.Thread(target=renew) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fetched) == 2


def make_channel(values: list[str]) -> Channel:
    tokens = Tokens(lambda: Token(values.pop(0)), monotonic=lambda: 0.0)
    return Channel(make_transport(FakeTime(), "salesforce"), tokens, "Check the secret.")


@responses.activate
def test_the_same_request_goes_out_again_with_the_new_token() -> None:
    url = "https://acme.my.salesforce.com/services/data/v62.0/sobjects/Lead/00Q"
    responses.patch(url, status=401, json=[{"errorCode": "INVALID_SESSION_ID", "message": "Session expired"}])
    responses.patch(url, status=204)
    call = Call("sobjects/Lead", "PATCH", url, "write", {"If-Unmodified-Since": "x"}, body=b"{}")
    make_channel(["old", "new"]).call(call)
    first, second = (one.request for one in responses.calls)
    assert [one.headers["Authorization"] for one in (first, second)] == ["Bearer old", "Bearer new"]
    assert [one.headers["If-Unmodified-Since"] for one in (first, second)] == ["x", "x"]
    assert [one.body for one in (first, second)] == [b"{}", b"{}"]


@pytest.mark.parametrize("body", ["[]", '{"message": "no array"}', "<html></html>", ""])
@responses.activate
def test_a_token_refused_twice_ends_after_two_requests(body: str) -> None:
    responses.get("https://acme.test/x", status=401, body=body)
    with pytest.raises(AuthenticationFailed, match=r"refused twice and not executed\. Check the secret"):
        make_channel(["old", "new"]).call(Call("x", "GET", "https://acme.test/x", "read"))
    assert len(responses.calls) == 2


@responses.activate
def test_a_write_whose_401_came_first_and_then_got_lost_is_not_sent_a_third_time() -> None:
    responses.post("https://acme.test/x", status=401)
    responses.post("https://acme.test/x", status=503)
    with pytest.raises(Exception, match="may or may not have happened") as caught:
        make_channel(["old", "new"]).call(Call("x", "POST", "https://acme.test/x", "write"))
    assert not isinstance(caught.value, Transient)
    assert len(responses.calls) == 2


@pytest.mark.parametrize("token", ["", "two\nlines", "ｆｕｌｌ－ｗｉｄｔｈ"])
def test_a_token_that_cannot_be_one_is_never_sent_nor_shown(token: str) -> None:
    with pytest.raises(AuthenticationFailed, match="characters no token has") as caught:
        make_channel([token]).call(Call("x", "GET", "https://acme.test/x", "read"))
    assert not token or token not in str(caught.value)


@pytest.mark.parametrize("body", ["<html>Sign in to the hotel network</html>", "[]", "{}"])
@responses.activate
def test_a_login_answered_by_somebody_else(body: str) -> None:
    responses.post(TOKEN_URL, body=body)
    with pytest.raises(AuthenticationFailed, match=r"https://acme.my.salesforce.com answered .* holds no token"):
        log_in(salesforce.ClientCredentials("id", "secret"))
