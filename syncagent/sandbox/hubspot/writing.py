"""Writes to records: checked first, then committed with stamps, history, derived values and a ledger note."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncagent.sandbox.hubspot import rules
from syncagent.sandbox.hubspot.associations import Link, link_types
from syncagent.sandbox.hubspot.crm import Author, Call
from syncagent.sandbox.hubspot.errors import HubSpotError, bad_request, invalid_properties, not_found
from syncagent.sandbox.hubspot.objecttypes import ObjectType
from syncagent.sandbox.hubspot.records import Record, Version, unique_key
from syncagent.sandbox.hubspot.values import ValueRefused, canonical

Linked = tuple[Link, str]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A write that passed every check and only needs to happen. `changes` holds effective changes, "" clears."""

    kind: ObjectType
    old: Record | None
    changes: Mapping[str, str]
    links: tuple[Linked, ...] = ()


def prepare(call: Call, kind: ObjectType, old: Record | None, sent: Any, associations: Any = None) -> Prepared:
    """Check a create (`old` is None) or an update; raises HubSpotError and changes nothing."""
    if not isinstance(sent, dict):
        raise bad_request("Invalid input JSON: 'properties' must be an object")
    before = {} if old is None else old.properties
    values = _check_values(call, kind, before, sent)
    if kind.name == "deals":
        _check_stage(call, before, values)
    if kind.name in rules.LIFECYCLE_TYPES:
        _keep_forward(call, kind, before, values)
    if old is None:
        _check_required(call, kind, values)
    changes = {name: value for name, value in values.items() if value != before.get(name, "")}
    _check_unique(call, kind, old, changes)
    return Prepared(kind, old, changes, _check_links(call, kind, associations))


def commit(call: Call, prepared: Prepared) -> Record:
    """Make a prepared write happen; an update without effective change leaves the record as it is."""
    kind, old, changes = prepared.kind, prepared.old, prepared.changes
    if old is not None and not changes:
        return old
    table, now = call.crm.table(kind), call.stamp
    before = {} if old is None else old.properties
    derived = _derive(call, kind, before, changes, now)
    record_id = table.allocate() if old is None else old.id
    if old is None:
        derived |= _birth(kind, record_id, call.author, now)
    values = {**changes, **{name: value for name, value in derived.items() if value != before.get(name, "")}}
    properties = {**before, **values, kind.modified: now}
    kept = {name: value for name, value in properties.items() if value != ""}
    record = Record(record_id, kept, _history(kind, old, changes, values, call.author, now))
    _remember_lag(call, kind, record_id, old, now)
    table.put(record)
    after = {name: value or None for name, value in changes.items()}
    call.writes.note(
        "create" if old is None else "update", kind.name, record_id, after, {name: before.get(name) for name in changes}
    )
    for link, end_id in prepared.links:
        associate(call, link, record_id, end_id)
    return record


def archive(call: Call, kind: ObjectType, record: Record) -> None:
    """Move a live record to the archive."""
    now = call.stamp
    _remember_lag(call, kind, record.id, record, now)
    call.crm.table(kind).put(Record(record.id, {**record.properties, kind.modified: now}, record.history, now))
    call.writes.note("delete", kind.name, record.id)


def associate(call: Call, link: Link, start_id: str, end_id: str) -> None:
    """Associate two records that exist; noted only when it changes something."""
    if call.crm.associations.add(link, start_id, end_id):
        _ = call.stamp
        call.writes.note(
            "associate", link.start, start_id, {"to": f"{link.end}/{end_id}", "associationTypeId": link.type_id}
        )


