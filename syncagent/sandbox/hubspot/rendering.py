"""Records as HubSpot's JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from syncagent.sandbox.hubspot.associations import legacy_name, link_types
from syncagent.sandbox.hubspot.crm import Call
from syncagent.sandbox.hubspot.errors import bad_request
from syncagent.sandbox.hubspot.objecttypes import ObjectType, find_type
from syncagent.sandbox.hubspot.records import Record


@dataclass(frozen=True, slots=True)
class View:
    """What a read asked for."""

    properties: Sequence[str] = ()
    history: Sequence[str] = ()
    associations: Sequence[str] = ()


def render(call: Call, kind: ObjectType, record: Record, view: View) -> dict[str, Any]:
    """A record as a read shows it; requested properties that do not exist are left out."""
    known = call.crm.definitions[kind.name]
    asked = view.properties or kind.defaults
    names = dict.fromkeys([*(name for name in asked if name in known), *kind.always])
    body = _frame(kind, record, {name: record.properties.get(name) for name in names})
    if view.history:
        body["propertiesWithHistory"] = {
            name: [version.as_json() for version in record.versions(name, kind.created)]
            for name in view.history
            if name in known
        }
    if view.associations:
        found = _associations(call, kind, record, view.associations)
        if found:
            body["associations"] = found
    return body


def render_written(kind: ObjectType, record: Record, changed: Mapping[str, Any]) -> dict[str, Any]:
    """A record as a write answers it: what was sent, and what every read returns."""
    names = dict.fromkeys([*sorted(changed), *kind.always])
    return _frame(kind, record, {name: record.properties.get(name) for name in names})


def read_view(call: Call) -> View:
    """The view a query string asks for."""
    return View(call.names("properties"), call.names("propertiesWithHistory"), call.names("associations"))


def paging(call: Call, after: str) -> dict[str, Any]:
    """The pointer to the next page."""
    pairs = [f"{key}={value}" for key, value in call.request.query if key != "after"]
    link = f"{call.base_url}{call.request.path}?{'&'.join([*pairs, f'after={after}'])}"
    return {"next": {"after": after, "link": link}}


def _frame(kind: ObjectType, record: Record, properties: Mapping[str, str | None]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": record.id,
        "properties": properties,
        "createdAt": record.properties[kind.created],
        "updatedAt": record.properties[kind.modified],
        "archived": record.archived_at is not None,
    }
    if record.archived_at is not None:
        body["archivedAt"] = record.archived_at
    return body


def _associations(call: Call, kind: ObjectType, record: Record, names: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in names:
        end = find_type(name)
        if end is None:
            raise bad_request(f"{name} is not a valid association")
        ends = call.crm.associations.ends(kind.name, record.id, end.name)
        records = call.crm.table(end).records
        rows = [
            {"id": end_id, "type": legacy_name(link_types()[type_id])}
            for end_id, type_ids in sorted(ends.items(), key=lambda item: int(item[0]))
            if records[end_id].archived_at is None
            for type_id in type_ids
        ]
        if rows:
            found[end.name] = {"results": rows}
    return found
