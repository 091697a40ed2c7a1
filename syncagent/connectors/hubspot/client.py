"""hubspot-api-client's typed API objects, built once, over our channel instead of their own connection pools.

The client's ``api_factory`` hook lets us give every API object a REST client of ours; with
``_preload_content=False`` they hand its answer back untouched, and orjson reads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from syncagent.connectors.replies import Kind, Refusal, failed
from syncagent.connectors.tokens import Channel
from syncagent.connectors.transport import Call

PRODUCTION = "https://api.hubapi.com"

_VERSIONED = re.compile(r"(/crm)/v[34]/(\w+)")
_ID = re.compile(r"/\d+(?=/|$)")
_READS = ("/search", "/batch/read")
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API objects receive in place of a urllib3 response."""

    status: int
    data: bytes
    kind: Kind


class RestClient:
    """Stands where the generated code expects its urllib3 client; ``version`` is "v3" or a date such as 2026-03."""

    def __init__(self, channel: Channel, host: str, version: str) -> None:
        self._channel, self._host, self._version = channel, host, version

    def request(
        self,
        method: str,
        url: str,
        *,
        query_params: Sequence[tuple[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        **_ignored: Any,
    ) -> Answer:
        """Make the call; a POST that only reads may be repeated, every other may not."""
        path = versioned(url.removeprefix(self._host), self._version)
        kind: Kind = "read" if method == "GET" or path.endswith(_READS) else "write"
        call = Call(
            _ID.sub("/{id}", path),
            method,
            self._host + path,
            kind,
            headers={name: str(value) for name, value in (headers or {}).items() if name != "User-Agent"},
            query=tuple((name, _query_text(value)) for name, value in query_params or ()),
            body=None if body is None else orjson.dumps(body),
            bucket="search" if path.endswith("/search") else "general",
        )
        response = self._channel.call(call)
        return Answer(response.status_code, response.content, kind)

    def GET(self, url: str, **call: Any) -> Answer:  # noqa: N802 - the generated code's own name
        """Make a GET call."""
        return self.request("GET", url, **call)

    def POST(self, url: str, **call: Any) -> Answer:  # noqa: N802 - the generated code's own name
        """Make a POST call."""
        return self.request("POST", url, **call)


def versioned(path: str, version: str) -> str:
    """Give a path in the form of the version: ``/crm/v3/objects/x`` or ``/crm/objects/2026-03/x``."""
    return path if version == "v3" else _VERSIONED.sub(rf"\1/\2/{version}", path, count=1)


def _query_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class Client:
    """The calls the connector makes, answered as JSON."""

    def __init__(self, channel: Channel, host: str, version: str) -> None:
        from hubspot import HubSpot

        self.channel = channel
        rest = RestClient(channel, host, version)

        def build(package: Any, name: str, _settings: Any) -> Any:
            api_client = package.ApiClient(configuration=package.Configuration(host=host))
            api_client.rest_client = rest
            return getattr(package, name)(api_client=api_client)

        crm = HubSpot(api_factory=build).crm
        self._basic, self._batch, self._search = crm.objects.basic_api, crm.objects.batch_api, crm.objects.search_api
        self._associations = crm.associations.v4.batch_api
        self._properties = crm.properties.core_api
        self._owners = crm.owners.owners_api
        self._pipelines = crm.pipelines.pipelines_api

    def page(self, object_name: str, **query: Any) -> Any:
        """List one page of records; see the list endpoint for the query."""
        return _json(self._basic.get_page(object_name, _preload_content=False, **query))

    def get(self, object_name: str, record_id: str, properties: Sequence[str]) -> Any:
        """Read one record, by an old id too; None where there is none."""
        try:
            answer = self._basic.get_by_id(object_name, record_id, properties=list(properties), _preload_content=False)
        except Refusal as error:
            if error.status == _NOT_FOUND:
                return None
            raise
        return _json(answer)

    def search(self, object_name: str, question: Mapping[str, Any]) -> Any:
        """Search one page of records."""
        return _json(self._search.do_search(object_name, dict(question), _preload_content=False))

    def batch(self, object_name: str, action: str, body: Mapping[str, Any]) -> Any:
        """Read, create, update or archive a batch; None for an answer without a body."""
        return _json(getattr(self._batch, action)(object_name, dict(body), _preload_content=False))

    def associations(self, from_object: str, to_object: str, inputs: Sequence[Mapping[str, str]]) -> Any:
        """Read the associations of a batch of records."""
        body = {"inputs": list(inputs)}
        return _json(self._associations.get_page(from_object, to_object, body, _preload_content=False))

    def properties(self, object_name: str) -> Any:
        """List an object's property definitions."""
        return _json(self._properties.get_all(object_name, _preload_content=False))

    def owners(self, **query: Any) -> Any:
        """List one page of owners."""
        return _json(self._owners.get_page(_preload_content=False, **query))

    def pipelines(self, object_name: str) -> Any:
        """List pipelines with their stages."""
        return _json(self._pipelines.get_all(object_name, _preload_content=False))


def _json(answer: Answer) -> Any:
    if not answer.data:
        return None
    try:
        return orjson.loads(answer.data)
    except orjson.JSONDecodeError as error:
        raise failed("hubspot", answer.kind, "hubspot answered with a body that is not JSON") from error
