"""simple-salesforce as URL builder: it asks our channel where it would ask a requests.Session.

What it would do itself is done here instead, because on a 401 it drops conditional headers, repeats without
limit and logs in once per thread; and it has neither timeouts nor retries.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests

from syncagent.connectors.replies import Kind, failed
from syncagent.connectors.tokens import Channel
from syncagent.connectors.transport import Call

_OURS = ("Authorization", "X-PrettyPrint")
_HEADERS = {
    # Assignment rules would hand a created lead to somebody else, and the owner is one of the values we were told.
    "Sforce-Auto-Assign": "FALSE",
    # Lets change events and triggers recognise the agent's own writes.
    "Sforce-Call-Options": "client=syncagent",
}


class Gateway:
    """The few members of requests.Session that simple-salesforce uses."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.proxies: dict[str, str] = {}

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        data: bytes | None = None,
        kind: Kind | None = None,
    ) -> requests.Response:
        """Make the call; ``kind`` is set where a POST only reads."""
        own = {name: value for name, value in (headers or {}).items() if name not in _OURS}
        call = Call(
            operation_of(url),
            method,
            url,
            kind or ("read" if method == "GET" else "write"),
            headers={**own, **_HEADERS},
            query=tuple((params or {}).items()),
            body=data,
        )
        return self._channel.call(call)


def operation_of(url: str) -> str:
    """Name a REST call without ids: the path below the version, record ids and query locators cut off."""
    parts = urlsplit(url).path.strip("/").split("/")[3:]
    known = parts[:3] if parts[:1] == ["composite"] else parts[:2] if parts[:1] == ["sobjects"] else parts[:1]
    return "/".join([*known, *parts[-1:]] if parts[-1:] == ["describe"] else known)


class Client:
    """The REST calls the connector makes, as JSON with exact numbers."""

    def __init__(self, channel: Channel, version: str) -> None:
        self.channel = channel
        self._version = version
        self._lock = threading.Lock()
        self._built: Any = None

    @property
    def _api(self) -> Any:
        with self._lock:
            if self._built is None:
                from simple_salesforce.api import Salesforce

                gateway: Any = Gateway(self.channel)
                self._built = Salesforce(
                    session_id="set by the channel",
                    instance_url=self.channel.tokens.current().instance_url,
                    session=gateway,
                    version=self._version,
                    parse_float=Decimal,
                    object_pairs_hook=dict,
                )
            return self._built

    def get(self, path: str) -> Any:
        """GET a path below the version."""
        return self._json("read", lambda: self._api.restful(path))

    def post_read(self, path: str, body: Mapping[str, Any]) -> Any:
        """POST a question that changes nothing."""
        data = orjson.dumps(body)
        return self._json("read", lambda: self._api.restful(path, method="POST", data=data, kind="read"))

    def write(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Make a call that writes; None for an answer without a body."""
        data = None if body is None else orjson.dumps(body)
        return self._json(
            "write", lambda: self._api.restful(path, method=method, params=query, data=data, headers=headers or {})
        )

    def query(self, soql: str, *, deleted: bool = False) -> Any:
        """Run a SOQL query; ``deleted`` includes the recycle bin and archived activities."""
        return self._json("read", lambda: self._api.query(soql, include_deleted=deleted))

    def query_more(self, next_url: str) -> Any:
        """Get the next page; its URL is opaque."""
        return self._json("read", lambda: self._api.query_more(next_url, identifier_is_url=True))

    def _json(self, kind: Kind, ask: Any) -> Any:
        try:
            return ask()
        except ValueError as error:
            raise failed("salesforce", kind, "salesforce answered with a body that is not JSON") from error
