"""The form of a KPI file, as pydantic models and as JSON Schema for editors."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from pydantic import Field

from syncagent.kpi.metric import Kind, Team, Unit
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


class DealCheckSection(Section):
    """The weekly list with a decision for each deal (rulebook, section 2)."""

    where: str | None = Field(None, description="Which deals: marketing-sourced ones, by default those of a campaign.")
    quiet_days: int = Field(30, ge=1, description="A last action this many days ago or more is long ago.")
    stale_days: int = Field(90, ge=1, description="A stage unchanged for this many days or more proposes to close.")


class PackSection(Section):
    """What the pack's lists look for."""

    deal_check: DealCheckSection = Field(default_factory=DealCheckSection, description="The deal check.")
    neglected_days: int = Field(7, ge=1, description="A lead nobody touched for this many days is neglected.")
    zombie_policies: list[str] = Field(["zombie"], description="Deals these policies found leave the clean pipeline.")


class MetricSection(Section):
    """One metric."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="Stable name.")
    label: WordsSection = Field(description="What people call it.")
    unit: Unit = Field(description="What the number counts.")
    measure: MeasureSection | None = Field(None, description="A count or sum; or give `ratio`.")
    ratio: RatioSection | None = Field(None, description="A share in percent; or give `measure`.")
    input: WordsSection | None = Field(
        None, description="What is missing and how to connect it, for a number no CRM holds; instead of `measure`."
    )
    definition: WordsSection = Field(description="What the number means.")
    condition: WordsSection = Field(description="How its records are extracted, in words.")
    target: Decimal | None = Field(None, description="The agreed target, in the metric's unit.")
    focus: bool = Field(False, description="Stands on page 1; at most five do.")
    source: str = Field("", description="Where the rule comes from.")
    team: Team = Field("everyone", description="Whose number it is.")
    next: str | None = Field(None, description="Id of the next stage of the funnel.")


class KpiFile(Section):
    """A file of metrics."""

    version: Literal[1] = Field(description="Version of this file format.")
    pack: PackSection | None = Field(None, description="What the pack's lists look for; one file gives it.")
    metrics: list[MetricSection] = Field(min_length=1, description="The metrics, in the order they are shown.")


def kpi_schema() -> Mapping[str, object]:
    """Give the JSON Schema of a KPI file."""
    return KpiFile.model_json_schema()
