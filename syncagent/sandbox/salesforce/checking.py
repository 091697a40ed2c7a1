"""The checks a record must pass before it is written, in the order the server reports them."""

from collections.abc import Mapping
from typing import Any

from syncagent.sandbox.salesforce.errors import Refusal, bad_json, malformed_id, required
from syncagent.sandbox.salesforce.identifiers import read_id
from syncagent.sandbox.salesforce.schema import Field, SObject
from syncagent.sandbox.salesforce.state import Org
from syncagent.sandbox.salesforce.table import Row
from syncagent.sandbox.salesforce.values import read_value

_SHORT = 15


def read_fields(org: Org, definition: SObject, body: Mapping[str, Any], *, creating: bool) -> Row:
    """The stored form of a request's fields, None for null; raises Refusal for the first that cannot be written."""
    known: dict[Field, Any] = {}
    for name, value in body.items():
        if name.lower() != "attributes":
            field, plain = _identify(org, definition, name, value)
            known[field] = plain
    locked = [field.name for field in known if not (field.createable if creating else field.updateable)]
    if locked:
        text = (
            f"Unable to create/update fields: {', '.join(locked)}. Please check the security settings of this field "
            "and verify that it is read/write for your profile or permission set."
        )
        raise Refusal("INVALID_FIELD_FOR_INSERT_UPDATE", text, tuple(locked))
    return {field.name: read_value(field, value) for field, value in known.items()}


def check_row(org: Org, definition: SObject, row: Row, changes: Mapping[str, Any], *, creating: bool) -> None:
    """Required fields, references and unique values of a row about to be written."""
    _check_required(definition, row, changes, creating=creating)
    for name in changes:
        field = definition.find(name)
        value = row.get(name)
        if field is None or value is None:
            continue
        if field.references:
            _check_reference(org, definition, field, value)
        if field.raw["unique"] or (definition.name, name) == ("User", "Username"):
            _check_unique(org, definition, field, row)


def _identify(org: Org, definition: SObject, name: str, value: Any) -> tuple[Field, Any]:
    field = definition.find(name)
    if field is not None:
        return field, value
    reference = definition.relationships.get(name.lower())
    if reference is None:
        raise Refusal("INVALID_FIELD", f"No such column '{name}' on sobject of type {definition.name}")
    if value is None:
        return reference, None
    return reference, _by_foreign_key(org, reference, value)


def _by_foreign_key(org: Org, reference: Field, value: Any) -> str:
    """The id behind `"Account": {"External__c": "x"}`."""
    keys = {name: key for name, key in value.items() if name.lower() != "attributes"} if isinstance(value, dict) else {}
    if len(keys) != 1:
        raise bad_json(f"{reference.relationship}: a reference by external id names exactly one field")
    (name, key), target = next(iter(keys.items())), org.schema.find(reference.references[-1])
    field = target.find(name) if target else None
    if target is None or field is None or not field.keyed:
        raise Refusal("INVALID_FIELD", f"{name} is not an External ID or indexed field for {reference.references[-1]}")
    found = org.live(target.name, field.name, key)
    if len(found) != 1:
        message = f"Foreign key external ID: {key} not found for field {field.name} in entity {target.name}"
        raise Refusal("INVALID_FIELD", message, ())
    record_id: str = found[0]["Id"]
    return record_id


def _check_required(definition: SObject, row: Row, changes: Mapping[str, Any], *, creating: bool) -> None:
    missing = [
        field.name
        for field in definition.fields.values()
        if not field.nillable
        and field.createable
        and row.get(field.name) is None
        and (field.name in changes or (creating and not field.defaulted))
    ]
    if missing:
        raise required(missing)


def _check_reference(org: Org, definition: SObject, field: Field, record_id: str) -> None:
    served = [target for target in field.references if org.schema.find(target)]
    object_name = org.schema.object_of(record_id)
    if object_name is None and len(served) < len(field.references):
        # A record of an object the sandbox does not keep, such as a record type or a queue.
        return
    if object_name not in served:
        raise malformed_id(field.label, field.name, record_id)
    target = org.row(record_id)
    if target is None:
        raise Refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", (field.name,))
    if target.get("IsDeleted"):
        raise Refusal("ENTITY_IS_DELETED", "entity is deleted", (field.name,))
    if field.name == "OwnerId" and object_name == "User" and not target.get("IsActive"):
        text = f"operation performed with inactive user [{record_id[:_SHORT]}] as owner of {definition.name.lower()}"
        raise Refusal("INACTIVE_OWNER_OR_USER", text, ())


def _check_unique(org: Org, definition: SObject, field: Field, row: Row) -> None:
    for other in org.live(definition.name, field.name, row[field.name]):
        if other["Id"] != row.get("Id"):
            text = f"duplicate value found: {field.name} duplicates value on record with id: {other['Id'][:_SHORT]}"
            raise Refusal("DUPLICATE_VALUE", text, ())


def read_record_id(org: Org, definition: SObject, text: Any) -> str:
    """The id of an existing record named in a body or a path of collections; raises Refusal as collections do."""
    record_id = read_id(text)
    field = definition.fields["id"]
    if record_id is None or org.schema.object_of(record_id) != definition.name:
        raise malformed_id(field.label, "Id", text)
    row = org.row(record_id)
    if row is None:
        raise Refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ())
    if row.get("IsDeleted"):
        raise Refusal("ENTITY_IS_DELETED", "entity is deleted", (), status=404)
    return record_id
