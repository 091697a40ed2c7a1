"""Salesforce as a connector."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from syncagent.connectors.connection import Clocks, Conduct, open_transport, server_time
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
from syncagent.connectors.salesforce import metadata, writing
from syncagent.connectors.salesforce.client import Client
from syncagent.connectors.salesforce.credentials import Credentials
from syncagent.connectors.salesforce.login import advice, fetch_token
from syncagent.connectors.salesforce.reading import Reader
from syncagent.connectors.salesforce.schema import Schema, fetch_schema
from syncagent.connectors.tokens import Channel, Tokens
from syncagent.connectors.transport import Transport
from syncagent.domain.records import Cursor, FieldInfo, Page, Record, System

_PACE = (1000.0, 10.0)
"""Salesforce has no calls-per-second limit; this only keeps a loop gone wild from eating the day's calls."""


@dataclass(frozen=True, slots=True)
class SalesforceOptions:
    """How to reach an org.

    ``url`` is where to log in: the org's own https address, or an http address, which is a sandbox server that then
    takes the place of every host. Empty, it is ``https://{domain}.salesforce.com``, where ``domain`` is "login",
    "test", or the My Domain such as "acme.my".
    """

    credentials: Credentials
    version: str = "62.0"
    url: str = ""
    domain: str = "login"
    overlap: timedelta = timedelta(seconds=300)
    conduct: Conduct = field(default_factory=Conduct)


def connect_salesforce(
    options: SalesforceOptions,
    *,
    now: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> Connector:
    """Make the connector; nothing is sent before its first call."""
    clocks = Clocks(now, sleep, monotonic)
    url = options.url.rstrip("/")
    transport = open_transport("salesforce", url, options.conduct, clocks, {"general": _PACE})
    credentials = options.credentials
    tokens = Tokens(
        lambda: fetch_token(transport, credentials, url=url, domain=options.domain, now=now),
        monotonic=monotonic,
    )
    client = Client(Channel(transport, tokens, advice(credentials)), options.version)
    return SalesforceConnector(client, transport, options.overlap, now)


class SalesforceConnector:
    """Salesforce behind the connector protocol; safe to share between threads."""

    system: System = "salesforce"

    def __init__(self, client: Client, transport: Transport, overlap: timedelta, now: Callable[[], datetime]) -> None:
        self._client, self._overlap, self._now = client, overlap, now
        self.transport = transport
        self._schemas: dict[str, Schema] = {}

    @property
    def calls(self) -> int:
        """Count the remote calls made so far, repeats and logins included."""
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
        """Give the object's fields by name; compound and binary fields are left out, they hold no single value."""
        return self._schema(object_name).fields

    def pull(self, object_name: str, fields: Sequence[str], cursor: Cursor | None) -> Iterator[Page]:
        """Read what changed since the cursor; see :meth:`Reader.pull`."""
        return self._reader(object_name, fields).pull(cursor, self._overlap)

    def read(self, object_name: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Record]:
        """Read records by id as they are now."""
        return self._reader(object_name, fields).read(ids)

    def find(
        self, object_name: str, field_name: str, values: Sequence[str], fields: Sequence[str]
    ) -> Mapping[str, Record]:
        """Read records by a unique field's value."""
        return self._reader(object_name, fields, field_name).find(field_name, values)

    def batch_max(self, kind: WriteKind, *, guarded: bool) -> int:
        """Tell how many records one write call may carry: 200, or 1 for a guarded update."""
        return writing.batch_max(kind, guarded=guarded)

    def write(self, object_name: str, writes: Sequence[Write]) -> list[WriteResult]:
        """Send one call; see :class:`syncagent.connectors.salesforce.writing.Writer`."""
        return writing.Writer(self._client, self._schema(object_name)).write(writes)

    def associations(self, from_object: str, to_object: str, ids: Sequence[str]) -> Iterator[Association]:
        """Give nothing: Salesforce holds relations as fields."""
        del from_object, to_object, ids
        return iter(())

    def stage_history(
        self, object_name: str, ids: Sequence[str] | None, since: datetime | None
    ) -> Iterator[StageEntry]:
        """Read when opportunities entered which stage."""
        return metadata.read_stage_history(self._client, object_name, ids, since)

    def owners(self) -> Sequence[Owner]:
        """List the users."""
        return metadata.read_owners(self._client)

    def stages(self) -> Sequence[Stage]:
        """List the opportunity stages."""
        return metadata.read_stages(self._client)

    def clock(self) -> datetime:
        """Give Salesforce's own time."""
        if self.transport.server_time is None:
            self._client.get("limits")
        return self._server_time()
