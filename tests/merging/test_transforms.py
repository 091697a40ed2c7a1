from __future__ import annotations

from typing import Literal, TypeAlias

import pytest
from pydantic import Field

from syncagent.merging import MappedField
from syncagent.merging.mapping import ValueRow
from syncagent.merging.transforms import TRANSFORMS, NotReadable, NotWritable, Spot, read, write
from tests.merging.reading import AROUND, CASES, Plain, Row, cases

System: TypeAlias = Literal["salesforce", "hubspot"]


class Reading(Row):
    name: str
    system: System
    raw: Plain
    reads: Plain = None
    unreadable: str = ""
    writes: dict[System, Plain] = Field(default_factory=dict)
    refuses: dict[System, str] = Field(default_factory=dict)
    values: list[tuple[list[str], list[str]]] = Field(default_factory=list)
    length: dict[System, int] = Field(default_factory=dict)
    truncate: bool = False
    instant_on: list[System] = Field(default_factory=list)
    currency: str | None = None

    def field(self, transform: str) -> MappedField:
        return MappedField(
            name="value",
            salesforce={"Lead": "Value__c"},
            hubspot={"contacts": "value"},
            transform=transform,
            values=tuple(ValueRow((two or one)[0], tuple(one), tuple(two)) for one, two in self.values),
            length=self.length,
            truncate=self.truncate,
            instant_on=tuple(self.instant_on),
            currency=self.currency,
        )


def _all() -> list[tuple[str, Reading]]:
    files = sorted((CASES / "merging/transforms").glob("*.yaml"))
    return [(path.stem, case) for path in files for case in cases(f"merging/transforms/{path.name}", Reading)]


def test_every_transform_has_a_case_file() -> None:
    assert {path.stem for path in (CASES / "merging/transforms").glob("*.yaml")} == set(TRANSFORMS)


@pytest.mark.parametrize(("transform", "case"), _all(), ids=lambda part: part if isinstance(part, str) else part.name)
def test_a_value_is_read_and_written(transform: str, case: Reading) -> None:
    field = case.field(transform)
    spot = Spot(case.system, field, AROUND)
    if case.unreadable:
        with pytest.raises(NotReadable) as problem:
            read(TRANSFORMS[transform], case.raw, spot)
        assert str(problem.value) == case.unreadable
        return
    canonical = read(TRANSFORMS[transform], case.raw, spot)
    assert (canonical, type(canonical)) == (case.reads, type(case.reads))
    for system, expected in case.writes.items():
        there = Spot(system, field, AROUND)
        written = write(TRANSFORMS[transform], canonical, there)
        assert (written, type(written)) == (expected, type(expected))
        assert case.truncate or read(TRANSFORMS[transform], written, there) == canonical
    for system, message in case.refuses.items():
        with pytest.raises(NotWritable) as refusal:
            write(TRANSFORMS[transform], canonical, Spot(system, field, AROUND))
        assert str(refusal.value) == message


def test_nothing_is_written_as_nothing() -> None:
    spot = Spot("hubspot", Reading(name="", system="hubspot", raw=None).field("text"), AROUND)
    assert write(TRANSFORMS["text"], None, spot) is None
