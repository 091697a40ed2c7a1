"""Access tokens: fetched once, shared by all threads, renewed once when the system stops accepting them."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from syncagent.connectors.replies import Unauthorised
from syncagent.connectors.transport import Call, Transport
from syncagent.domain.records import System
from syncagent.errors import AuthenticationFailed, Transient


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token; ``instance_url`` is where Salesforce wants it used, ``expires_at`` is monotonic seconds."""

    value: str = field(repr=False)
    instance_url: str = ""
    expires_at: float | None = None


def read_token_answer(response: requests.Response, host: str, system: System) -> dict[str, Any]:
    """Give the fields of a token answer.

    Raises:
        AuthenticationFailed: it holds no token, so the address is probably not the system's.
    """
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or not answer.get("access_token"):
        raise AuthenticationFailed(
            f"{system}: {host} answered the login with something that holds no token; nothing was read or written. "
            "Check the address in the settings: is it really the system's, and not a proxy's or a login page's?",
            system=system,
        )
    return answer


class Tokens:
    """The current token of one system; a lock makes twelve threads with one expired token log in once."""

    def __init__(self, fetch: Callable[[], Token], *, monotonic: Callable[[], float]) -> None:
        self._fetch, self.monotonic = fetch, monotonic
        self._lock = threading.Lock()
        self._token: Token | None = None

    def current(self) -> Token:
        """Give a token, fetching one where there is none or the last one's time is up."""
        with self._lock:
            token = self._token
            if token is None or (token.expires_at is not None and self.monotonic() >= token.expires_at):
                token = self._token = self._fetch()
            return token

    def renew(self, refused: Token) -> Token:
        """Give another token than the refused one; only the first thread that asks fetches it."""
        with self._lock:
            if self._token is None or self._token == refused:
                self._token = self._fetch()
            return self._token


class Channel:
    """The transport with the Authorization header: the same call, its headers included, survives one renewal."""

    def __init__(self, transport: Transport, tokens: Tokens, advice: str) -> None:
        self.transport = transport
        self.tokens = tokens
        self._advice = advice

    def call(self, call: Call) -> requests.Response:
        """Make a call with the current token, and once more with a new one when it is refused.

        Raises:
            AuthenticationFailed: the renewed token is refused too.
            Transient: a write would go out later than its caller may want it to; nothing was sent.
        """
        token = self.tokens.current()
        try:
            return self.transport.call(self._sign(call, token))
        except Unauthorised:
            token = self._renew(call, token)
        try:
            return self.transport.call(self._sign(call, token))
        except Unauthorised as error:
            raise AuthenticationFailed(
                f"{error}. The call was refused twice and not executed. {self._advice}",
                system=self.transport.system,
                code=error.code,
            ) from error

    def _renew(self, call: Call, refused: Token) -> Token:
        began = self.tokens.monotonic()
        token = self.tokens.renew(refused)
        limit = self.transport.patience.write_wait_seconds_max
        if call.kind == "write" and limit is not None and self.tokens.monotonic() - began > limit:
            system = self.transport.system
            raise Transient(f"{system}: a new login took more than {limit:g} s; the write was not sent", system=system)
        return token

    def _sign(self, call: Call, token: Token) -> Call:
        # A token with a line break or a full-width letter would fail deep in the HTTP library, which shows its value.
        if not token.value or not (token.value.isascii() and token.value.isprintable()):
            raise AuthenticationFailed(
                f"{self.transport.system}: the access token is empty or holds characters no token has, such as a "
                f"line break. Nothing was sent. {self._advice}",
                system=self.transport.system,
            )
        return dataclasses.replace(call, headers={**call.headers, "Authorization": f"Bearer {token.value}"})
