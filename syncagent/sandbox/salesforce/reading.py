"""Reading fields of rows: stored or derived, with the wire's rule that a boolean is never null."""

from collections.abc import Callable
from typing import Any

from syncagent.sandbox.salesforce.derived import derivation
from syncagent.sandbox.salesforce.schema import Field, SObject
from syncagent.sandbox.salesforce.state import Org
from syncagent.sandbox.salesforce.table import Row

Getter = Callable[[Row], Any]


def getter(org: Org, definition: SObject, field: Field) -> Getter:
    """A function from a row to the field's value, None when it has none."""
    name = field.name
    derive = derivation(definition.name, field)
    if derive is not None:
        return lambda row: derive(org, row)
    if field.type == "boolean":
        return lambda row: row.get(name, False)
    return lambda row: row.get(name)


def render(org: Org, definition: SObject, row: Row, fields: list[Field], version: str) -> dict[str, Any]:
    """A record as a row request answers it: attributes first, then the fields in order, null where empty."""
    record: dict[str, Any] = {"attributes": attributes(definition.name, row["Id"], version)}
    for field in fields:
        record[field.name] = getter(org, definition, field)(row)
    return record


def attributes(object_name: str, record_id: str, version: str) -> dict[str, str]:
    """The type and address every record carries."""
    return {"type": object_name, "url": f"/services/data/v{version}/sobjects/{object_name}/{record_id}"}
