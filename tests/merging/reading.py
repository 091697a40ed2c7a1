"""Reads case files, and builds what several tests of merging need."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from syncagent.domain.records import Link, Record, RecordRef, Scalar, State, System
from syncagent.language.yaml import read_yaml
from syncagent.merging import RecordMapping, load_mapping
from syncagent.merging.transforms import Surroundings

CASES = Path(__file__).parents[1] / "cases"
MAPPINGS = Path(__file__).parents[2] / "mappings"
TOKYO = ZoneInfo("Asia/Tokyo")
SEEN = datetime(2026, 11, 16, tzinfo=UTC)
OWNERS: Mapping[System, Mapping[str, str]] = {
    "salesforce": {"0055g0000001026AAA": "Sato@example.com", "0055g000000102hAAA": "suzuki@example.com"},
    "hubspot": {"101": "sato@example.com", "102": "suzuki@example.com", "103": "tanaka@example.com"},
}
AROUND = Surroundings(TOKYO, OWNERS, {"hubspot": ["102"]})

Plain: TypeAlias = Annotated[str | int | bool | None, Field(union_mode="smart")]
Case = TypeVar("Case", bound=BaseModel)


class Row(BaseModel):
    """A row of a case file: unknown words are mistakes in the case."""

    model_config = ConfigDict(extra="forbid")


def cases(file: str, model: type[Case]) -> list[Case]:
    path = CASES / file
    return TypeAdapter(list[model]).validate_python(read_yaml(path.read_bytes(), str(path)).data)  # type: ignore[valid-type]  # a model chosen by the caller


def mapping_of(text: str) -> RecordMapping:
    return load_mapping(text, "mapping.yaml")


def small_mapping(fields: str, *, objects: str = "[Lead]", head: str = "") -> RecordMapping:
    """Build a mapping with the given fields (lines indented by two)."""
    return mapping_of(
        f"mapping: small\nsalesforce: {{objects: {objects}, external_id: Sf_Ext__c}}\n"
        f"hubspot: {{objects: [contacts], external_id: hs_ext}}\n"
        f"match: [{{key: external_id}}]\n{head}fields:\n{fields}"
    )


def record(
    system: Literal["salesforce", "hubspot"],
    record_id: str,
    object_name: str = "",
    *,
    state: State = State.LIVE,
    **fields: Scalar,
) -> Record:
    name = object_name or ("Lead" if system == "salesforce" else "contacts")
    return Record(RecordRef(system, name, record_id), fields, SEEN, SEEN, state)


def link_of(salesforce: Record, hubspot: Record, base: Mapping[str, Scalar] | None = None) -> Link:
    return Link("small", salesforce.ref, hubspot.ref, "external_id", base or {})
