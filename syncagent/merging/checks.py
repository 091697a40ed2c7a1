"""What a mapping's words mean together: mistakes a schema cannot see, each at its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from syncagent.domain.records import SYSTEMS, System
from syncagent.errors import Problem
from syncagent.language.yaml import Path, listed, nearest, problem_at
from syncagent.merging.mapping import MappedField, MatchKey, RecordMapping
from syncagent.merging.transforms import TRANSFORMS
from syncagent.merging.transforms.transform import LABELS

_WITH_VALUES = ("picklist", "multi_select")
_WITH_LENGTH = ("text", "name", "company_name", "person_name", "multi_select")
_NEVER_BLANKING = ("fill_blank", "append", "max", "forward_only")


def check_mapping(mapping: RecordMapping) -> list[Problem]:
    """Find what does not fit together in a mapping; an empty list means it may be used."""
    found = [*_objects(mapping), *_match(mapping), *_create(mapping), *_include(mapping), *_twice(mapping)]
    for mapped in mapping.fields:
        checks = (_names(mapping, mapped), _transform(mapped), _rule(mapping, mapped), _values(mapped))
        found.extend((("fields", mapped.name, *path), message) for check in checks for path, message in check)
    return sorted({problem_at(mapping.document, path, message, key=_is_object(path)) for path, message in found})


_Found = Iterator[tuple[Path, str]]


def _is_object(path: Path) -> bool:
    """Tell whether a path leads to a field's name on one object, where it is the object that is wrong."""
    return len(path) == len(("fields", "name", "system", "object")) and path[-2] in SYSTEMS


def _objects(mapping: RecordMapping) -> _Found:
    for system in SYSTEMS:
        counted = Counter(mapping.side(system).objects)
        yield from (
            ((system, "objects"), f"{name} is listed {count} times") for name, count in counted.items() if count > 1
        )


def _match(mapping: RecordMapping) -> _Found:
    for index, key in enumerate(mapping.match):
        path = ("match", index, "key")
        if key.key == "external_id":
            if not any(mapping.side(system).external_id for system in SYSTEMS):
                yield path, "no side names its external_id field; add external_id under salesforce or hubspot"
        elif key.key == "name_and_domain":
            if not all(key.names[system] and key.domains[system] for system in SYSTEMS):
                yield path, "name_and_domain needs name and domain, each with salesforce and hubspot fields"
        elif not (key.salesforce and key.hubspot):
            yield path, f"{key.key} needs its fields: salesforce: [...] and hubspot: [...]"
        elif _half(key):
            yield path, "name needs fields of both sides: name: {salesforce: [...], hubspot: [...]}"


def _half(key: MatchKey) -> bool:
    return bool(key.names["salesforce"]) != bool(key.names["hubspot"])


def _create(mapping: RecordMapping) -> _Found:
    for system in SYSTEMS:
        creation, side = mapping.create[system], mapping.side(system)
        if creation.object not in side.objects:
            yield (
                ("create", system, "object"),
                f"{creation.object!r} is not mapped; {nearest(creation.object, side.objects)}",
            )
        if creation.allowed and side.external_id is None:
            yield (
                ("create", system, "when"),
                f"creating in {LABELS[system]} needs {system}.external_id, or a lost reply could create twice",
            )
        for index, name in enumerate(creation.require):
            if mapping.field(name) is None:
                names = [mapped.name for mapped in mapping.fields]
                yield ("create", system, "require", index), f"no field {name!r} is mapped; {nearest(name, names)}"


def _include(mapping: RecordMapping) -> _Found:
    objects = [name for _, name in mapping.objects()]
    for index, test in enumerate(mapping.include):
        if test.object not in objects:
            yield ("include", index, "object"), f"{test.object!r} is not mapped; {nearest(test.object, objects)}"


def _names(mapping: RecordMapping, mapped: MappedField) -> _Found:
    for system in SYSTEMS:
        side = mapping.side(system)
        for name in mapped.on(system):
            if name not in side.objects:
                yield (system, name), f"{name!r} is not one of {system}.objects; {nearest(name, side.objects)}"


def _twice(mapping: RecordMapping) -> _Found:
    for system in SYSTEMS:
        external = mapping.side(system).external_id
        users: dict[tuple[str, str], str] = {}
        for mapped in mapping.fields:
            path = ("fields", mapped.name, system)
            for object_name, target in mapped.on(system).items():
                if target == external:
                    yield path, f"{target} is the external id of this mapping and kept by it; map another field"
                first = users.setdefault((object_name, target), mapped.name)
                if first != mapped.name:
                    yield path, f"{object_name}.{target} is already mapped by {first!r}; a field has one mapping"


