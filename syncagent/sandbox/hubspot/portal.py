"""The HubSpot portal as one system: authentication, limits, routing, snapshots, a person's edits."""

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from syncagent.sandbox.clock import Clock
from syncagent.sandbox.dataset import Dataset
from syncagent.sandbox.hubspot import linking, objects, owners, pipelines, properties
from syncagent.sandbox.hubspot.associations import Associations
from syncagent.sandbox.hubspot.crm import Author, Call
from syncagent.sandbox.hubspot.definitions import PropertyDef
from syncagent.sandbox.hubspot.errors import HubSpotError
from syncagent.sandbox.hubspot.limits import Limits
from syncagent.sandbox.hubspot.loading import dump_crm, load_crm
from syncagent.sandbox.hubspot.objecttypes import find_type
from syncagent.sandbox.hubspot.records import Table
from syncagent.sandbox.org import OrgFile
from syncagent.sandbox.wire import EditError, Request, Response, Writes

AGENT = "agent"

_PATH = re.compile(
    r"/crm/(?:(?P<dated>objects|associations|properties|pipelines|owners)/\d{4}-\d{2}"
    r"|v[34]/(?P<plain>objects|associations|properties|pipelines|owners))(?P<rest>(?:/.*)?)"
)
_ROUTES: Mapping[str, Callable[[Call, list[str]], Response]] = {
    "objects": objects.answer,
    "associations": linking.answer_types,
    "properties": properties.answer,
    "pipelines": pipelines.answer,
    "owners": owners.answer,
}
_GATEWAY_DOWN = (
    b"<html><head><title>503 Service Unavailable</title></head><body><h1>Service Unavailable</h1></body></html>"
)


@dataclass(frozen=True, slots=True)
class _State:
    tables: Mapping[str, Table]
    definitions: Mapping[str, Mapping[str, PropertyDef]]
    groups: Mapping[str, Mapping[str, dict[str, Any]]]
    associations: Associations


