"""A mapping file's text to a checked, frozen mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syncagent.domain.records import System
from syncagent.errors import ConfigurationError
from syncagent.language.yaml import Document, read_yaml, validate
from syncagent.merging.checks import check_mapping
from syncagent.merging.mapping import (
    Creation,
    Inclusion,
    MappedField,
    MatchKey,
    Phase,
    RecordMapping,
    SideObjects,
    TestName,
    ValueRow,
)
from syncagent.merging.schema import CreateSide, FieldSection, Include, MappingFile, Match, Row, Side


def load_mapping(text: str | bytes, file: str) -> RecordMapping:
    """Read a mapping file; ``file`` is the name that errors carry.

    Raises:
        ConfigurationError: with every mistake found, each at its line and column.
    """
    document = read_yaml(text, file)
    model = validate(MappingFile, document)
    mapping = _mapping(model, document)
    problems = check_mapping(mapping)
    if problems:
        raise ConfigurationError(problems)
    return mapping


def _mapping(model: MappingFile, document: Document) -> RecordMapping:
    stages = {name: section.stages for name, section in model.fields.items()}
    return RecordMapping(
        name=model.mapping,
        title=model.title or model.mapping,
        automatic=model.mode == "auto",
        salesforce=_side(model.salesforce),
        hubspot=_side(model.hubspot),
        match=tuple(_match(key) for key in model.match),
        create={
            "salesforce": _creation(model.create.salesforce, model.salesforce),
            "hubspot": _creation(model.create.hubspot, model.hubspot),
        },
        include=tuple(_inclusion(test) for test in model.include),
        fields=tuple(_field(name, section, model, stages) for name, section in model.fields.items()),
        document=document,
    )


def _side(section: Side) -> SideObjects:
    return SideObjects(tuple(section.objects), section.external_id)


def _match(section: Match) -> MatchKey:
    return MatchKey(
        key=section.key,
        salesforce=tuple(section.salesforce),
        hubspot=tuple(section.hubspot),
        names={"salesforce": tuple(section.name.salesforce), "hubspot": tuple(section.name.hubspot)},
        domains={"salesforce": tuple(section.domain.salesforce), "hubspot": tuple(section.domain.hubspot)},
    )


def _creation(section: CreateSide, side: Side) -> Creation:
    return Creation(section.object or side.objects[0], section.when == "unmatched", tuple(section.require))


def _inclusion(section: Include) -> Inclusion:
    tests: Mapping[TestName, Sequence[str | int | bool] | None] = {
        "is": None if section.is_ is None else [section.is_],
        "is_not": None if section.is_not is None else [section.is_not],
        "one_of": section.one_of,
        "filled": None if section.filled is None else [section.filled],
    }
    test, values = next((name, values) for name, values in tests.items() if values is not None)
    return Inclusion(section.object, section.field, test, tuple(values or ()))


def _field(name: str, section: FieldSection, model: MappingFile, stages: Mapping[str, Sequence[str]]) -> MappedField:
    phase = section.phase
    targets: Mapping[str, tuple[System, ...]] = {
        "both": ("salesforce", "hubspot"),
        "to_salesforce": ("salesforce",),
        "to_hubspot": ("hubspot",),
    }
    lengths: Mapping[System, int | None] = {"salesforce": section.length.salesforce, "hubspot": section.length.hubspot}
    return MappedField(
        name=name,
        salesforce=_names(section.salesforce, model.salesforce),
        hubspot=_names(section.hubspot, model.hubspot),
        rule=section.rule,
        transform=section.transform,
        overwrite_with_blank=section.blank == "overwrite",
        write_to=targets[section.direction],
        values=_rows(section.values),
        stages=tuple(section.stages if phase is None else stages.get(phase.field, ())),
        phase=None if phase is None else Phase(phase.field, phase.from_, phase.before, phase.after),
        length={system: limit for system, limit in lengths.items() if limit is not None},
        truncate=section.truncate,
        instant_on=() if section.instant_on is None else (section.instant_on,),
        currency=section.currency,
        keep_spelling=section.spelling == "keep",
    )


def _names(names: str | Mapping[str, str], side: Side) -> Mapping[str, str]:
    return dict.fromkeys(side.objects, names) if isinstance(names, str) else dict(names)


def _rows(values: Mapping[str, str] | Sequence[Row]) -> tuple[ValueRow, ...]:
    if not isinstance(values, Mapping):
        return tuple(_row(_texts(row.salesforce), _texts(row.hubspot)) for row in values)
    # Several Salesforce words for one HubSpot word: the first is the one written back.
    grouped: dict[str, list[str]] = {}
    for salesforce, hubspot in values.items():
        grouped.setdefault(hubspot, []).append(salesforce)
    return tuple(_row(tuple(words), (hubspot,)) for hubspot, words in grouped.items())


def _row(salesforce: tuple[str, ...], hubspot: tuple[str, ...]) -> ValueRow:
    return ValueRow((hubspot or salesforce or ("",))[0], salesforce, hubspot)


def _texts(words: str | Sequence[str]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)
