"""Single records: list, get, create, update, archive."""

from bisect import bisect_left
from typing import Any

from syncagent.sandbox.hubspot import batches, searching
from syncagent.sandbox.hubspot.crm import Call
from syncagent.sandbox.hubspot.errors import HubSpotError, bad_request
from syncagent.sandbox.hubspot.finding import LIST_MAX, LIST_WITH_HISTORY_MAX, find_record
from syncagent.sandbox.hubspot.objecttypes import ObjectType
from syncagent.sandbox.hubspot.rendering import paging, read_view, render, render_written
from syncagent.sandbox.hubspot.writing import archive, commit, prepare
from syncagent.sandbox.wire import Response


def answer(call: Call, parts: list[str]) -> Response:
    """Serve a path below `objects`: its first part is the object type."""
    kind = call.kind(parts[0])
    match (call.request.method, *parts[1:]):
        case ("GET",):
            return _list(call, kind)
        case ("POST",):
            return _create(call, kind)
        case ("POST", "search"):
            return searching.answer(call, kind)
        case ("POST", "batch", action):
            return batches.answer(call, kind, action)
        case ("GET", record_id):
            return _get(call, kind, record_id)
        case ("PATCH", record_id):
            return _update(call, kind, record_id)
        case ("DELETE", record_id):
            return _archive(call, kind, record_id)
        case _:
            raise HubSpotError(405, "METHOD_NOT_ALLOWED", f"{call.request.method} is not allowed on this path")


def _list(call: Call, kind: ObjectType) -> Response:
    view = read_view(call)
    limit = call.count("limit", 10, LIST_WITH_HISTORY_MAX if view.history else LIST_MAX)
    after = call.request.param("after") or "0"
    if not after.isdigit():
        raise bad_request(f"Invalid after value: {after}")
    table = call.crm.table(kind)
    ids = table.archived if call.flag("archived") else table.live
    start = bisect_left(ids, int(after))
    page = ids[start : start + limit]
    body: dict[str, Any] = {"results": [render(call, kind, table.records[str(number)], view) for number in page]}
    if start + limit < len(ids):
        body["paging"] = paging(call, str(page[-1] + 1))
    return Response.json(200, body)


def _get(call: Call, kind: ObjectType, record_id: str) -> Response:
    record = find_record(call, kind, record_id, call.request.param("idProperty"), archived=call.flag("archived"))
    return Response.json(200, render(call, kind, record, read_view(call)))


def _create(call: Call, kind: ObjectType) -> Response:
    body = call.body()
    sent = body.get("properties") or {}
    record = commit(call, prepare(call, kind, None, sent, body.get("associations")))
    return Response.json(201, render_written(kind, record, sent))


def _update(call: Call, kind: ObjectType, record_id: str) -> Response:
    record = find_record(call, kind, record_id, call.request.param("idProperty"))
    sent = call.body().get("properties")
    return Response.json(200, render_written(kind, commit(call, prepare(call, kind, record, sent)), sent or {}))


def _archive(call: Call, kind: ObjectType, record_id: str) -> Response:
    record = call.crm.table(kind).find(record_id)
    if record is not None and record.archived_at is None:
        archive(call, kind, record)
    return Response(204)