def _transform(mapped: MappedField) -> _Found:
    if mapped.transform not in TRANSFORMS:
        yield ("transform",), f"unknown transform {mapped.transform!r}; {nearest(mapped.transform, TRANSFORMS)}"
        return
    if mapped.length and mapped.transform not in _WITH_LENGTH:
        yield ("length",), f"length belongs to {listed(_WITH_LENGTH)}, not to transform {mapped.transform}"
    if not mapped.keep_spelling and not TRANSFORMS[mapped.transform].spelled:
        spelled = [name for name, transform in TRANSFORMS.items() if transform.spelled]
        yield ("spelling",), f"spelling belongs to {listed(spelled)}, not to transform {mapped.transform}"
    if mapped.truncate and not mapped.length:
        yield ("truncate",), "truncate needs length: {salesforce: N} or {hubspot: N}"
    if mapped.truncate and mapped.transform == "multi_select":
        yield ("truncate",), "a list of values cannot be cut; remove truncate"
    if mapped.instant_on and mapped.transform != "date":
        yield ("instant_on",), f"instant_on belongs to transform date, not to {mapped.transform}"
    if mapped.currency is not None and mapped.transform != "money":
        yield ("currency",), f"currency belongs to transform money, not to {mapped.transform}"
    if mapped.currency is None and mapped.transform == "money":
        yield ("transform",), "money needs its currency, e.g. currency: JPY"


def _rule(mapping: RecordMapping, mapped: MappedField) -> _Found:
    rule = mapped.rule
    if mapped.overwrite_with_blank and rule in _NEVER_BLANKING:
        yield ("blank",), f"rule {rule} never takes a value away; remove blank: overwrite"
    if len(mapped.write_to) == 1 and rule != _source(mapped):
        yield ("direction",), f"direction to_{mapped.write_to[0]} needs rule: {_source(mapped)}, the side it comes from"
    if rule == "append" and mapped.transform != "multi_select":
        yield ("rule",), "rule append joins lists of values; it needs transform: multi_select"
    if rule == "max" and not (mapped.transform in TRANSFORMS and TRANSFORMS[mapped.transform].ordered):
        ordered = sorted(name for name, transform in TRANSFORMS.items() if transform.ordered)
        yield ("rule",), f"rule max compares sizes; it needs one of the transforms {listed(ordered)}"
    if rule == "forward_only" and not mapped.stages:
        yield ("rule",), "rule forward_only needs stages: the values in their order"
    if mapped.phase is None and len(set(mapped.stages)) != len(mapped.stages):
        yield ("stages",), "a stage is listed twice"
    yield from _phase(mapping, mapped)


def _phase(mapping: RecordMapping, mapped: MappedField) -> _Found:
    if mapped.phase is None:
        if mapped.rule == "by_phase":
            yield ("rule",), "rule by_phase needs phase: {field, from, before, after}"
        return
    phase = mapped.phase
    source = mapping.field(phase.field)
    staged = [each.name for each in mapping.fields if each.stages and each.phase is None]
    if mapped.rule != "by_phase":
        yield ("phase",), f"phase belongs to rule by_phase, not to {mapped.rule}"
    if phase.before == phase.after:
        yield ("phase", "after"), f"{LABELS[phase.after]} owns the field before and after; write rule: {phase.after}"
    if source is None or source.name not in staged:
        yield ("phase", "field"), f"{phase.field!r} is not a mapped field with stages; {nearest(phase.field, staged)}"
    elif phase.start not in source.stages:
        yield (
            ("phase", "from"),
            f"{phase.start!r} is not a stage of {phase.field}; {nearest(phase.start, source.stages)}",
        )


def _source(mapped: MappedField) -> System:
    return "hubspot" if mapped.write_to[0] == "salesforce" else "salesforce"


def _values(mapped: MappedField) -> _Found:
    if mapped.values and mapped.transform not in _WITH_VALUES:
        yield ("values",), f"values belong to transform {' or '.join(_WITH_VALUES)}, not to {mapped.transform}"
    for system in SYSTEMS:
        counted = Counter(word for row in mapped.values for word in row.on(system))
        for word, count in counted.items():
            if count > 1:
                yield ("values",), f"the {LABELS[system]} value {word!r} stands in {count} rows; it can mean one thing"
            if mapped.transform == "multi_select" and ";" in word:
                yield ("values",), f"{word!r} holds a ';', which separates values"
    counted = Counter(row.canonical for row in mapped.values)
    for word, count in counted.items():
        if not word.strip():
            yield ("values",), "a row without any value means nothing; remove it or fill it"
        elif count > 1:
            yield ("values",), f"{word!r} leads two rows; join them"
    known = {row.canonical for row in mapped.values}
    if mapped.phase is None and known:
        for index, stage in enumerate(mapped.stages):
            if stage not in known:
                yield ("stages", index), f"{stage!r} is not among the values; {nearest(stage, known)}"
