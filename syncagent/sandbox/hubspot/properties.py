"""The properties API: definitions and their groups."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from syncagent.sandbox.hubspot.batches import envelope
from syncagent.sandbox.hubspot.crm import Call
from syncagent.sandbox.hubspot.definitions import FIELD_TYPES, PropertyDef, parse_definition, parse_options
from syncagent.sandbox.hubspot.errors import HubSpotError, bad_request, not_found
from syncagent.sandbox.hubspot.objecttypes import ObjectType
from syncagent.sandbox.wire import Response

BATCH_MAX = 100
UNIQUE_MAX = 10
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_REQUIRED = ("name", "label", "type", "fieldType", "groupName")
_CHANGEABLE = {
    "label": "label",
    "description": "description",
    "groupName": "group",
    "fieldType": "field_type",
    "displayOrder": "display_order",
    "hidden": "hidden",
    "formField": "form_field",
}


_KINDS: Mapping[str, type] = {
    "name": str,
    "label": str,
    "type": str,
    "fieldType": str,
    "groupName": str,
    "description": str,
    "displayOrder": int,
    "hidden": bool,
    "formField": bool,
    "hasUniqueValue": bool,
    "options": list,
}


def answer(call: Call, parts: list[str]) -> Response:
    """Serve a path below `properties`: its first part is the object type."""
    kind = call.kind(parts[0])
    match (call.request.method, *parts[1:]):
        case ("GET",):
            return Response.json(200, {"results": [d.as_json() for d in _select(call, kind)]})
        case ("POST",):
            return Response.json(201, _create(call, kind, call.body()).as_json())
        case ("POST", "batch", action):
            return _batch(call, kind, action)
        case (method, "groups", *rest):
            return _groups(call, kind, method, rest)
        case ("GET", name):
            return Response.json(200, _find(call, kind, name, archived=call.flag("archived")).as_json())
        case ("PATCH", name):
            return Response.json(200, _update(call, kind, _find(call, kind, name)).as_json())
        case ("DELETE", name):
            _archive(call, kind, name)
            return Response(204)
        case _:
            raise HubSpotError(405, "METHOD_NOT_ALLOWED", f"{call.request.method} is not allowed on this path")


def _select(call: Call, kind: ObjectType) -> list[PropertyDef]:
    archived = call.flag("archived")
    return [d for d in call.crm.definitions[kind.name].values() if (d.archived_at is not None) == archived]


def _find(call: Call, kind: ObjectType, name: str, *, archived: bool = False) -> PropertyDef:
    definition = call.crm.definitions[kind.name].get(name)
    if definition is None or (definition.archived_at is not None) != archived:
        raise not_found(f"Property {name} does not exist", [name])
    return definition


def _create(call: Call, kind: ObjectType, body: Mapping[str, Any]) -> PropertyDef:
    _check_kinds(body)
    missing = [key for key in _REQUIRED if not body.get(key)]
    if missing:
        raise bad_request(f"Invalid input JSON: some required fields were not set: [{', '.join(missing)}]")
    name, known = str(body["name"]), call.crm.definitions[kind.name]
    if not _NAME.fullmatch(name):
        raise bad_request(f"Property name {name} is invalid: lower-case letters, digits and underscores are allowed")
    if name in known and known[name].archived_at is None:
        raise HubSpotError(409, "CONFLICT", f"A property named '{name}' already exists.")
    if body["fieldType"] not in FIELD_TYPES.get(body["type"], ()):
        raise bad_request(f"Property type {body['type']} cannot have the field type {body['fieldType']}")
    if body["groupName"] not in call.crm.groups[kind.name]:
        raise bad_request(f"Property group {body['groupName']} does not exist")
    if body.get("hasUniqueValue"):
        _check_unique_count(known)
    definition = parse_definition({key: body[key] for key in _KINDS if key in body}, call.stamp)
    known[name] = definition
    if definition.unique:
        call.crm.table(kind).watch_unique(name)
    call.writes.note("create", f"properties/{kind.name}", name, dict(body))
    return definition


def _check_kinds(body: Mapping[str, Any]) -> None:
    for key, kind in _KINDS.items():
        if key in body and not isinstance(body[key], kind):
            raise bad_request(f"Invalid input JSON: '{key}' has the wrong type")
    for option in body.get("options", ()):
        if not isinstance(option, dict) or not all(isinstance(option.get(key), str) for key in ("value", "label")):
            raise bad_request("Invalid input JSON: an option has a 'value' and a 'label'")


def _check_unique_count(known: Mapping[str, PropertyDef]) -> None:
    own = sum(d.unique and not d.hubspot_defined and d.archived_at is None for d in known.values())
    if own >= UNIQUE_MAX:
        raise bad_request(f"An object type can have at most {UNIQUE_MAX} properties with unique values")


def _update(call: Call, kind: ObjectType, old: PropertyDef) -> PropertyDef:
    body = call.body()
    if old.hubspot_defined:
        raise bad_request(f"Property {old.name} is defined by HubSpot and cannot be changed")
    _check_kinds(body)
    changes: dict[str, Any] = {_CHANGEABLE[key]: value for key, value in body.items() if key in _CHANGEABLE}
    if "options" in body:
        changes["options"] = parse_options(body["options"], old.type)
    definition = replace(old, **changes, updated_at=call.stamp)
    call.crm.definitions[kind.name][old.name] = definition
    call.writes.note("update", f"properties/{kind.name}", old.name, dict(body))
    return definition


def _archive(call: Call, kind: ObjectType, name: str) -> None:
    definition = _find(call, kind, name)
    if definition.hubspot_defined:
        raise bad_request(f"Property {name} is defined by HubSpot and cannot be archived")
    call.crm.definitions[kind.name][name] = replace(definition, archived_at=call.stamp)
    call.writes.note("delete", f"properties/{kind.name}", name)


def _batch(call: Call, kind: ObjectType, action: str) -> Response:
    inputs = call.inputs(BATCH_MAX)
    results: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    archived = bool(call.body().get("archived")) if action == "read" else False
    for item in inputs:
        try:
            if action == "read":
                results.append(_find(call, kind, str(item.get("name")), archived=archived).as_json())
            elif action == "create":
                results.append(_create(call, kind, item).as_json())
            elif action == "archive":
                _archive(call, kind, str(item.get("name")))
            else:
                raise not_found()
        except HubSpotError as error:
            if action not in ("read", "create"):
                raise
            errors.append(error.item())
    return Response(204) if action == "archive" else envelope(call, results, errors, 201 if action == "create" else 200)


def _groups(call: Call, kind: ObjectType, method: str, rest: list[str]) -> Response:
    groups = call.crm.groups[kind.name]
    if not rest and method == "GET":
        return Response.json(200, {"results": list(groups.values())})
    if not rest and method == "POST":
        return _create_group(call, kind)
    if len(rest) != 1 or rest[0] not in groups:
        raise not_found(f"Property group {'/'.join(rest)} does not exist")
    name = rest[0]
    if method == "GET":
        return Response.json(200, groups[name])
    if method == "PATCH":
        body = call.body()
        _check_kinds(body)
        groups[name] = {**groups[name], **{key: body[key] for key in ("label", "displayOrder") if key in body}}
        return Response.json(200, _note_group(call, kind, "update", groups[name]))
    if method == "DELETE":
        _note_group(call, kind, "delete", groups.pop(name))
        return Response(204)
    raise HubSpotError(405, "METHOD_NOT_ALLOWED", f"{method} is not allowed on this path")


def _create_group(call: Call, kind: ObjectType) -> Response:
    body = call.body()
    _check_kinds(body)
    if not body.get("name") or not body.get("label"):
        raise bad_request("Invalid input JSON: some required fields were not set: [name, label]")
    name = str(body["name"])
    if name in call.crm.groups[kind.name]:
        raise HubSpotError(409, "CONFLICT", f"A property group named '{name}' already exists.")
    group = {"name": name, "label": body["label"], "displayOrder": body.get("displayOrder", -1), "archived": False}
    call.crm.groups[kind.name][name] = group
    return Response.json(201, _note_group(call, kind, "create", group))


def _note_group(call: Call, kind: ObjectType, operation: str, group: dict[str, Any]) -> dict[str, Any]:
    _ = call.stamp
    call.writes.note(operation, f"propertygroups/{kind.name}", group["name"], group)
    return group
