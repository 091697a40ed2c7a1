"""Batches of records: read, create, update, upsert, archive, with HubSpot's rules of partial success."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from syncagent.sandbox.hubspot.crm import Call
from syncagent.sandbox.hubspot.errors import HubSpotError, bad_request
from syncagent.sandbox.hubspot.finding import LIST_WITH_HISTORY_MAX, find_record
from syncagent.sandbox.hubspot.objecttypes import ObjectType
from syncagent.sandbox.hubspot.rendering import View, render, render_written
from syncagent.sandbox.hubspot.writing import Prepared, archive, commit, conflict, prepare, unique_claims
from syncagent.sandbox.wire import Response

BATCH_MAX = 100

_Item = Mapping[str, Any]
_Prepare = Callable[[_Item], Prepared]


def answer(call: Call, kind: ObjectType, action: str) -> Response:
    """Serve one batch action."""
    match action:
        case "read":
            return _read(call, kind)
        case "create":
            return _write(call, call.inputs(BATCH_MAX), lambda item: _prepare_create(call, kind, item), 201)
        case "update":
            inputs = _distinct(call.inputs(BATCH_MAX))
            return _write(call, inputs, lambda item: _prepare_update(call, kind, item), 200)
        case "upsert":
            inputs = _distinct(call.inputs(BATCH_MAX))
            return _write(call, inputs, lambda item: _prepare_upsert(call, kind, item), 200, upsert=True)
        case "archive":
            return _archive(call, kind)
        case _:
            raise HubSpotError(404, "OBJECT_NOT_FOUND", "resource not found")


def envelope(
    call: Call, results: Sequence[_Item], errors: Sequence[_Item], status: int, multi_status: int = 207
) -> Response:
    """A batch's answer: the given status, or 207 once there are errors."""
    now = call.crm.now()
    body: dict[str, Any] = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if errors:
        body |= {"numErrors": len(errors), "errors": errors}
    return Response.json(multi_status if errors else status, body)


def _read(call: Call, kind: ObjectType) -> Response:
    body = call.body()
    inputs = _distinct(call.inputs(BATCH_MAX))
    view = View(call.listed(body, "properties"), call.listed(body, "propertiesWithHistory"))
    if view.history and len(inputs) > LIST_WITH_HISTORY_MAX:
        raise bad_request(f"At most {LIST_WITH_HISTORY_MAX} records can be read with history")
    records, missing = {}, []
    for item in inputs:
        try:
            archived = call.flag("archived")
            record = find_record(call, kind, str(item["id"]), body.get("idProperty"), archived=archived)
            records[record.id] = record
        except HubSpotError as error:
            if error.category != "OBJECT_NOT_FOUND":
                raise
            missing.append(str(item["id"]))
    # The order is HubSpot's own, not the request's.
    results = [render(call, kind, records[record_id], view) for record_id in sorted(records, key=int)]
    errors = []
    if missing:
        message = (
            "Could not get some "
            + kind.singular.upper()
            + " objects, they may be deleted or not exist. Check that ids are valid."
        )
        errors = [HubSpotError(404, "OBJECT_NOT_FOUND", message, context={"ids": missing}).item()]
    return envelope(call, results, errors, 200)


def _distinct(inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = [(item.get("idProperty"), str(item.get("id", ""))) for item in inputs]
    if any(not record_id for _, record_id in ids):
        raise bad_request("Invalid input JSON: every input needs an 'id'")
    repeated = sorted({record_id for key, record_id in ids if ids.count((key, record_id)) > 1})
    if repeated:
        raise bad_request(f"Duplicate IDs found in batch input: [{', '.join(repeated)}]. IDs must be unique")
    return inputs


def _prepare_create(call: Call, kind: ObjectType, item: _Item) -> Prepared:
    return prepare(call, kind, None, item.get("properties") or {}, item.get("associations"))


def _prepare_update(call: Call, kind: ObjectType, item: _Item) -> Prepared:
    record = find_record(call, kind, str(item["id"]), item.get("idProperty"))
    return prepare(call, kind, record, item.get("properties"))


def _prepare_upsert(call: Call, kind: ObjectType, item: _Item) -> Prepared:
    id_property = item.get("idProperty")
    table = call.crm.table(kind)
    if id_property not in table.unique_names:
        raise bad_request(f"idProperty {id_property} is not a unique identifier property of {kind.type_id}")
    record = table.find_by(str(id_property), str(item["id"]))
    sent = item.get("properties") or {}
    if record is None:
        return prepare(call, kind, None, {id_property: str(item["id"]), **sent})
    return prepare(call, kind, record, sent)


def _write(call: Call, inputs: list[dict[str, Any]], plan: _Prepare, status: int, *, upsert: bool = False) -> Response:
    traces = [item.get("objectWriteTraceId") for item in inputs]
    partial = all(traces) and len(set(traces)) == len(traces) and bool(inputs)
    results: list[_Item] = []
    errors: list[_Item] = []
    if partial:
        for item in inputs:
            try:
                results.append(_written(call, plan(item), item, upsert=upsert))
            except HubSpotError as error:
                errors.append(error.item(str(item["objectWriteTraceId"])))
    else:
        prepared = [plan(item) for item in inputs]
        _check_within(call, prepared)
        results = [_written(call, ready, item, upsert=upsert) for ready, item in zip(prepared, inputs, strict=True)]
    return envelope(call, sorted(results, key=lambda body: int(body["id"])), errors, status)


def _written(call: Call, prepared: Prepared, item: _Item, *, upsert: bool) -> dict[str, Any]:
    body = render_written(prepared.kind, commit(call, prepared), item.get("properties") or {})
    if upsert:
        body["new"] = prepared.old is None
    if item.get("objectWriteTraceId"):
        body["objectWriteTraceId"] = item["objectWriteTraceId"]
    return body


def _check_within(call: Call, prepared: Sequence[Prepared]) -> None:
    seen: set[tuple[str, str]] = set()
    for ready in prepared:
        for name, value in unique_claims(call, ready):
            if (name, value) in seen:
                raise conflict(call, ready.kind, name, value, "another input of this batch", ready.old)
            seen.add((name, value))


def _archive(call: Call, kind: ObjectType) -> Response:
    table = call.crm.table(kind)
    for item in call.inputs(BATCH_MAX):
        record = table.find(str(item.get("id", "")))
        if record is not None and record.archived_at is None:
            archive(call, kind, record)
    return Response(204)
