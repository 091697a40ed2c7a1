"""Property definitions: the standard ones shipped as data, the account's own from org.yaml or the API."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from syncagent.sandbox.hubspot.objecttypes import TYPES

# The pairs HubSpot's properties API accepts.
FIELD_TYPES: Mapping[str, tuple[str, ...]] = {
    "string": ("text", "textarea", "file", "html", "phonenumber"),
    "number": ("number", "calculation_equation"),
    "date": ("date",),
    "datetime": ("date",),
    "enumeration": ("select", "radio", "checkbox", "booleancheckbox"),
    "bool": ("booleancheckbox", "calculation_equation"),
}

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Option:
    """One legal value of an enumeration."""

    value: str
    label: str
    display_order: int = -1
    hidden: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class PropertyDef:
    """One property of one object type."""

    name: str
    label: str
    type: str
    field_type: str
    group: str
    description: str = ""
    options: tuple[Option, ...] = ()
    unique: bool = False
    read_only: bool = False
    required: bool = False
    external_options: bool = False
    hubspot_defined: bool = False
    display_order: int = -1
    hidden: bool = False
    form_field: bool = False
    created_at: str | None = None
    updated_at: str | None = None
    archived_at: str | None = None

    @property
    def values(self) -> dict[str, Option]:
        """The legal values of an enumeration."""
        return {option.value: option for option in self.options}

    def as_json(self) -> dict[str, Any]:
        """The definition as the properties API shows it."""
        body: dict[str, Any] = {
            "updatedAt": self.updated_at,
            "createdAt": self.created_at,
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "description": self.description,
            "groupName": self.group,
            "options": [
                {
                    "label": option.label,
                    "value": option.value,
                    "description": option.description,
                    "displayOrder": option.display_order,
                    "hidden": option.hidden,
                }
                for option in self.options
            ],
            "displayOrder": self.display_order,
            "calculated": False,
            "externalOptions": self.external_options,
            "archived": self.archived_at is not None,
            "hasUniqueValue": self.unique,
            "hidden": self.hidden,
            "hubspotDefined": self.hubspot_defined,
            "modificationMetadata": {
                "archivable": not self.hubspot_defined,
                "readOnlyDefinition": self.hubspot_defined,
                "readOnlyOptions": self.hubspot_defined,
                "readOnlyValue": self.read_only,
            },
            "formField": self.form_field,
            "dataSensitivity": "non_sensitive",
        }
        if self.archived_at is not None:
            body["archivedAt"] = self.archived_at
        return {key: value for key, value in body.items() if value is not None}


def parse_definition(data: Mapping[str, Any], created_at: str | None = None, *, builtin: bool = False) -> PropertyDef:
    """A definition from its JSON form (org.yaml, the API, or the shipped data)."""
    kind = data.get("type", "string")
    return PropertyDef(
        name=data["name"],
        label=data.get("label", data["name"]),
        type=kind,
        field_type=data.get("fieldType", FIELD_TYPES.get(kind, ("text",))[0]),
        group=data.get("groupName", "contactinformation"),
        description=data.get("description", ""),
        options=parse_options(data.get("options", ()), kind),
        unique=data.get("hasUniqueValue", data.get("unique", False)),
        read_only=data.get("readOnly", False),
        required=data.get("required", False),
        external_options=data.get("externalOptions", False),
        hubspot_defined=builtin,
        display_order=data.get("displayOrder", -1),
        hidden=data.get("hidden", False),
        form_field=data.get("formField", False),
        created_at=created_at,
        updated_at=created_at,
    )


def parse_options(rows: Any, kind: str) -> tuple[Option, ...]:
    """The options of an enumeration; a bool has true and false whatever is given."""
    if kind == "bool" and not rows:
        return (Option("true", "True", 0), Option("false", "False", 1))
    return tuple(
        Option(
            row["value"],
            row["label"],
            row.get("displayOrder", position),
            row.get("hidden", False),
            row.get("description") or "",
        )
        for position, row in enumerate(rows)
    )


@cache
def standard_definitions(type_name: str) -> Mapping[str, PropertyDef]:
    """The shipped definitions of an object type, by name."""
    rows = orjson.loads((_DATA / "properties.json").read_bytes())[type_name]
    return {row["name"]: parse_definition(row, "2019-08-06T02:41:08.029Z", builtin=True) for row in rows}


def load_definitions(
    hubspot: Mapping[str, Any], pipelines: Mapping[str, Any], now: str
) -> dict[str, dict[str, PropertyDef]]:
    """Every object type's definitions: shipped, from org.yaml, and one set per deal stage."""
    catalogue = {name: dict(standard_definitions(name)) for name in TYPES}
    for type_name, rows in (hubspot.get("properties") or {}).items():
        for row in rows:
            own = parse_definition({"groupName": f"{TYPES[type_name].singular}information", **row}, now)
            catalogue[type_name][own.name] = own
    deals = catalogue["deals"]
    for stage, label in ((stage["id"], stage["label"]) for line in pipelines.values() for stage in line["stages"]):
        for prefix, words in (("entered", "Date entered"), ("exited", "Date exited")):
            name = f"hs_v2_date_{prefix}_{stage}"
            deals[name] = PropertyDef(
                name,
                f'{words} "{label}"',
                "datetime",
                "date",
                "deal_stage_properties",
                read_only=True,
                hubspot_defined=True,
            )
    return _with_pipeline_options(catalogue, pipelines)


def _with_pipeline_options(
    catalogue: dict[str, dict[str, PropertyDef]], pipelines: Mapping[str, Any]
) -> dict[str, dict[str, PropertyDef]]:
    deals = catalogue["deals"]
    lines = tuple(Option(key, line["label"], order) for order, (key, line) in enumerate(pipelines.items()))
    stages = tuple(
        Option(stage["id"], stage["label"], stage["displayOrder"])
        for line in pipelines.values()
        for stage in line["stages"]
    )
    deals["pipeline"] = replace(deals["pipeline"], options=lines)
    deals["dealstage"] = replace(deals["dealstage"], options=stages)
    return catalogue
