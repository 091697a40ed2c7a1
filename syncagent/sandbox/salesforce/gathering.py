"""sObject Collections: up to 200 records a call, answered one by one in the order of the request."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from syncagent.sandbox.salesforce.calling import Call
from syncagent.sandbox.salesforce.checking import read_record_id
from syncagent.sandbox.salesforce.errors import Refusal, bad_json, malformed_id
from syncagent.sandbox.salesforce.identifiers import read_id
from syncagent.sandbox.salesforce.reading import render
from syncagent.sandbox.salesforce.rows import choose_fields, key_field
from syncagent.sandbox.salesforce.saving import create, delete, update
from syncagent.sandbox.salesforce.schema import SObject
from syncagent.sandbox.salesforce.transacting import Transaction
from syncagent.sandbox.salesforce.values import read_value
from syncagent.sandbox.wire import Response

RECORDS_MAX, RETRIEVED_MAX, CHUNKS_MAX = 200, 2000, 10
_ROLLED_BACK = Refusal(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)
Write = Callable[[Transaction, Any], dict[str, Any]]


def create_rows(call: Call) -> Response:
    """POST composite/sobjects."""

    def write(transaction: Transaction, record: Any) -> dict[str, Any]:
        return _done(create(transaction, _definition(call, record), record))

    return _write_records(call, write)


def update_rows(call: Call) -> Response:
    """PATCH composite/sobjects."""

    def write(transaction: Transaction, record: Any) -> dict[str, Any]:
        definition = _definition(call, record)
        given, body = _split_id(record)
        if given is None:
            raise Refusal("MISSING_ARGUMENT", "Id not specified in an update call")
        record_id = read_record_id(call.org, definition, given)
        update(transaction, definition, record_id, body)
        return _done(record_id)

    return _write_records(call, write)


def upsert_rows(call: Call, object_name: str, field_name: str) -> Response:
    """PATCH composite/sobjects/X/{field}."""
    definition = call.definition(object_name)
    field = key_field(definition, field_name)

    def write(transaction: Transaction, record: Any) -> dict[str, Any]:
        if _definition(call, record) is not definition:
            raise Refusal("INVALID_TYPE", f"The record is not of type {definition.name}")
        given, body = _split_id(record)
        if field.name == "Id":
            return _upsert_by_id(transaction, definition, given, body)
        value = next((value for name, value in body.items() if name.lower() == field.name.lower()), None)
        if value is None:
            raise Refusal("MISSING_ARGUMENT", f"{field.name} not specified")
        found = call.org.live(definition.name, field.name, read_value(field, value))
        if len(found) > 1:
            raise Refusal("DUPLICATE_EXTERNAL_ID", f"{field.name}: more than one record found for external id {value}")
        if not found:
            return {**_done(create(transaction, definition, body)), "created": True}
        record_id = found[0]["Id"]
        rest = {name: value for name, value in body.items() if name.lower() != field.name.lower()}
        update(transaction, definition, record_id, rest)
        return {**_done(record_id), "created": False}

    return _write_records(call, write)


def delete_rows(call: Call) -> Response:
    """DELETE composite/sobjects?ids=."""
    ids = [text for text in (call.request.param("ids") or "").split(",") if text]
    all_or_none = (call.request.param("allOrNone") or "").lower() == "true"

    def write(transaction: Transaction, text: Any) -> dict[str, Any]:
        object_name = call.org.schema.object_of(text)
        if object_name is None:
            raise malformed_id("ID", "Id", text)
        definition = call.org.schema.get(object_name)
        record_id = read_record_id(call.org, definition, text)
        delete(transaction, definition, record_id)
        return _done(record_id)

    return _write_all(call, ids, write, all_or_none=all_or_none)


def retrieve_rows(call: Call, object_name: str) -> Response:
    """GET composite/sobjects/X?ids=&fields=."""
    ids = [text for text in (call.request.param("ids") or "").split(",") if text]
    names = [name for name in (call.request.param("fields") or "").split(",") if name]
    return _retrieve(call, object_name, ids, names)


def retrieve_rows_by_body(call: Call, object_name: str) -> Response:
    """POST composite/sobjects/X with ids and fields."""
    body = call.body()
    ids, names = body.get("ids"), body.get("fields")
    if not isinstance(ids, list) or not isinstance(names, list):
        raise bad_json("ids and fields are lists")
    return _retrieve(call, object_name, [str(text) for text in ids], [str(name) for name in names])


def _retrieve(call: Call, object_name: str, ids: Sequence[str], names: list[str]) -> Response:
    definition = call.definition(object_name)
    _check_size(ids, RETRIEVED_MAX)
    fields = choose_fields(definition, names)
    table, records = call.org.tables[definition.name], []
    for text in ids:
        row = table.get(read_id(text) or "")
        live = row is not None and not row.get("IsDeleted")
        records.append(render(call.org, definition, row, fields, call.version) if row and live else None)
    return Response.json(200, records)


def _write_records(call: Call, write: Write) -> Response:
    body = call.body()
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise bad_json("records is a list of objects")
    _check_size(records, RECORDS_MAX)
    chunks = [kind for kind, _ in groupby(records, key=_type_of)]
    if len(chunks) > CHUNKS_MAX:
        text = "Cannot have more than 10 chunks in a single operation. Please rearrange the data to reduce chunking."
        raise Refusal("LIMIT_EXCEEDED", text)
    return _write_all(call, records, write, all_or_none=body.get("allOrNone") is True)


def _write_all(call: Call, records: Sequence[Any], write: Write, *, all_or_none: bool) -> Response:
    _check_size(records, RECORDS_MAX)
    with call.transaction() as transaction:
        start, results, failed = transaction.mark(), [], False
        for record in records:
            mark = transaction.mark()
            try:
                results.append(write(transaction, record))
            except Refusal as refusal:
                transaction.roll_back(mark)
                results.append(refusal.as_result())
                failed = True
        if failed and all_or_none:
            transaction.roll_back(start)
            results = [_ROLLED_BACK.as_result() if result["success"] else result for result in results]
    return Response.json(200, results)


def _check_size(records: Sequence[Any], most: int) -> None:
    if len(records) > most:
        text = f"record limit reached. cannot submit more than {most} records into this call"
        raise Refusal("EXCEEDED_ID_LIMIT", text)


def _type_of(record: dict[str, Any]) -> Any:
    attributes = record.get("attributes")
    return attributes.get("type") if isinstance(attributes, dict) else None


def _definition(call: Call, record: dict[str, Any]) -> SObject:
    name = _type_of(record)
    definition = call.org.schema.find(name) if isinstance(name, str) else None
    if definition is None:
        raise Refusal("INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return definition


def _split_id(record: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    given = next((value for name, value in record.items() if name.lower() == "id"), None)
    return given, {name: value for name, value in record.items() if name.lower() != "id"}


def _upsert_by_id(transaction: Transaction, definition: SObject, given: Any, body: dict[str, Any]) -> dict[str, Any]:
    if given is None:
        return {**_done(create(transaction, definition, body)), "created": True}
    record_id = read_record_id(transaction.org, definition, given)
    update(transaction, definition, record_id, body)
    return {**_done(record_id), "created": False}


def _done(record_id: str) -> dict[str, Any]:
    return {"id": record_id, "success": True, "errors": []}
