"""Create, update and delete one record: checks, the object's own rules, the write, and what follows from it."""

from collections.abc import Mapping
from typing import Any

from syncagent.sandbox.salesforce.checking import check_row, read_fields
from syncagent.sandbox.salesforce.errors import Refusal
from syncagent.sandbox.salesforce.rules import rules_of
from syncagent.sandbox.salesforce.schema import SObject
from syncagent.sandbox.salesforce.table import Row
from syncagent.sandbox.salesforce.transacting import Transaction


def create(transaction: Transaction, definition: SObject, body: Mapping[str, Any]) -> str:
    """Write a new record and return its id; raises Refusal."""
    org = transaction.org
    if not definition.raw["createable"]:
        raise Refusal("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type {definition.name} does not support create")
    if any(name.lower() == "id" for name in body):
        message = "cannot specify Id in an insert call"
        raise Refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, ("Id",))
    given = read_fields(org, definition, body, creating=True)
    row = {**_defaults(definition, transaction.user_id), **{n: v for n, v in given.items() if v is not None}}
    rules = rules_of(definition.name)
    rules.prepare(transaction, None, row, given)
    check_row(org, definition, row, {**row, **given}, creating=True)
    rules.check(transaction, None, row)
    written = transaction.insert(definition.name, row)
    transaction.writes.note("create", definition.name, written["Id"], given, {})
    rules.follow(transaction, None, written)
    record_id: str = written["Id"]
    return record_id


def update(transaction: Transaction, definition: SObject, record_id: str, body: Mapping[str, Any]) -> None:
    """Write changes to an existing, undeleted record; raises Refusal."""
    org = transaction.org
    if not definition.raw["updateable"]:
        raise Refusal("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type {definition.name} does not support update")
    before = org.tables[definition.name].rows[record_id]
    given = read_fields(org, definition, body, creating=False)
    row: Row = {name: value for name, value in {**before, **given}.items() if value is not None}
    rules = rules_of(definition.name)
    rules.prepare(transaction, before, row, given)
    check_row(org, definition, row, given, creating=False)
    rules.check(transaction, before, row)
    written = transaction.modify(definition.name, row, {})
    old = {name: before.get(name) for name in given}
    transaction.writes.note("update", definition.name, record_id, given, old)
    rules.follow(transaction, before, written)


def delete(transaction: Transaction, definition: SObject, record_id: str) -> None:
    """Move a record, and what hangs on it, to the recycle bin; raises Refusal."""
    if not definition.raw["deletable"]:
        raise Refusal("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type {definition.name} does not support delete")
    _bin(transaction, definition, record_id)
    transaction.writes.note("delete", definition.name, record_id, {"IsDeleted": True}, {"IsDeleted": False})


def _bin(transaction: Transaction, definition: SObject, record_id: str) -> None:
    org = transaction.org
    for child in definition.children:
        if child.cascades:
            for row in org.live(child.object, child.field, record_id):
                _bin(transaction, org.schema.get(child.object), row["Id"])
    before = org.tables[definition.name].rows[record_id]
    after = transaction.modify(definition.name, before, {"IsDeleted": True})
    rules_of(definition.name).follow(transaction, before, after)


def _defaults(definition: SObject, user_id: str) -> Row:
    defaults = {
        field.name: field.default
        for field in definition.fields.values()
        if field.default not in (None, False) and (field.createable or field.defaulted)
    }
    owner = definition.find("OwnerId")
    return {**defaults, "OwnerId": user_id} if owner and owner.createable else defaults
