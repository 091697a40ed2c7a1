"""Fields of org.yaml: new custom ones, and other labels and picklist values for standard ones."""

from collections.abc import Mapping
from typing import Any

# The length a type has when org.yaml gives none.
_LENGTHS = {
    "string": 255,
    "textarea": 255,
    "picklist": 255,
    "multipicklist": 4099,
    "email": 80,
    "phone": 40,
    "url": 255,
}
TYPES = (*_LENGTHS, "boolean", "date", "datetime", "currency", "double", "percent", "int", "reference")
_FILTERABLE_TEXT_MAX = 255
_SAME_KEYS = ("label", "externalId", "unique", "caseSensitive", "nillable", "precision", "scale", "defaultValue")
_STANDARD_KEYS = {"name", "label", "values", "restricted"}
_KEYS = {"name", "type", "values", "restricted", "length", "referenceTo", "inlineHelpText", *_SAME_KEYS}


def customise(object_name: str, standard: list[dict[str, Any]], entries: list[Mapping[str, Any]]) -> list[Any]:
    """The compact fields of an object: the standard ones as org.yaml changes them, then its custom ones.

    Raises ValueError naming the entry of `salesforce.fields` that cannot be used.
    """
    fields = {entry["name"]: entry for entry in standard}
    for entry in entries:
        name = str(entry.get("name", ""))
        where = f"org.yaml: salesforce.fields.{object_name}: {name or 'an entry'}"
        legal = _KEYS if name.endswith("__c") else _STANDARD_KEYS
        for key in entry:
            if key not in legal:
                raise ValueError(f"{where}: unknown key {key}; legal are {', '.join(sorted(legal))}.")
        if name.endswith("__c"):
            fields[name] = _read_custom_field(name, entry, where)
        elif name in fields:
            fields[name] = {**fields[name], **_given(entry)}
        else:
            raise ValueError(f"{where}: there is no such standard field, and the name of a custom one ends in __c.")
    return list(fields.values())


def _read_custom_field(name: str, entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    kind = entry.get("type", "string")
    if kind not in TYPES:
        raise ValueError(f"{where}: type {kind} is not known; legal are {', '.join(TYPES)}.")
    return {**_flags(name, kind), **_lengths(kind, entry), **_given(entry), **_reference(name, kind, entry, where)}


def _flags(name: str, kind: str) -> dict[str, Any]:
    flags: dict[str, Any] = {"name": name, "type": kind, "label": name.removesuffix("__c").replace("_", " ")}
    flags["custom"] = True
    if kind == "boolean":
        flags["defaultValue"] = False
    return flags


def _lengths(kind: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    if kind not in _LENGTHS:
        return {}
    length = entry.get("length") or _LENGTHS[kind]
    sizes: dict[str, Any] = {"length": length}
    if kind == "textarea" and length > _FILTERABLE_TEXT_MAX:
        sizes.update(dict.fromkeys(("aggregatable", "filterable", "groupable", "sortable"), False))
    return sizes


def _given(entry: Mapping[str, Any]) -> dict[str, Any]:
    given = {key: entry[key] for key in _SAME_KEYS if entry.get(key) is not None}
    if entry.get("externalId"):
        given["idLookup"] = True
    if entry.get("values"):
        given["picklistValues"] = [value if isinstance(value, dict) else str(value) for value in entry["values"]]
    if entry.get("restricted"):
        given["restrictedPicklist"] = True
    return given


def _reference(name: str, kind: str, entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    if kind != "reference":
        return {}
    target = entry.get("referenceTo")
    if not target:
        raise ValueError(f"{where}: a reference names the object it refers to in referenceTo.")
    targets = [target] if isinstance(target, str) else list(target)
    return {"referenceTo": targets, "relationshipName": name.removesuffix("__c") + "__r"}
