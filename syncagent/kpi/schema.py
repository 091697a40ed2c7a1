"""The form of a KPI file, as pydantic models and as JSON Schema for editors."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from pydantic import Field

from syncagent.kpi.metric import Kind, Unit
from syncagent.language.yaml import Section


class WordsSection(Section):
    """A text in both languages."""

    en: str = Field(min_length=1, description="English.")
    ja: str = Field(min_length=1, description="Japanese.")


class MeasureSection(Section):
    """What is counted or summed."""

    over: str = Field(description="The view: opportunities, leads, contacts, tasks, events ...")
    kind: Kind = Field("count", description="count rows, or sum a column.")
    column: str | None = Field(None, description="The column to sum; money is in minor units.")
    where: str | None = Field(None, description="Which rows: a condition as in policies.")
    in_week: str | None = Field(None, description="A day column: only rows of the asked week.")


class RatioSection(Section):
    """One metric over another."""

    of: str = Field(description="Id of the numerator.")
    to: str = Field(description="Id of the denominator.")


class MetricSection(Section):
    """One metric."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="Stable name.")
    label: WordsSection = Field(description="What people call it.")
    unit: Unit = Field(description="What the number counts.")
    measure: MeasureSection | None = Field(None, description="A count or sum; or give `ratio`.")
    ratio: RatioSection | None = Field(None, description="A share in percent; or give `measure`.")
    definition: WordsSection = Field(description="What the number means.")
    condition: WordsSection = Field(description="How its records are extracted, in words.")
    target: Decimal | None = Field(None, description="The agreed target, in the metric's unit.")
    focus: bool = Field(False, description="Stands on page 1; at most five do.")
    source: str = Field("", description="Where the rule comes from.")


class KpiFile(Section):
    """A file of metrics."""

    version: Literal[1] = Field(description="Version of this file format.")
    metrics: list[MetricSection] = Field(min_length=1, description="The metrics, in the order they are shown.")


def kpi_schema() -> Mapping[str, object]:
    """Give the JSON Schema of a KPI file."""
    return KpiFile.model_json_schema()
