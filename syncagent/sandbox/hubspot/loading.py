"""From a dataset to a portal and back."""

import re
import sys
from collections.abc import Mapping
from typing import Any

from syncagent.sandbox.clock import Clock
from syncagent.sandbox.dataset import ASSOCIATIONS, Dataset, DatasetError
from syncagent.sandbox.hubspot import rules
from syncagent.sandbox.hubspot.associations import Associations, link_types, links_between
from syncagent.sandbox.hubspot.crm import SWITCHES, Crm
from syncagent.sandbox.hubspot.definitions import PropertyDef, load_definitions
from syncagent.sandbox.hubspot.objecttypes import TYPES, ObjectType, find_type
from syncagent.sandbox.hubspot.records import Record, Table, Version
from syncagent.sandbox.hubspot.values import canonical_moment, format_moment
from syncagent.sandbox.org import OrgError, OrgFile

_CANONICAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_SHARED_TYPES = ("enumeration", "bool")


def load_crm(dataset: Dataset, org: OrgFile, clock: Clock) -> Crm:
    """Build a portal's state; raises OrgError or DatasetError naming the place."""
    now = format_moment(org.now)
    for name in org.hubspot.get("properties") or {}:
        if name not in TYPES:
            raise OrgError(f"org.yaml: hubspot.properties.{name}: no such object type; there are {', '.join(TYPES)}.")
    pipelines = _load_pipelines(org.hubspot, now)
    definitions = load_definitions(org.hubspot, pipelines, now)
    tables = {name: _load_table(kind, dataset, definitions[name], pipelines, now) for name, kind in TYPES.items()}
    return Crm(
        portal_id=org.hubspot.get("portal_id", 24680),
        clock=clock,
        switches=org.switches_of("hubspot", SWITCHES),
        owners=list(org.hubspot.get("owners") or ()),
        pipelines=pipelines,
        definitions=definitions,
        groups={name: _load_groups(definitions[name]) for name in TYPES},
        tables=tables,
        associations=_load_associations(dataset, tables),
    )


def dump_crm(crm: Crm) -> dict[str, list[dict[str, Any]]]:
    """The records as dataset rows, by id; associations once each."""
    rows = {name: [_row_of(record) for record in _ordered(table)] for name, table in crm.tables.items()}
    rows[ASSOCIATIONS] = [
        {
            "from": f"{start}/{start_id}",
            "to": f"{end}/{end_id}",
            "types": [{"category": "HUBSPOT_DEFINED", "typeId": type_id} for type_id in type_ids],
        }
        for start, start_id, end, end_id, type_ids in crm.associations.rows()
    ]
    return rows


def _ordered(table: Table) -> list[Record]:
    return [table.records[record_id] for record_id in sorted(table.records, key=int)]


def _row_of(record: Record) -> dict[str, Any]:
    row: dict[str, Any] = {"id": record.id, "properties": dict(sorted(record.properties.items()))}
    if record.history:
        row["history"] = {
            name: [version.as_json() for version in versions] for name, versions in sorted(record.history.items())
        }
    row["archived"] = record.archived_at is not None
    if record.archived_at is not None:
        row["archivedAt"] = record.archived_at
    return row


def _load_pipelines(hubspot: Mapping[str, Any], now: str) -> dict[str, dict[str, Any]]:
    lines = {}
    for position, line in enumerate((hubspot.get("pipelines") or {}).get("deals") or ()):
        stages = [
            {
                "id": stage["id"],
                "label": stage["label"],
                "displayOrder": stage.get("displayOrder", order),
                "metadata": dict(stage.get("metadata") or {}),
                "createdAt": now,
                "updatedAt": now,
                "archived": False,
            }
            for order, stage in enumerate(line["stages"])
        ]
        lines[line["id"]] = {
            "id": line["id"],
            "label": line["label"],
            "displayOrder": line.get("displayOrder", position),
            "stages": stages,
            "createdAt": now,
            "updatedAt": now,
            "archived": False,
        }
    return lines


def _load_groups(definitions: Mapping[str, PropertyDef]) -> dict[str, dict[str, Any]]:
    names = dict.fromkeys(definition.group for definition in definitions.values())
    return {name: {"name": name, "label": name, "displayOrder": -1, "archived": False} for name in names}


def _load_table(
    kind: ObjectType, dataset: Dataset, definitions: Mapping[str, PropertyDef], pipelines: rules.Pipelines, now: str
) -> Table:
    table = Table(kind, tuple(name for name, definition in definitions.items() if definition.unique))
    rows = dataset.hubspot.get(kind.name, [])
    taken = {str(row["id"]) for row in rows if "id" in row}
    if len(taken) < sum("id" in row for row in rows):
        raise DatasetError(f"hubspot/{kind.name}.jsonl: two rows have the same id.")
    fresh = max([100, *(int(known) for known in taken if known.isdigit())])
    records = []
    for number, row in enumerate(rows, 1):
        where = f"hubspot/{kind.name}.jsonl:{number}"
        if "id" not in row:
            fresh += 1
        record_id = str(row.get("id", fresh))
        if not record_id.isdigit():
            raise DatasetError(f"{where}: the id {record_id!r} is not a number; HubSpot's ids are.")
        try:
            records.append(_load_record(kind, record_id, row, definitions, pipelines, now))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DatasetError(f"{where}: {error}") from None
    table.load(records)
    return table


