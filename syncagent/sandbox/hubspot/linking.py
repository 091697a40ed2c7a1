"""Associations v4 over HTTP: single records, batches and labels."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from syncagent.sandbox.hubspot.associations import Link, link_types, links_between
from syncagent.sandbox.hubspot.batches import envelope
from syncagent.sandbox.hubspot.crm import Call
from syncagent.sandbox.hubspot.errors import HubSpotError, bad_request, not_found
from syncagent.sandbox.hubspot.objecttypes import ObjectType
from syncagent.sandbox.hubspot.rendering import paging
from syncagent.sandbox.hubspot.writing import associate
from syncagent.sandbox.wire import Response

READ_MAX = 500
BATCH_READ_MAX = 1000
BATCH_WRITE_MAX = 2000

_Item = Mapping[str, Any]


def answer_record(call: Call, parts: list[str]) -> Response:
    """Serve `objects/{type}/{id}/associations/...`, given the parts after `objects`."""
    kind, record_id = call.kind(parts[0]), parts[1]
    match (call.request.method, *parts[3:]):
        case ("GET", end):
            return _list(call, kind, record_id, call.kind(end))
        case ("PUT", "default", end, end_id):
            return _put_default(call, kind, record_id, call.kind(end), end_id)
        case ("PUT", end, end_id):
            return _put(call, kind, record_id, call.kind(end), end_id)
        case ("DELETE", end, end_id):
            _remove(call, kind, record_id, call.kind(end), end_id)
            return Response(204)
        case _:
            raise HubSpotError(405, "METHOD_NOT_ALLOWED", f"{call.request.method} is not allowed on this path")


def answer_types(call: Call, parts: list[str]) -> Response:
    """Serve `associations/{from}/{to}/...`, given the parts after `associations`."""
    if len(parts) < 3:  # noqa: PLR2004 - two types and what to do
        raise not_found()
    start, end = call.kind(parts[0]), call.kind(parts[1])
    match (call.request.method, *parts[2:]):
        case ("GET", "labels"):
            links = links_between(start.name, end.name)
            return Response.json(200, {"results": [_spec(link) for link in links]})
        case ("POST", "batch", "read"):
            return _batch_read(call, start, end)
        case ("POST", "batch", "create"):
            return _batch(call, start, end, lambda item: _create_item(call, start, end, item), 201)
        case ("POST", "batch", "associate", "default"):
            return _batch(call, start, end, lambda item: _default_item(call, start, end, item), 200)
        case ("POST", "batch", "archive"):
            return _batch_archive(call, start, end)
        case ("POST", "batch", "labels", "archive"):
            return _batch_archive_labels(call, start, end)
        case _:
            raise not_found()


def _spec(link: Link) -> dict[str, Any]:
    return {"category": "HUBSPOT_DEFINED", "typeId": link.type_id, "label": link.label}


def _live(call: Call, kind: ObjectType, record_id: str) -> str:
    record = call.crm.table(kind).find(record_id)
    if record is None or record.archived_at is not None:
        raise not_found(f"No {kind.singular.upper()} with ID {record_id} exists", [record_id])
    return record.id


def _targets(call: Call, start: ObjectType, start_id: str, end: ObjectType) -> list[dict[str, Any]]:
    ends = call.crm.associations.ends(start.name, start_id, end.name)
    records = call.crm.table(end).records
    return [
        {"toObjectId": end_id, "associationTypes": [_spec(link_types()[type_id]) for type_id in ends[end_id]]}
        for end_id in sorted(ends, key=int)
        if records[end_id].archived_at is None
    ]


def _page(rows: Sequence[_Item], after: str, limit: int) -> tuple[list[_Item], str | None]:
    if not after.isdigit():
        raise bad_request(f"Invalid after value: {after}")
    rest = [row for row in rows if int(row["toObjectId"]) >= int(after)]
    following = str(rest[limit]["toObjectId"]) if len(rest) > limit else None
    return rest[:limit], following


def _list(call: Call, kind: ObjectType, record_id: str, end: ObjectType) -> Response:
    limit = call.count("limit", READ_MAX, READ_MAX)
    rows = _targets(call, kind, _live(call, kind, record_id), end)
    page, following = _page(rows, call.request.param("after") or "0", limit)
    body: dict[str, Any] = {"results": page}
    if following is not None:
        body["paging"] = paging(call, following)
    return Response.json(200, body)


def _read_links(specs: Any, start: ObjectType, end: ObjectType) -> list[Link]:
    if not isinstance(specs, list) or not specs:
        raise bad_request("Invalid input JSON: a list of association types is expected")
    legal = {link.type_id: link for link in links_between(start.name, end.name)}
    links = []
    for spec in specs:
        type_id = spec.get("associationTypeId") if isinstance(spec, dict) else None
        if type_id not in legal:
            known = ", ".join(map(str, legal))
            raise bad_request(f"{type_id} is no association type from {start.name} to {end.name}: one of [{known}]")
        links.append(legal[type_id])
    return links


def _default_link(start: ObjectType, end: ObjectType) -> Link:
    links = links_between(start.name, end.name)
    if not links:
        raise bad_request(f"{start.name} and {end.name} cannot be associated")
    return links[0]


def _pair(start: ObjectType, start_id: str, end: ObjectType, end_id: str, links: Sequence[Link]) -> dict[str, Any]:
    return {
        "fromObjectTypeId": start.type_id,
        "fromObjectId": start_id,
        "toObjectTypeId": end.type_id,
        "toObjectId": end_id,
        "labels": [link.label for link in links if link.label],
    }


def _put(call: Call, start: ObjectType, start_id: str, end: ObjectType, end_id: str) -> Response:
    try:
        specs = call.request.json()
    except ValueError:
        raise bad_request("Invalid input JSON on line 1, column 1: the body is not JSON") from None
    links = _read_links(specs, start, end)
    start_id, end_id = _live(call, start, start_id), _live(call, end, end_id)
    for link in links:
        associate(call, link, start_id, end_id)
    return Response.json(201, _pair(start, start_id, end, end_id, links))


def _put_default(call: Call, start: ObjectType, start_id: str, end: ObjectType, end_id: str) -> Response:
    return envelope(call, _associate_default(call, start, start_id, end, end_id), [], 200)


def _associate_default(
    call: Call, start: ObjectType, start_id: str, end: ObjectType, end_id: str
) -> list[dict[str, Any]]:
    link = _default_link(start, end)
    start_id, end_id = _live(call, start, start_id), _live(call, end, end_id)
    associate(call, link, start_id, end_id)
    there = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": link.type_id}
    back = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": link.inverse}
    return [
        {"from": {"id": start_id}, "to": {"id": end_id}, "associationSpec": there},
        {"from": {"id": end_id}, "to": {"id": start_id}, "associationSpec": back},
    ]


def _remove(
    call: Call,
    start: ObjectType,
    start_id: str,
    end: ObjectType,
    end_id: str,
    type_ids: Sequence[int] | None = None,
) -> None:
    if call.crm.associations.remove(start.name, start_id, end.name, end_id, type_ids):
        _ = call.stamp
        call.writes.note("dissociate", start.name, start_id, {"to": f"{end.name}/{end_id}"})


def _batch_read(call: Call, start: ObjectType, end: ObjectType) -> Response:
    results, errors = [], []
    for item in call.inputs(BATCH_READ_MAX):
        record_id = str(item.get("id", ""))
        rows = _targets(call, start, record_id, end)
        if not rows:
            message = f"No {end.singular} is associated with {start.singular} {record_id}."
            context = {"fromObjectId": [record_id], "fromObjectType": [start.type_id], "toObjectType": [end.type_id]}
            sub = "crm.associations.NO_ASSOCIATIONS_FOUND"
            error = HubSpotError(404, "OBJECT_NOT_FOUND", message, context=context)
            errors.append({**error.item(), "subCategory": sub})
            continue
        page, following = _page(rows, str(item.get("after") or "0"), READ_MAX)
        result: dict[str, Any] = {"from": {"id": record_id}, "to": page}
        if following is not None:
            result["paging"] = {"next": {"after": following}}
        results.append(result)
    return envelope(call, results, errors, 200)


def _ends_of(item: _Item) -> tuple[str, str]:
    try:
        return str(item["from"]["id"]), str(item["to"]["id"])
    except (KeyError, TypeError):
        raise bad_request("Invalid input JSON: an input has 'from': {'id'} and 'to': {'id'}") from None


def _create_item(call: Call, start: ObjectType, end: ObjectType, item: _Item) -> list[dict[str, Any]]:
    start_id, end_id = _ends_of(item)
    links = _read_links(item.get("types"), start, end)
    start_id, end_id = _live(call, start, start_id), _live(call, end, end_id)
    for link in links:
        associate(call, link, start_id, end_id)
    return [_pair(start, start_id, end, end_id, links)]


def _default_item(call: Call, start: ObjectType, end: ObjectType, item: _Item) -> list[dict[str, Any]]:
    start_id, end_id = _ends_of(item)
    return _associate_default(call, start, start_id, end, end_id)


def _batch(
    call: Call, start: ObjectType, end: ObjectType, create: Callable[[_Item], list[dict[str, Any]]], status: int
) -> Response:
    _default_link(start, end)
    results: list[_Item] = []
    errors: list[_Item] = []
    for item in call.inputs(BATCH_WRITE_MAX):
        try:
            results += create(item)
        except HubSpotError as error:
            errors.append(error.item())
    # The default-association contract knows no 207: its errors come with 200.
    return envelope(call, results, errors, status, 200 if status == 200 else 207)  # noqa: PLR2004 - HTTP OK


def _batch_archive(call: Call, start: ObjectType, end: ObjectType) -> Response:
    for item in call.inputs(BATCH_WRITE_MAX):
        try:
            start_id, ends = str(item["from"]["id"]), [str(to["id"]) for to in item["to"]]
        except (KeyError, TypeError):
            raise bad_request("Invalid input JSON: an input has 'from': {'id'} and 'to': [{'id'}]") from None
        for end_id in ends:
            _remove(call, start, start_id, end, end_id)
    return Response(204)


def _batch_archive_labels(call: Call, start: ObjectType, end: ObjectType) -> Response:
    for item in call.inputs(BATCH_WRITE_MAX):
        start_id, end_id = _ends_of(item)
        type_ids = [link.type_id for link in _read_links(item.get("types"), start, end)]
        _remove(call, start, start_id, end, end_id, type_ids)
    return Response(204)