def _check_values(call: Call, kind: ObjectType, before: Mapping[str, str], sent: Mapping[str, Any]) -> dict[str, str]:
    crm = call.crm
    definitions = crm.definitions[kind.name]
    values: dict[str, str] = {}
    problems: list[tuple[str, str, str]] = []
    for name, raw in sent.items():
        definition = definitions.get(name)
        if definition is None or definition.archived_at is not None:
            problems.append((name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'))
            continue
        if definition.read_only:
            message = f'"{name}" is a read only property; its value cannot be set.'
            problems.append((name, "READ_ONLY_VALUE", message))
            continue
        try:
            value = canonical(definition, raw, crm.owner_ids)
        except ValueRefused as refused:
            problems.append((name, refused.code, refused.message))
            continue
        if value.startswith(";") and definition.field_type == "checkbox":
            present = [part for part in before.get(name, "").split(";") if part]
            value = ";".join(dict.fromkeys([*present, *value[1:].split(";")]))
        values[name] = value
    if problems:
        raise invalid_properties(problems, crm.portal_id)
    return values


def _check_stage(call: Call, before: Mapping[str, str], values: dict[str, str]) -> None:
    pipelines = call.crm.pipelines
    if not before and "pipeline" not in values and "dealstage" in values:
        values["pipeline"] = rules.default_pipeline(pipelines) or ""
    after = {**before, **values}
    if not {"pipeline", "dealstage"} & values.keys() or not after.get("dealstage"):
        return
    if rules.find_stage(pipelines, after.get("pipeline"), after["dealstage"]) is None:
        line = pipelines.get(after.get("pipeline", ""), {"stages": []})
        legal = ", ".join(stage["id"] for stage in line["stages"])
        message = f"{after['dealstage']} was not one of the allowed options: [{legal}]"
        raise invalid_properties([("dealstage", "INVALID_OPTION", message)], call.crm.portal_id)


def _keep_forward(call: Call, kind: ObjectType, before: Mapping[str, str], values: dict[str, str]) -> None:
    new = values.get("lifecyclestage")
    if not new or call.crm.switches["lifecycle_backwards"] == "applied":
        return
    order = list(call.crm.definitions[kind.name]["lifecyclestage"].values)
    if rules.ignores_backwards(before.get("lifecyclestage", ""), new, order):
        del values["lifecyclestage"]


def _check_required(call: Call, kind: ObjectType, values: Mapping[str, str]) -> None:
    missing = [d.name for d in call.crm.definitions[kind.name].values() if d.required and not values.get(d.name)]
    if missing:
        raise HubSpotError(
            400,
            "VALIDATION_ERROR",
            f"Error creating {kind.singular.upper()}. Some required properties were not set.",
            context={"properties": missing},
            sub_category="ObjectCreateError.MISSING_REQUIRED_PROPERTIES",
        )


def _check_unique(call: Call, kind: ObjectType, old: Record | None, changes: Mapping[str, str]) -> None:
    table = call.crm.table(kind)
    for name in table.unique_names:
        value = changes.get(name)
        holder = table.find_by(name, value) if value else None
        if holder is None or value is None or (old is not None and holder.id == old.id):
            continue
        raise conflict(call, kind, name, value, holder.id, old)


def conflict(call: Call, kind: ObjectType, name: str, value: str, holder: str, old: Record | None) -> HubSpotError:
    """The refusal of a value that another record already holds."""
    if name == "email":
        return HubSpotError(409, "CONFLICT", f"Contact already exists. Existing ID: {holder}")
    place = f"portalId={call.crm.portal_id}, objectTypeId={kind.type_id}, propertyName={name}, value={value}"
    where = "a new object" if old is None else old.id
    message = f"Cannot set PropertyValueCoordinates{{{place}}} on {where}. {holder} already has that value."
    return invalid_properties([(name, "CONFLICTING_UNIQUE_VALUE", message)], call.crm.portal_id)


def unique_claims(call: Call, prepared: Prepared) -> list[tuple[str, str]]:
    """The unique values a prepared write would take, for conflicts within one batch."""
    names = call.crm.table(prepared.kind).unique_names
    return [(name, unique_key(name, prepared.changes[name])) for name in names if prepared.changes.get(name)]


def _check_links(call: Call, kind: ObjectType, associations: Any) -> tuple[Linked, ...]:
    links: list[Linked] = []
    if associations is not None and not isinstance(associations, list):
        raise bad_request("Invalid input JSON: 'associations' must be a list")
    for wanted in associations or ():
        try:
            end_id = str(wanted["to"]["id"])
            type_ids = [int(spec["associationTypeId"]) for spec in wanted["types"]]
        except (KeyError, TypeError, ValueError):
            raise bad_request("Invalid input JSON: an association has 'to': {'id'} and 'types'") from None
        for type_id in type_ids:
            link = link_types().get(type_id)
            if link is None or link.start != kind.name:
                raise bad_request(f"No association type with id {type_id} exists from {kind.type_id}")
            end = call.crm.tables[link.end].find(end_id)
            if end is None or end.archived_at is not None:
                raise not_found(f"No {link.end} record exists with id {end_id}", [end_id])
            links.append((link, end.id))
    return tuple(links)


def _derive(
    call: Call, kind: ObjectType, before: Mapping[str, str], changes: Mapping[str, str], now: str
) -> dict[str, str]:
    derived: dict[str, str] = {}
    if kind.name == "deals":
        derived |= rules.derive_deal(before, changes, call.crm.pipelines, now)
    if kind.name == "tasks":
        derived |= rules.derive_task(changes, now)
    if kind.name in rules.LIFECYCLE_TYPES:
        derived |= rules.derive_lifecycle(before, changes, now)
    if changes.get("hubspot_owner_id"):
        derived["hubspot_owner_assigneddate"] = now
    return derived


def _birth(kind: ObjectType, record_id: str, author: Author, now: str) -> dict[str, str]:
    return {
        "hs_object_id": record_id,
        kind.created: now,
        "hs_object_source": author.source_type,
        "hs_object_source_label": author.source_type,
        "hs_object_source_id": author.source_id or "",
    }


def _history(
    kind: ObjectType,
    old: Record | None,
    changes: Mapping[str, str],
    values: Mapping[str, str],
    author: Author,
    now: str,
) -> dict[str, tuple[Version, ...]]:
    history = {} if old is None else dict(old.history)
    asked = Version("", now, author.source_type, author.source_id, author.user_id)
    calculated = Version("", now, "CALCULATED")
    for name, value in values.items():
        version = (asked if name in changes else calculated)._replace(value=value)
        past = () if old is None else old.versions(name, kind.created)
        history[name] = (version, *past)
    return history


def _remember_lag(call: Call, kind: ObjectType, record_id: str, old: Record | None, now: str) -> None:
    if call.crm.switches["search_lag_seconds"]:
        table = call.crm.table(kind)
        table.lagging[record_id] = (*table.lagging.get(record_id, ()), (now, old))
