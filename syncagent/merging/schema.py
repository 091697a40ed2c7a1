"""The mapping file's shape: pydantic models, from which the published JSON Schema is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from syncagent.language.yaml import Section
from syncagent.merging.mapping import KeyName, RuleName
from syncagent.merging.transforms import TRANSFORMS

Word: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
FieldName: TypeAlias = Annotated[str, Field(min_length=1, max_length=255)]
Texts: TypeAlias = Annotated[list[FieldName], Field(max_length=50)]
SystemName: TypeAlias = Literal["salesforce", "hubspot"]


class Side(Section):
    """One system's objects in order of preference, and its field for the other system's record id."""

    objects: Annotated[list[FieldName], Field(min_length=1, max_length=20)]
    external_id: FieldName | None = None


class Pair(Section):
    """Field names on both sides."""

    salesforce: Texts = Field(default_factory=list)
    hubspot: Texts = Field(default_factory=list)


class Match(Section):
    """A key that proves two records to be the same; keys are tried in the order of the list."""

    key: KeyName
    salesforce: Texts = Field(default_factory=list)
    hubspot: Texts = Field(default_factory=list)
    name: Pair = Pair()
    domain: Pair = Pair()


class CreateSide(Section):
    """Whether records are created on this side, as which object, and the mapped fields they must have."""

    when: Literal["never", "unmatched"] = "never"
    object: FieldName | None = None
    require: list[Word] = Field(default_factory=list)


class Create(Section):
    """The create policy by the side that would get the record; the default creates nothing."""

    salesforce: CreateSide = CreateSide()
    hubspot: CreateSide = CreateSide()


class Include(Section):
    """A test records of one object must pass to be mapped; write exactly one of the four tests."""

    object: FieldName
    field: FieldName
    is_: Annotated[str | int | bool | None, Field(alias="is")] = None
    is_not: str | int | bool | None = None
    one_of: Annotated[list[str | int | bool], Field(max_length=500)] | None = None
    filled: bool | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Include:
        tests = (self.is_, self.is_not, self.one_of, self.filled)
        if sum(test is not None for test in tests) != 1:
            raise ValueError("write exactly one test: is, is_not, one_of or filled")
        return self


class Row(Section):
    """Values that mean the same; several on a side: all are read, the first is written."""

    salesforce: str | list[str] = Field(default_factory=list)
    hubspot: str | list[str] = Field(default_factory=list)


class PhaseOwner(Section):
    """Ownership by phase: until ``field`` reaches ``from`` one side owns, afterwards the other."""

    field: Word
    from_: Annotated[str, Field(alias="from")]
    before: SystemName
    after: SystemName


class Lengths(Section):
    """The most characters a field holds on each side."""

    salesforce: Annotated[int, Field(gt=0)] | None = None
    hubspot: Annotated[int, Field(gt=0)] | None = None


class FieldSection(Section):
    """One mapped field."""

    salesforce: FieldName | Annotated[dict[str, FieldName], Field(min_length=1)]
    hubspot: FieldName | Annotated[dict[str, FieldName], Field(min_length=1)]
    rule: RuleName
    transform: Annotated[str, Field(json_schema_extra={"enum": sorted(TRANSFORMS)})] = "text"
    blank: Literal["keep", "overwrite"] = "keep"
    direction: Literal["both", "to_salesforce", "to_hubspot"] = "both"
    values: dict[str, str] | list[Row] = Field(default_factory=dict)
    stages: list[str] = Field(default_factory=list)
    phase: PhaseOwner | None = None
    length: Lengths = Lengths()
    truncate: bool = False
    instant_on: SystemName | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    spelling: Annotated[
        Literal["keep", "follow"],
        Field(
            description="For company_name and person_name: keep leaves two spellings of one name as they are, "
            "follow treats them as different values and lets the rule decide."
        ),
    ] = "keep"
    notes: str = ""


class MappingFile(Section):
    """A mapping file: which objects are the same thing, how that is known, and who owns each value."""

    mapping: Word
    title: str = ""
    mode: Literal["propose", "auto"] = Field(
        "propose", description="Both wait for a person today; auto is kept for a standing approval of mappings."
    )
    salesforce: Side
    hubspot: Side
    match: Annotated[list[Match], Field(min_length=1)]
    create: Create = Create()
    include: list[Include] = Field(default_factory=list)
    fields: Annotated[dict[Word, FieldSection], Field(min_length=1)]
    notes: str = ""


def mapping_schema() -> Mapping[str, object]:
    """Give the JSON Schema of a mapping file, for editors."""
    schema: dict[str, object] = MappingFile.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
