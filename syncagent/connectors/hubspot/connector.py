"""HubSpot as a connector."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from syncagent.connectors.connection import Clocks, Conduct, open_transport, server_time
from syncagent.connectors.hubspot import metadata, writing
from syncagent.connectors.hubspot.client import PRODUCTION, Client
from syncagent.connectors.hubspot.credentials import Credentials, advice, fetch_token
from syncagent.connectors.hubspot.reading import Reader
from syncagent.connectors.hubspot.schema import Schema, fetch_schema
from syncagent.connectors.protocol import (
    Association,
    Connector,
    Owner,
    Stage,
    StageEntry,
    Write,
    WriteKind,
    WriteResult,
)
from syncagent.connectors.tokens import Channel, Tokens
from syncagent.connectors.transport import Transport
from syncagent.domain.records import Cursor, FieldInfo, Page, Record, System

_SEARCH_PACE = (5.0, 1.0)
"""HubSpot allows 5 searches a second per account, and says nothing about them in its headers."""


@dataclass(frozen=True, slots=True)
class HubSpotOptions:
    """How to reach an account: ``url`` empty means the real host, an http URL means a sandbox server.

    ``version`` is the form of the paths: "v3" (with v4 for associations), or a date such as "2026-03".
    ``calls_per_ten_seconds`` holds until HubSpot's replies state the account's own limit.
    """

    credentials: Credentials
    version: str = "v3"
    url: str = ""
    overlap: timedelta = timedelta(seconds=300)
    calls_per_ten_seconds: int = 100
    conduct: Conduct = field(default_factory=Conduct)


def connect_hubspot(
    options: HubSpotOptions,
    *,
    now: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> Connector:
    """Make the connector; nothing is sent before its first call."""
    clocks = Clocks(now, sleep, monotonic)
    paces = {"general": (float(options.calls_per_ten_seconds), 10.0), "search": _SEARCH_PACE}
    transport = open_transport("hubspot", options.url, options.conduct, clocks, paces)
    host = options.url.rstrip("/") or PRODUCTION
    credentials = options.credentials
    tokens = Tokens(lambda: fetch_token(transport, credentials, host=host, monotonic=monotonic), monotonic=monotonic)
    client = Client(Channel(transport, tokens, advice(credentials)), host, options.version)
    return HubSpotConnector(client, transport, options.overlap, now)


class HubSpotConnector:
    """HubSpot behind the connector protocol; safe to share between threads."""

    system: System = "hubspot"

    def __init__(self, client: Client, transport: Transport, overlap: timedelta, now: Callable[[], datetime]) -> None:
        self._client, self._overlap, self._now = client, overlap, now
        self.transport = transport
        self._schemas: dict[str, Schema] = {}

    @property
    def calls(self) -> int:
        """Count the remote calls made so far, repeats included."""
        return self.transport.counters.calls

    def _schema(self, object_name: str) -> Schema:
        if object_name not in self._schemas:
            self._schemas[object_name] = fetch_schema(self._client, object_name)
        return self._schemas[object_name]

    def _reader(self, object_name: str, fields: Sequence[str], *more: str) -> Reader:
        schema = self._schema(object_name)
        schema.require((*fields, *more))
        return Reader(self._client, schema, tuple(fields), self._server_time)

    def _server_time(self) -> datetime:
        return server_time(self.transport, self._now)

    def describe(self, object_name: str) -> Mapping[str, FieldInfo]:
        """Give the object's properties by name."""
        return self._schema(object_name).fields

    def pull(self, object_name: str, fields: Sequence[str], cursor: Cursor | None) -> Iterator[Page]:
        """Read all records or what changed since the cursor; see :meth:`Reader.pull`."""
        return self._reader(object_name, fields).pull(cursor, self._overlap)

    def read(self, object_name: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Record]:
        """Read records by id as they are now."""
        return self._reader(object_name, fields).read(ids)

    def find(
        self, object_name: str, field_name: str, values: Sequence[str], fields: Sequence[str]
    ) -> Mapping[str, Record]:
        """Read records by a unique property's value."""
        return self._reader(object_name, fields, field_name).find(field_name, values)

    def batch_max(self, kind: WriteKind, *, guarded: bool) -> int:
        """Tell how many records one write call may carry: 100; HubSpot has no server-side condition to guard with."""
        del kind, guarded
        return writing.BATCH_MAX

    def write(self, object_name: str, writes: Sequence[Write]) -> list[WriteResult]:
        """Send one call; see :class:`syncagent.connectors.hubspot.writing.Writer`."""
        return writing.Writer(self._client, self._schema(object_name)).write(writes)

    def associations(self, from_object: str, to_object: str, ids: Sequence[str]) -> Iterator[Association]:
        """Read associations of the given records."""
        return metadata.read_associations(self._client, from_object, to_object, ids)

    def stage_history(
        self, object_name: str, ids: Sequence[str] | None, since: datetime | None
    ) -> Iterator[StageEntry]:
        """Read when deals entered which stage."""
        return metadata.read_stage_history(self._client, self._schema(object_name), ids, since)

    def owners(self) -> Sequence[Owner]:
        """List the owners."""
        return metadata.read_owners(self._client)

    def stages(self) -> Sequence[Stage]:
        """List the deal stages."""
        return metadata.read_stages(self._client)

    def clock(self) -> datetime:
        """Give HubSpot's own time."""
        if self.transport.server_time is None:
            self._client.owners(limit=1)
        return self._server_time()
