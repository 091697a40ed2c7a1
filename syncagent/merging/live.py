"""A mapping held against what the two systems say about their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from syncagent.domain.records import SYSTEMS, FieldInfo, System
from syncagent.errors import Problem
from syncagent.language.yaml import Path, listed, nearest, problem_at
from syncagent.merging.cases import other
from syncagent.merging.mapping import MappedField, RecordMapping
from syncagent.merging.transforms.transform import LABELS

Described: TypeAlias = Mapping[tuple[System, str], Mapping[str, FieldInfo]]

_KINDS = {
    "boolean": ("boolean", "bool", "booleancheckbox"),
    "integer": ("int", "integer", "long", "number", "double", "string"),
    "decimal": ("currency", "double", "percent", "int", "long", "number", "string"),
    "money": ("currency", "double", "number", "string"),
    "date": ("date", "datetime", "string"),
    "datetime": ("datetime", "string"),
    "picklist": ("picklist", "combobox", "enumeration", "string"),
    "multi_select": ("multipicklist", "enumeration", "string"),
    "owner": ("reference", "enumeration", "string"),
    "email": ("email", "string"),
    "phone": ("phone", "phone_number", "string"),
    "domain": ("url", "string"),
}
"""The vendors' words for fields a transform can live in; text and names live anywhere text does."""
_CUT_KINDS = {"text", "name", "company_name", "person_name"}
_TEXT_KINDS = (
    "string",
    "textarea",
    "email",
    "phone",
    "phone_number",
    "url",
    "picklist",
    "combobox",
    "enumeration",
    "id",
)


def check_fields(mapping: RecordMapping, described: Described) -> list[Problem]:
    """Compare a mapping with the described objects; an object missing in ``described`` is itself a problem."""
    found = [*_objects(mapping, described), *_own_fields(mapping, described)]
    for mapped in mapping.fields:
        for system in SYSTEMS:
            for object_name, target in mapped.on(system).items():
                fields = described.get((system, object_name))
                if fields is None:
                    continue
                path = _path(mapping, mapped, system, object_name)
                info = fields.get(target)
                if info is None:
                    found.append((path, _unknown(system, object_name, target, fields)))
                    continue
                place = f"{object_name}.{target}"
                found.extend((path, f"{place} {words}") for words in _field(mapped, system, info, described))
    return sorted({problem_at(mapping.document, path, message) for path, message in found})


_Found = Iterator[tuple[Path, str]]


def _objects(mapping: RecordMapping, described: Described) -> _Found:
    for system in SYSTEMS:
        for index, name in enumerate(mapping.side(system).objects):
            if (system, name) not in described:
                known = [each for side, each in described if side == system]
                yield (system, "objects", index), f"{LABELS[system]} has no object {name!r}; {nearest(name, known)}"


def _own_fields(mapping: RecordMapping, described: Described) -> _Found:
    """Check the fields outside ``fields``: external ids, match keys and inclusion tests."""
    for system, object_name in mapping.objects():
        fields = described.get((system, object_name))
        if fields is None:
            continue
        external = mapping.side(system).external_id
        if external is not None and external not in fields:
            yield (system, "external_id"), _unknown(system, object_name, external, fields)
        elif external is not None and not fields[external].unique:
            yield (
                (system, "external_id"),
                f"{object_name}.{external} is not unique; make it a unique (external id) field",
            )
        for index, test in enumerate(mapping.include):
            if test.object == object_name and test.field not in fields:
                yield ("include", index, "field"), _unknown(system, object_name, test.field, fields)
    for system in SYSTEMS:
        known = {name for side, each in mapping.objects() if side == system for name in described.get((side, each), ())}
        for index, key in enumerate(mapping.match if known else ()):
            for name in (*key.on(system), *key.names[system], *key.domains[system]):
                if name not in known:
                    yield (
                        ("match", index, "key"),
                        f"{LABELS[system]} has no field {name!r} there; {nearest(name, known)}",
                    )


def _unknown(system: System, object_name: str, name: str, fields: Mapping[str, FieldInfo]) -> str:
    return f"{LABELS[system]} {object_name} has no field {name!r}; {nearest(name, fields)}"


def _path(mapping: RecordMapping, mapped: MappedField, system: System, object_name: str) -> Path:
    path = ("fields", mapped.name, system, object_name)
    return path if path in mapping.document.values else path[:-1]


def _field(mapped: MappedField, system: System, info: FieldInfo, described: Described) -> Iterator[str]:
    if system in mapped.write_to and not info.writable:
        yield f"cannot be written; say direction: to_{other(system)} with rule: {system}"
    kinds = _KINDS.get(mapped.transform, _TEXT_KINDS)
    if info.type.lower() not in kinds:
        yield f"is of type {info.type}, which transform {mapped.transform} does not fit (it fits {listed(kinds)})"
    if mapped.transform == "date" and (info.type == "datetime") != (system in mapped.instant_on):
        word = f"say instant_on: {system}" if info.type == "datetime" else f"remove instant_on: {system}"
        if info.type in {"date", "datetime"}:
            yield f"is of type {info.type}; {word}"
    yield from _lengths(mapped, system, info, described)
    yield from _options(mapped, system, info)


def _lengths(mapped: MappedField, system: System, info: FieldInfo, described: Described) -> Iterator[str]:
    declared = mapped.length.get(system)
    if info.length and declared and declared > info.length:
        yield f"holds {info.length} characters, not {declared}; set length.{system}: {info.length}"
    if declared or not info.length or system not in mapped.write_to or mapped.transform not in _CUT_KINDS:
        return
    if any(longest is None or longest > info.length for longest in _source_lengths(mapped, other(system), described)):
        yield (
            f"holds {info.length} characters and {LABELS[other(system)]} holds longer ones; "
            f"set length.{system}: {info.length}, and truncate: true if cutting is right"
        )


def _source_lengths(mapped: MappedField, system: System, described: Described) -> Iterator[int | None]:
    for object_name, target in mapped.on(system).items():
        info = described.get((system, object_name), {}).get(target)
        if info is not None:
            yield info.length


def _options(mapped: MappedField, system: System, info: FieldInfo) -> Iterator[str]:
    """Compare a list's values: a word the system does not have, and words of the system nobody mapped."""
    if mapped.transform not in {"picklist", "multi_select"} or not info.options:
        return
    words = [word for row in mapped.values for word in row.on(system)]
    for word in words:
        if word not in info.options and (info.restricted or system == "hubspot"):
            yield f"has no value {word!r}; {nearest(word, info.options)}"
    unmapped = [option for option in info.options if option not in words]
    if mapped.values and unmapped:
        yield f"has values the mapping does not know: {listed(unmapped)}; add them under values"
