"""The Salesforce side as one object behind the HTTP server."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from syncagent.sandbox.clock import Clock
from syncagent.sandbox.dataset import Dataset
from syncagent.sandbox.org import OrgFile
from syncagent.sandbox.salesforce.calling import Call
from syncagent.sandbox.salesforce.errors import Refusal, limit_exceeded, not_allowed, not_found, session_expired
from syncagent.sandbox.salesforce.identifiers import IdMaker, read_id
from syncagent.sandbox.salesforce.loading import load_org
from syncagent.sandbox.salesforce.metering import REQUESTS_MAX, Meter
from syncagent.sandbox.salesforce.paging import Cursors
from syncagent.sandbox.salesforce.routing import dispatch
from syncagent.sandbox.salesforce.saving import update
from syncagent.sandbox.salesforce.schema import Schema
from syncagent.sandbox.salesforce.seeding import read_stages
from syncagent.sandbox.salesforce.sessions import Sessions
from syncagent.sandbox.salesforce.state import SWITCHES, Org
from syncagent.sandbox.salesforce.transacting import Transaction
from syncagent.sandbox.wire import EditError, Request, Response, Writes

DEFAULT_ORG_ID = "00D5g000004ABCD"
RETIRED_VERSION, NEWEST_VERSION, OLDEST_VERSION = 30, 68, 31
_NAMES_SHOWN = 20
_VERSIONED = re.compile(r"/services/data/v(\d+)\.0(?:/(.*))?")


@dataclass(frozen=True, slots=True)
class _State:
    records: Any
    cursors: Any
    used: int
    began: datetime | None


class SalesforceOrg:
    """An emulated org: records, tokens, open queries and the request meter."""

    name = "salesforce"

    def __init__(self, dataset: Dataset, clock: Clock, token: str | None = None) -> None:
        org_file = OrgFile.parse(dataset.org)
        settings = {"org_id": DEFAULT_ORG_ID, **org_file.salesforce}
        if read_id(settings["org_id"]) is None:
            raise ValueError(f"org.yaml: salesforce.org_id: {settings['org_id']} is no id such as {DEFAULT_ORG_ID}.")
        self._org = Org(
            schema=Schema(_fields_with_stages(settings)),
            clock=clock,
            zone=org_file.zone,
            settings=settings,
            switches=org_file.switches_of("salesforce", SWITCHES),
            ids=IdMaker(settings["org_id"]),
        )
        user_id = load_org(self._org, dataset.salesforce)
        self._sessions = Sessions(self._org, token, user_id)
        self._cursors = Cursors(self._org)
        self._meter = Meter(clock, settings.get("daily_api_requests", REQUESTS_MAX))

    def handle(self, request: Request, writes: Writes) -> Response:
        """Answer a request; errors become the wire's arrays."""
        path = "/" + request.path.strip("/")
        try:
            if path == "/services/oauth2/token":
                return self._grant(request)
            if path == "/services/data":
                return Response.json(200, _versions())
            if path == "/services/oauth2/userinfo" or path.startswith("/id/"):
                return Response.json(200, self._sessions.identity(request))
            return self._answer(request, path, writes)
        except Refusal as refusal:
            return self._with_usage(refusal.as_response())

    def user_of(self, request: Request) -> str:
        """The username behind a request's token."""
        return self._sessions.username(request)

    def refuse(self, kind: str, request: Request, retry_after: int | None) -> Response:
        """An injected fault in this system's words; a burst is the 403 of a used-up allowance, without Retry-After."""
        del retry_after
        if kind == "expire_token":
            self._sessions.revoke(request)
            return session_expired().as_response()
        if kind == "burst_429":
            return self._with_usage(limit_exceeded().as_response())
        page = b"<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>"
        return Response(503, page, {"content-type": "text/html; charset=UTF-8"})

    def snapshot(self) -> object:
        """Records, id counters, open queries and the meter; tokens are left alone."""
        return _State(self._org.snapshot(), self._cursors.snapshot(), self._meter.used, self._meter.began)

    def restore(self, state: object) -> None:
        """Return to a snapshot."""
        if not isinstance(state, _State):
            raise TypeError(f"Not a snapshot of this system: {type(state).__name__}.")
        self._org.restore(state.records)
        self._cursors.restore(state.cursors)
        self._meter.used, self._meter.began = state.used, state.began

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """The rows of every object that has any, as a dataset holds them."""
        return {
            name: [dict(row) for row in table.rows.values()] for name, table in self._org.tables.items() if table.rows
        }

    def edit(
        self,
        object: str,  # noqa: A002 - the name all systems share
        id: str,  # noqa: A002 - likewise
        fields: Mapping[str, Any],
        user: str,
        writes: Writes,
    ) -> None:
        """A person edits a record on the screen; raises EditError."""
        definition, record_id = self._org.schema.find(object), read_id(id)
        row = self._org.tables[definition.name].get(record_id or "") if definition else None
        if definition is None or record_id is None or row is None or row.get("IsDeleted"):
            raise EditError(f"There is no {object} {id} in Salesforce.")
        transaction = Transaction(self._org, self._user_named(user), writes)
        mark = transaction.mark()
        try:
            update(transaction, definition, record_id, fields)
        except Refusal as refusal:
            transaction.roll_back(mark)
            raise EditError(f"{refusal.code}: {refusal.message}") from None

    def _answer(self, request: Request, path: str, writes: Writes) -> Response:
        match = _VERSIONED.fullmatch(path)
        if match is None:
            raise not_found()
        number = int(match[1])
        if number <= RETIRED_VERSION:
            raise Refusal("UNSUPPORTED_API_VERSION", "The requested API version is no longer available", status=410)
        if not OLDEST_VERSION <= number <= NEWEST_VERSION:
            raise not_found()
        user_id = self._sessions.user_id(request)
        self._meter.count()
        version = f"{number}.0"
        call = Call(request, version, user_id, writes, self._org, self._cursors, self._meter, self._sessions)
        return self._with_usage(dispatch(call, match[2] or ""))

    def _grant(self, request: Request) -> Response:
        if request.method != "POST":
            raise not_allowed(request.method, ["POST"])
        return self._sessions.grant(request)

    def _with_usage(self, response: Response) -> Response:
        response.headers.update(self._meter.header())
        return response

    def _user_named(self, user: str) -> str:
        users = self._org.tables["User"]
        by_id = users.get(read_id(user) or "")
        for row in [by_id] if by_id else users.rows.values():
            names = {str(row.get(name, "")).casefold() for name in ("Username", "Alias", "Name", "Email")}
            if by_id or user.casefold() in names:
                found: str = row["Id"]
                return found
        known = sorted(str(row.get("Username")) for row in users.rows.values())[:_NAMES_SHOWN]
        raise EditError(f"There is no user {user} in Salesforce; there are {', '.join(known)}.")


def _fields_with_stages(settings: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The custom fields of org.yaml, with its stages as the values of StageName."""
    fields = {name: list(entries) for name, entries in (settings.get("fields") or {}).items()}
    stages = [{"value": s["name"], "label": s.get("label") or s["name"]} for s in read_stages(settings)]
    for object_name in ("Opportunity", "OpportunityHistory"):
        fields.setdefault(object_name, []).insert(0, {"name": "StageName", "values": stages})
    return fields


def _versions() -> list[dict[str, str]]:
    # Three releases a year; version 59 was Winter '24.
    seasons = ("Spring", "Summer", "Winter")
    return [
        {
            "label": f"{seasons[number % 3]} '{24 + (number - 59) // 3}",
            "url": f"/services/data/v{number}.0",
            "version": f"{number}.0",
        }
        for number in range(OLDEST_VERSION, NEWEST_VERSION + 1)
    ]
