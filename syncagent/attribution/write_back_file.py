"""The file that says which model's result goes to which field: its form, its schema, its reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from pydantic import Field

from syncagent.attribution.models import find_model
from syncagent.attribution.write_back import Content, WriteBack
from syncagent.domain.records import SYSTEMS, System
from syncagent.errors import ConfigurationError, Problem, UsageError
from syncagent.language.yaml import Document, Section, problem_at, read_yaml, validate

FieldName = str


class FieldsSection(Section):
    """The fields of one system, by what is written there."""

    campaign: FieldName | None = Field(None, min_length=1, description="Name of the campaign with the largest share.")
    shares: FieldName | None = Field(
        None, min_length=1, description="All campaigns with their shares in percent, which sum to 100.00."
    )
    amount: FieldName | None = Field(
        None, min_length=1, description="What campaigns earned of the deal, in its own currency; a number field."
    )
    model: FieldName | None = Field(None, min_length=1, description="The model's name.")
    hash: FieldName | None = Field(None, min_length=1, description="Fingerprint of all credits, 16 hex digits.")

    def named(self) -> Iterator[tuple[Content, str]]:
        """Yield what is written where."""
        every: tuple[tuple[Content, str | None], ...] = (
            ("campaign", self.campaign),
            ("shares", self.shares),
            ("amount", self.amount),
            ("model", self.model),
            ("hash", self.hash),
        )
        return ((content, name) for content, name in every if name)


class WriteSection(Section):
    """One model and where its result goes; a HubSpot deal is written where it is linked to the opportunity."""

    model: str = Field(description="The attribution model: first_touch, linear, time_decay_30d ...")
    salesforce: FieldsSection = Field(FieldsSection(), description="Fields of Opportunity.")
    hubspot: FieldsSection = Field(FieldsSection(), description="Properties of the deal.")


class AttributionFile(Section):
    """A file of attribution write-back; only fields the org has are written."""

    version: Literal[1] = Field(description="Version of this file format.")
    attribution: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="Stable name of this file.")
    write: list[WriteSection] = Field(min_length=1, description="What is written, one entry per model.")


def attribution_schema() -> Mapping[str, object]:
    """Give the JSON Schema of an attribution file."""
    return AttributionFile.model_json_schema()


def load_write_back(text: str | bytes, file: str) -> tuple[str, tuple[WriteBack, ...]]:
    """Read a file's name and its rules.

    Raises:
        ConfigurationError: every mistake as file:line:column.
    """
    document = read_yaml(text, file)
    model = validate(AttributionFile, document)
    problems = [*_check_models(model, document), *_check_fields(model, document)]
    if problems:
        raise ConfigurationError(problems)
    return model.attribution, tuple(_rule(section) for section in model.write)


def _rule(section: WriteSection) -> WriteBack:
    return WriteBack(
        section.model, {"salesforce": dict(section.salesforce.named()), "hubspot": dict(section.hubspot.named())}
    )


def _fields(section: WriteSection, system: System) -> FieldsSection:
    return section.salesforce if system == "salesforce" else section.hubspot


def _check_models(model: AttributionFile, document: Document) -> Iterator[Problem]:
    counts = Counter(section.model for section in model.write)
    for place, section in enumerate(model.write):
        try:
            find_model(section.model)
        except UsageError as error:
            yield problem_at(document, ("write", place, "model"), str(error))
        if counts[section.model] > 1:
            yield problem_at(
                document, ("write", place, "model"), f"{section.model} stands here twice; put its fields together"
            )
        if not any(list(_fields(section, system).named()) for system in SYSTEMS):
            yield problem_at(
                document, ("write", place), f"{section.model} is written to no field; name one, or remove it"
            )


def _check_fields(model: AttributionFile, document: Document) -> Iterator[Problem]:
    for system in SYSTEMS:
        seen: dict[str, str] = {}
        for place, section in enumerate(model.write):
            for content, name in _fields(section, system).named():
                if name in seen:
                    message = f"{name} already takes {seen[name]}; a field takes one value"
                    yield problem_at(document, ("write", place, system, content), message)
                seen.setdefault(name, f"the {content} of {section.model}")


def refuse_shared_fields(files: Iterable[tuple[str, tuple[WriteBack, ...]]]) -> list[Problem]:
    """Find fields that two files (name and rules of each) want to write."""
    first: dict[tuple[System, str], str] = {}
    problems = []
    for file, rules in files:
        wanted = {(system, name) for rule in rules for system in SYSTEMS for name in rule.names(system)}
        for key in sorted(wanted):
            if key in first:
                problems.append(Problem(file, 1, 1, f"{key[1]} is already written by {first[key]}"))
            first.setdefault(key, file)
    return problems