def _load_record(
    kind: ObjectType,
    record_id: str,
    row: Mapping[str, Any],
    definitions: Mapping[str, PropertyDef],
    pipelines: rules.Pipelines,
    now: str,
) -> Record:
    properties: dict[str, str] = {"hs_object_id": record_id}
    for name, value in row["properties"].items():
        if value is not None and value != "":
            properties[name] = _load_value(definitions, kind, name, value)
    history = {name: _load_history(definitions, name, rows) for name, rows in (row.get("history") or {}).items()}
    created = properties.setdefault(kind.created, _moment(row.get("createdAt") or now))
    latest = max([created, *(versions[0].timestamp for versions in history.values() if versions)])
    properties.setdefault(kind.modified, _moment(row.get("updatedAt") or latest))
    if kind.name == "deals":
        _complete_deal(properties, history, pipelines, created)
    archived_at = None
    if row.get("archived"):
        archived_at = _moment(row.get("archivedAt") or properties[kind.modified])
    return (
        Record(record_id, properties, history, archived_at)
        if history
        else Record(record_id, properties, archived_at=archived_at)
    )


def _load_value(definitions: Mapping[str, PropertyDef], kind: ObjectType, name: str, value: Any) -> str:
    definition = definitions.get(name)
    if definition is None:
        raise ValueError(f"{kind.name} have no property {name!r}; define it under hubspot.properties in org.yaml.")
    text = (
        value if isinstance(value, str) else ("true" if value else "false") if isinstance(value, bool) else str(value)
    )
    if definition.type == "datetime":
        return _moment(text)
    if name == "email":
        return text.strip().lower()
    return sys.intern(text) if definition.type in _SHARED_TYPES else text


def _load_history(definitions: Mapping[str, PropertyDef], name: str, rows: Any) -> tuple[Version, ...]:
    if name not in definitions:
        raise ValueError(f"history of the unknown property {name!r}.")
    versions = [
        Version(
            sys.intern(str(row.get("value") or "")),
            _moment(row["timestamp"]),
            sys.intern(row.get("sourceType", "CRM_UI")),
            None if row.get("sourceId") is None else sys.intern(str(row["sourceId"])),
            row.get("updatedByUserId"),
        )
        for row in rows
    ]
    return tuple(sorted(versions, key=lambda version: version.timestamp, reverse=True))


def _complete_deal(
    properties: dict[str, str], history: Mapping[str, tuple[Version, ...]], pipelines: rules.Pipelines, created: str
) -> None:
    if "dealstage" in properties:
        properties.setdefault("pipeline", rules.default_pipeline(pipelines) or "")
    stage = rules.find_stage(pipelines, properties.get("pipeline"), properties.get("dealstage"))
    if stage is None:
        return
    versions = history.get("dealstage") or (Version(properties["dealstage"], created, "IMPORT"),)
    known = {stage["id"] for line in pipelines.values() for stage in line["stages"]}
    dates = {name: at for name, at in rules.stage_dates(versions).items() if name.split("_", 4)[4] in known}
    derived = {**rules.stage_facts(stage), **rules.amount_facts(stage, properties.get("amount", "")), **dates}
    for name, value in derived.items():
        if value:
            properties.setdefault(name, value)


def _load_associations(dataset: Dataset, tables: Mapping[str, Table]) -> Associations:
    associations = Associations()
    for number, row in enumerate(dataset.associations, 1):
        try:
            start, start_id = _load_end(row["from"], tables)
            end, end_id = _load_end(row["to"], tables)
            for type_id in _type_ids(row, start, end):
                associations.load(link_types()[type_id], start_id, end_id)
        except (KeyError, TypeError, ValueError) as error:
            raise DatasetError(f"hubspot/{ASSOCIATIONS}.jsonl:{number}: {error}") from None
    return associations


def _type_ids(row: Mapping[str, Any], start: str, end: str) -> list[int]:
    links = {link.type_id for link in links_between(start, end)}
    wanted = [spec["typeId"] for spec in row.get("types") or ()] or [
        link.type_id for link in links_between(start, end)[:1]
    ]
    for type_id in wanted:
        if type_id not in links:
            legal = ", ".join(map(str, sorted(links)))
            raise ValueError(f"association type {type_id} does not lead from {start} to {end}; legal are {legal}.")
    return wanted


def _load_end(text: str, tables: Mapping[str, Table]) -> tuple[str, str]:
    name, _, record_id = str(text).partition("/")
    kind = find_type(name)
    if kind is None or record_id not in tables[kind.name].records:
        raise ValueError(f"there is no record {text!r}.")
    # The table's own id text, so that a portal keeps each id once in memory.
    return kind.name, tables[kind.name].records[record_id].id


def _moment(value: Any) -> str:
    text = str(value)
    return text if _CANONICAL.fullmatch(text) else canonical_moment(text)