class HubSpotPortal:
    """One HubSpot account."""

    name = "hubspot"

    def __init__(self, dataset: Dataset, org: OrgFile, clock: Clock, token: str) -> None:
        self.crm = load_crm(dataset, org, clock)
        self._users: dict[str, str] = {
            token: AGENT,
            **{row["token"]: row["user"] for row in org.hubspot.get("tokens") or ()},
        }
        self._limits = Limits(org.hubspot.get("limits") or {})
        self._answered = 0

    def user_of(self, request: Request) -> str:
        """The user whose token the request carries."""
        return self._users.get(_bearer(request), "")

    def handle(self, request: Request, writes: Writes) -> Response:
        """Answer one request."""
        family, parts = _split(request.path)
        search = family == "objects" and parts[-1:] == ["search"] and request.method == "POST"
        correlation = self._correlation()
        try:
            user = self._authenticate(request)
            limit = self._limits.take(search=search)
            if limit is not None:
                return self._too_many(limit, 1 if self.crm.switches["retry_after"] else None)
            base_url = f"http://{request.headers.get('host', 'localhost')}"
            call = Call(self.crm, request, Author(user, source_id=user), writes, base_url)
            response = _route(call, family, parts)
        except HubSpotError as error:
            response = Response.json(error.status, error.body(correlation))
        response.headers["X-HubSpot-Correlation-Id"] = correlation
        if not search:
            response.headers |= self._limits.headers()
        return response

    def refuse(self, kind: str, request: Request, retry_after: int | None) -> Response:
        """HubSpot's wording of an injected fault."""
        if kind == "burst_429":
            search = request.path.rstrip("/").endswith("/search")
            return self._too_many("SECONDLY" if search else "TEN_SECONDLY_ROLLING", retry_after)
        if kind == "expire_token":
            message = "The OAuth token used to make this call expired 7 second(s) ago."
            return Response.json(401, HubSpotError(401, "EXPIRED_AUTHENTICATION", message).body(self._correlation()))
        headers = {"content-type": "text/html"}
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        return Response(503, _GATEWAY_DOWN, headers)

    def snapshot(self) -> object:
        """The state a restore needs: copies of dictionaries over shared record values."""
        crm = self.crm
        return _copy(_State(crm.tables, crm.definitions, crm.groups, crm.associations))

    def restore(self, state: object) -> None:
        """Return to a snapshot."""
        assert isinstance(state, _State)  # noqa: S101 - only our own snapshots come back
        fresh = _copy(state)
        self.crm.tables = dict(fresh.tables)
        self.crm.definitions = {name: dict(known) for name, known in fresh.definitions.items()}
        self.crm.groups = {name: dict(known) for name, known in fresh.groups.items()}
        self.crm.associations = fresh.associations

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """The records and associations as dataset rows."""
        return dump_crm(self.crm)

    def edit(self, object: str, id: str, fields: Mapping[str, Any], user: str, writes: Writes) -> None:  # noqa: A002
        """A person changes a record on the screen; `user` is an owner's e-mail, id or user id, or any name."""
        kind = find_type(object)
        if kind is None:
            raise EditError(f"HubSpot has no object type {object!r}.")
        user_id = self._user_id(user)
        source = user if user_id is None else f"userId:{user_id}"
        author = Author(f"person:{user}", "CRM_UI", source, user_id)
        body = Response.json(0, {"properties": dict(fields)}).body
        request = Request("PATCH", f"/crm/v3/objects/{kind.name}/{quote(id)}", (), {}, body)
        try:
            objects.answer(Call(self.crm, request, author, writes, ""), [kind.name, id])
        except HubSpotError as error:
            raise EditError(error.message) from None

    def _user_id(self, user: str) -> int | None:
        for owner in self.crm.owners:
            if user in (owner.get("email"), owner["id"], str(owner.get("userId"))):
                number: int | None = owner.get("userId")
                return number
        return None

    def _authenticate(self, request: Request) -> str:
        token = _bearer(request)
        if token in self._users:
            return self._users[token]
        message = (
            "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
            "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
        )
        raise HubSpotError(401, "INVALID_AUTHENTICATION", message)

    def _too_many(self, policy: str, retry_after: int | None) -> Response:
        body = {
            "status": "error",
            "message": f"You have reached your {policy.lower()} limit.",
            "errorType": "RATE_LIMIT",
            "correlationId": self._correlation(),
            "policyName": policy,
            "groupName": f"publicapi:private-apps:api-calls-{policy.lower()}:{self.crm.portal_id}",
        }
        if policy == "SECONDLY":
            body["category"] = "RATE_LIMITS"
        return Response.json(429, body, {} if retry_after is None else {"Retry-After": str(retry_after)})

    def _correlation(self) -> str:
        self._answered += 1
        return f"00000000-0000-4000-8000-{self._answered:012x}"


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _split(path: str) -> tuple[str, list[str]]:
    """The family of a path and its parts after it, whatever version and slashes it is written with."""
    match = _PATH.fullmatch(path)
    if match is None:
        return "", []
    return match["dated"] or match["plain"], [part for part in match["rest"].split("/") if part]


def _route(call: Call, family: str, parts: list[str]) -> Response:
    if family == "objects" and len(parts) > 2 and parts[2] == "associations":  # noqa: PLR2004 - type, id, this word
        return linking.answer_record(call, parts)
    if family not in _ROUTES or (not parts and family != "owners"):
        page = f"<html><body><h2>HTTP ERROR 404</h2><p>{call.request.method} is not emulated here</p></body></html>"
        return Response(404, page.encode(), {"content-type": "text/html;charset=utf-8"})
    return _ROUTES[family](call, parts)


def _copy(state: _State) -> _State:
    return _State(
        {name: table.copy() for name, table in state.tables.items()},
        {name: dict(known) for name, known in state.definitions.items()},
        {name: copy.copy(known) for name, known in state.groups.items()},
        state.associations.copy(),
    )
