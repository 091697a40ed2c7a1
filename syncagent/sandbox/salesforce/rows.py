"""The sObject row resources: one record by id or by external id."""

from email.utils import format_datetime
from typing import Any

from syncagent.sandbox.salesforce.calling import Call
from syncagent.sandbox.salesforce.conditions import check_read, check_unchanged, last_modified
from syncagent.sandbox.salesforce.errors import Refusal, bad_json, not_found
from syncagent.sandbox.salesforce.identifiers import read_id
from syncagent.sandbox.salesforce.reading import render
from syncagent.sandbox.salesforce.saving import create, delete, update
from syncagent.sandbox.salesforce.schema import Field, SObject
from syncagent.sandbox.salesforce.table import Row
from syncagent.sandbox.salesforce.values import read_value
from syncagent.sandbox.wire import Response

# From this version on an upsert that updates answers 200 with a body.
_UPSERT_BODY_VERSION = 46.0


def create_row(call: Call, object_name: str) -> Response:
    """POST sobjects/X."""
    definition, body = call.definition(object_name), call.body()
    with call.transaction() as transaction:
        record_id = create(transaction, definition, body)
    location = f"/services/data/v{call.version}/sobjects/{definition.name}/{record_id}"
    return Response.json(201, {"id": record_id, "success": True, "errors": []}, {"location": location})


def read_row(call: Call, object_name: str, record_id: str) -> Response:
    """GET sobjects/X/{id}."""
    definition = call.definition(object_name)
    return _answer(call, definition, _live_row(call, definition, record_id))


def read_row_by_key(call: Call, object_name: str, field_name: str, value: str) -> Response:
    """GET sobjects/X/{field}/{value}."""
    definition = call.definition(object_name)
    rows = _rows_by_key(call, definition, key_field(definition, field_name), value)
    if not rows:
        raise not_found()
    return _answer(call, definition, rows[0]) if len(rows) == 1 else _choices(call, definition, rows)


def update_row(call: Call, object_name: str, record_id: str) -> Response:
    """PATCH sobjects/X/{id}."""
    definition, body = call.definition(object_name), call.body()
    row = _existing_row(call, definition, record_id)
    _refuse_key_in_body("Id", body)
    check_unchanged(call.request, row)
    with call.transaction() as transaction:
        update(transaction, definition, row["Id"], body)
    return Response(204)


def upsert_row(call: Call, object_name: str, field_name: str, value: str) -> Response:
    """PATCH sobjects/X/{field}/{value}."""
    definition, body = call.definition(object_name), call.body()
    field = key_field(definition, field_name)
    _refuse_key_in_body(field.name, body)
    rows = _rows_by_key(call, definition, field, value)
    if len(rows) > 1:
        return _choices(call, definition, rows)
    if not rows and (field.name == "Id" or (call.request.param("updateOnly") or "").lower() == "true"):
        raise not_found(f"Provided external ID field does not exist or is not accessible: {value}")
    if rows:
        check_unchanged(call.request, rows[0])
    with call.transaction() as transaction:
        if rows:
            record_id = rows[0]["Id"]
            update(transaction, definition, record_id, body)
        else:
            record_id = create(transaction, definition, {**body, field.name: value})
    if rows and float(call.version) < _UPSERT_BODY_VERSION:
        return Response(204)
    result = {"id": record_id, "success": True, "errors": [], "created": not rows}
    return Response.json(200 if rows else 201, result)


def delete_row(call: Call, object_name: str, record_id: str) -> Response:
    """DELETE sobjects/X/{id}; conditional headers do not count here."""
    definition = call.definition(object_name)
    row = _existing_row(call, definition, record_id)
    with call.transaction() as transaction:
        delete(transaction, definition, row["Id"])
    return Response(204)


def delete_row_by_key(call: Call, object_name: str, field_name: str, value: str) -> Response:
    """DELETE sobjects/X/{field}/{value}."""
    definition = call.definition(object_name)
    rows = _rows_by_key(call, definition, key_field(definition, field_name), value)
    if len(rows) > 1:
        return _choices(call, definition, rows)
    if not rows:
        raise not_found()
    return delete_row(call, object_name, rows[0]["Id"])


def key_field(definition: SObject, name: str) -> Field:
    """The field records are named by in a path; raises Refusal NOT_FOUND for one that cannot."""
    field = definition.find(name)
    if field is None or not field.keyed:
        raise not_found(f"Provided external ID field does not exist or is not accessible: {name}")
    return field


def _rows_by_key(call: Call, definition: SObject, field: Field, value: str) -> list[Row]:
    wanted = read_value(field, value)
    return call.org.live(definition.name, field.name, wanted) if wanted is not None else []


def _existing_row(call: Call, definition: SObject, text: str) -> Row:
    record_id = read_id(text)
    row = call.org.tables[definition.name].get(record_id) if record_id else None
    if row is None:
        raise not_found(f"Provided external ID field does not exist or is not accessible: {text}")
    if row.get("IsDeleted"):
        raise Refusal("ENTITY_IS_DELETED", "entity is deleted", (), status=404)
    return row


def _live_row(call: Call, definition: SObject, text: str) -> Row:
    record_id = read_id(text)
    row = call.org.tables[definition.name].get(record_id) if record_id else None
    if row is None or row.get("IsDeleted"):
        raise not_found()
    return row


def _answer(call: Call, definition: SObject, row: Row) -> Response:
    unchanged = check_read(call.request, row)
    if unchanged is not None:
        return unchanged
    names = call.request.param("fields")
    fields = choose_fields(definition, names.split(",")) if names else list(definition.fields.values())
    record = render(call.org, definition, row, fields, call.version)
    return Response.json(200, record, {"last-modified": format_datetime(last_modified(row), usegmt=True)})


def choose_fields(definition: SObject, names: list[str]) -> list[Field]:
    """The fields a request names; raises Refusal INVALID_FIELD."""
    fields = []
    for name in names:
        field = definition.find(name.strip())
        if field is None:
            raise Refusal("INVALID_FIELD", f"No such column '{name.strip()}' on sobject of type {definition.name}")
        fields.append(field)
    return fields


def _refuse_key_in_body(name: str, body: dict[str, Any]) -> None:
    if not body:
        raise bad_json("The request body holds no fields")
    if any(key.lower() == name.lower() for key in body):
        raise Refusal("INVALID_FIELD", f"The {name} field should not be specified in the sobject data.")


def _choices(call: Call, definition: SObject, rows: list[Row]) -> Response:
    base = f"/services/data/v{call.version}/sobjects/{definition.name}"
    return Response.json(300, [f"{base}/{row['Id']}" for row in rows])
