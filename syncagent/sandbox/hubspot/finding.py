"""From what a request names to the record it means."""

from syncagent.sandbox.hubspot.crm import Call
from syncagent.sandbox.hubspot.errors import bad_request, not_found
from syncagent.sandbox.hubspot.objecttypes import ObjectType
from syncagent.sandbox.hubspot.records import Record

LIST_MAX = 100
LIST_WITH_HISTORY_MAX = 50


def find_record(call: Call, kind: ObjectType, text: str, id_property: str | None, *, archived: bool = False) -> Record:
    """The record a path or a batch input names, by id or by a unique property; raises HubSpotError."""
    table = call.crm.table(kind)
    if id_property in (None, "", "hs_object_id"):
        record = table.find(text)
    else:
        if id_property not in table.unique_names:
            raise bad_request(f"{id_property} is not a unique identifier property of {kind.type_id}")
        record = table.find_by(str(id_property), text)
    if record is None or (record.archived_at is not None) != archived:
        raise not_found("resource not found", [text])
    return record
