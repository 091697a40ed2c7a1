"""The ways to be let into a HubSpot account; secrets never show in a repr."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlencode

from syncagent.connectors.replies import Refusal
from syncagent.connectors.tokens import Token, read_token_answer
from syncagent.connectors.transport import Call, Transport
from syncagent.errors import AuthenticationFailed

_RENEW_AT_SHARE = 0.9
"""HubSpot says when a token ends and asks not to wait for a 401; we renew when nine tenths of its life are over."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """The token of a private app or a service key; it does not expire."""

    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """The OAuth consent of an account to an app."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)


Credentials: TypeAlias = AccessToken | RefreshToken


def fetch_token(transport: Transport, credentials: Credentials, *, host: str, monotonic: Callable[[], float]) -> Token:
    """Give the private app's token, or trade the refresh token for one.

    Raises:
        AuthenticationFailed: the refresh token is refused, with what to check.
    """
    if isinstance(credentials, AccessToken):
        return Token(credentials.value)
    form = {
        "grant_type": "refresh_token",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "refresh_token": credentials.refresh_token,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    call = Call("oauth/token", "POST", f"{host}/oauth/v1/token", "read", headers, body=urlencode(form))
    try:
        response = transport.call(call)
    except Refusal as error:
        raise AuthenticationFailed(
            f"{error}. HubSpot refused to log us in; nothing was read or written. {advice(credentials)}",
            system="hubspot",
            code=error.code,
        ) from error
    answer = read_token_answer(response, host, "hubspot")
    ends = monotonic() + float(answer.get("expires_in", 1800)) * _RENEW_AT_SHARE
    return Token(str(answer["access_token"]), expires_at=ends)


def advice(credentials: Credentials) -> str:
    """Say what to check for the kind of login in use."""
    if isinstance(credentials, AccessToken):
        return "Check the private app's access token: copied whole, of this account, and not rotated since."
    return "Check client id and secret; if the account removed the app, install it again and store its new token."
