"""Objects and their fields, read from the recorded describes in `data` and the custom fields of org.yaml."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from syncagent.sandbox.salesforce.customising import customise

DATA = Path(__file__).with_name("data")
TEXT_TYPES = frozenset({"string", "picklist", "multipicklist", "textarea", "phone", "url", "email", "combobox"})
ID_TYPES = frozenset({"id", "reference"})
FLOAT_TYPES = frozenset({"double", "currency", "percent"})
NUMBER_TYPES = FLOAT_TYPES | {"int"}


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One field: its full describe entry, with the flags the sandbox acts on as attributes."""

    raw: Mapping[str, Any]
    name: str
    label: str
    type: str
    length: int
    nillable: bool
    createable: bool
    updateable: bool
    defaulted: bool
    default: Any
    references: tuple[str, ...]
    relationship: str | None
    legal_values: frozenset[str] | None

    @classmethod
    def expand(cls, compact: Mapping[str, Any]) -> "Field":
        """A field from its compact form: what differs from the defaults of its type."""
        raw = _expand(compact)
        legal = frozenset(value["value"] for value in raw["picklistValues"] if value["active"])
        return cls(
            raw=raw,
            name=raw["name"],
            label=raw["label"],
            type=raw["type"],
            length=raw["length"],
            nillable=raw["nillable"],
            createable=raw["createable"],
            updateable=raw["updateable"],
            defaulted=raw["defaultedOnCreate"],
            default=raw["defaultValue"] if raw["defaultValue"] is not None else _default_choice(raw),
            references=tuple(raw["referenceTo"]),
            relationship=raw["relationshipName"],
            legal_values=legal if legal and raw["restrictedPicklist"] else None,
        )

    @property
    def polymorphic(self) -> bool:
        """Whether it may refer to records of several objects."""
        return len(self.references) > 1

    @property
    def keyed(self) -> bool:
        """Whether a record can be named by this field's value."""
        return bool(self.raw["externalId"] or self.raw["idLookup"] or self.raw["unique"])


@dataclass(frozen=True, slots=True, eq=False)
class Child:
    """A relationship seen from the parent: the child object and its field that points here."""

    object: str
    field: str
    name: str | None
    cascades: bool


@dataclass(frozen=True, slots=True, eq=False)
class SObject:
    """One object: its describe without fields and children, and both by lower-case name."""

    name: str
    prefix: str | None
    raw: Mapping[str, Any]
    scopes: tuple[Any, ...]
    fields: dict[str, Field]
    children: tuple[Child, ...]
    relationships: dict[str, Field] = field(default_factory=dict)

    def find(self, name: str) -> Field | None:
        """A field by its name in any case."""
        return self.fields.get(name.lower())

    def child(self, relationship: str) -> Child | None:
        """A child relationship by its name in any case."""
        wanted = relationship.lower()
        return next((child for child in self.children if child.name and child.name.lower() == wanted), None)


class Schema:
    """Every object of the org, standard and with the custom fields of org.yaml."""

    def __init__(self, custom_fields: Mapping[str, list[Mapping[str, Any]]]) -> None:
        names = sorted(path.stem for path in (DATA / "objects").glob("*.json"))
        unknown = sorted(set(custom_fields) - set(names))
        if unknown:
            legal = ", ".join(name for name in names if name != "Name")
            raise ValueError(f"org.yaml: salesforce.fields: {unknown[0]} is not an object here; there are {legal}.")
        self._objects = {name.lower(): _read_object(name, custom_fields.get(name, [])) for name in names}
        self._prefixes = {entry.prefix: entry.name for entry in self._objects.values() if entry.prefix}

    def __iter__(self) -> Iterator[SObject]:
        return (entry for entry in self._objects.values() if entry.name != "Name")

    def find(self, name: str) -> SObject | None:
        """An object by its name in any case."""
        return None if name.lower() == "name" else self._objects.get(name.lower())

    def get(self, name: str) -> SObject:
        """An object known to exist, the pseudo-object Name behind polymorphic references included."""
        return self._objects[name.lower()]

    def object_of(self, record_id: str) -> str | None:
        """The object a record id belongs to, by its prefix."""
        return self._prefixes.get(record_id[:3])


@cache
def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def _expand(compact: Mapping[str, Any]) -> dict[str, Any]:
    defaults = _read("field_defaults")
    raw = {**defaults["any"], **defaults["types"][compact["type"]], **compact}
    if "byteLength" not in compact and raw["type"] in TEXT_TYPES | ID_TYPES:
        raw["byteLength"] = raw["length"] * (1 if raw["type"] in ID_TYPES else 3)
    raw["picklistValues"] = [_expand_choice(value) for value in raw["picklistValues"]]
    return dict(sorted(raw.items()))


def _expand_choice(value: Any) -> dict[str, Any]:
    given = {"value": value} if isinstance(value, str) else value
    plain = {"active": True, "defaultValue": False, "label": given["value"], "validFor": None}
    return {**plain, **given}


def _default_choice(raw: Mapping[str, Any]) -> Any:
    return next((value["value"] for value in raw["picklistValues"] if value["defaultValue"]), None)


def _read_object(name: str, custom_fields: list[Mapping[str, Any]]) -> SObject:
    data = _read(f"objects/{name}")
    fields = {e["name"].lower(): Field.expand(e) for e in customise(name, data["fields"], custom_fields)}
    raw = {**_read("object_defaults")["object"], **data["object"]}
    return SObject(
        name=name,
        prefix=raw["keyPrefix"],
        raw=dict(sorted(raw.items())),
        scopes=tuple(data["scopes"]),
        fields=fields,
        children=tuple(
            Child(child["childSObject"], child["field"], child["relationshipName"], child.get("cascadeDelete", False))
            for child in data["children"]
        ),
        relationships={entry.relationship.lower(): entry for entry in fields.values() if entry.relationship},
    )


def describe_defaults() -> tuple[dict[str, Any], dict[str, Any]]:
    """What every child relationship and every master record type carry in a describe."""
    defaults = _read("object_defaults")
    return defaults["childRelationship"], defaults["recordTypeInfo"]
