"""Owners: the people and their teams, from org.yaml."""

from typing import Any

from syncagent.sandbox.hubspot.crm import Call
from syncagent.sandbox.hubspot.errors import HubSpotError, bad_request, not_found
from syncagent.sandbox.hubspot.rendering import paging
from syncagent.sandbox.wire import Response

LIMIT_MAX = 500
_CREATED = "2019-10-30T03:30:17.883Z"


def answer(call: Call, parts: list[str]) -> Response:
    """Serve a path below `owners`."""
    if call.request.method != "GET" or len(parts) > 1:
        raise HubSpotError(405, "METHOD_NOT_ALLOWED", f"{call.request.method} is not allowed on this path")
    return _get(call, parts[0]) if parts else _list(call)


def _list(call: Call) -> Response:
    limit = call.count("limit", 100, LIMIT_MAX)
    after = call.request.param("after") or "0"
    if not after.isdigit():
        raise bad_request(f"Invalid after value: {after}")
    email, archived = call.request.param("email"), call.flag("archived")
    found = [
        owner
        for owner in call.crm.owners
        if bool(owner.get("archived")) == archived and (not email or owner.get("email", "").lower() == email.lower())
    ]
    start = int(after)
    body: dict[str, Any] = {"results": [_render(owner) for owner in found[start : start + limit]]}
    if start + limit < len(found):
        body["paging"] = paging(call, str(start + limit))
    return Response.json(200, body)


def _get(call: Call, owner_id: str) -> Response:
    key = call.request.param("idProperty") or "id"
    if key not in ("id", "userId"):
        raise bad_request(f"idProperty must be id or userId, received {key}")
    archived = call.flag("archived")
    for owner in call.crm.owners:
        if str(owner.get(key)) == owner_id and bool(owner.get("archived")) == archived:
            return Response.json(200, _render(owner))
    raise not_found(f"Owner {owner_id} does not exist", [owner_id])


def _render(owner: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": owner["id"],
        "email": owner.get("email"),
        "type": "PERSON",
        "firstName": owner.get("firstName", ""),
        "lastName": owner.get("lastName", ""),
        "userId": None if owner.get("archived") else owner.get("userId"),
        "userIdIncludingInactive": owner.get("userId"),
        "createdAt": _CREATED,
        "updatedAt": _CREATED,
        "archived": bool(owner.get("archived")),
    }
    if owner.get("teams"):
        body["teams"] = [
            {"id": team["id"], "name": team["name"], "primary": team.get("primary", False)} for team in owner["teams"]
        ]
    return body
