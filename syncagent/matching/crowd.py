"""The records of both sides in their order of precedence, and what proves a pair of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from syncagent.domain.records import Record, RecordRef, State, System
from syncagent.matching.wanted import Matchable

CREATED: Mapping[System, str] = {"salesforce": "CreatedDate", "hubspot": "createdate"}
Strength: TypeAlias = Literal["certain", "weak"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible pair: how strong the proof is, its preference among equals (lower is better), and words for it."""

    salesforce: RecordRef
    hubspot: RecordRef
    strength: Strength
    preference: int
    words: str


@dataclass(frozen=True, slots=True)
class Crowd:
    """All live records of a mapping by reference, with their precedence: object order, then age, then id."""

    records: Mapping[RecordRef, Record]
    precedence: Mapping[RecordRef, tuple[int, str, str]]

    def of(self, system: System) -> Iterator[Record]:
        """Yield one side's records."""
        return (record for record in self.records.values() if record.ref.system == system)

    def order(self, candidate: Candidate) -> tuple[int, tuple[int, str, str], tuple[int, str, str]]:
        """Sort candidates: better proof first, then the Salesforce record's precedence, then HubSpot's."""
        return candidate.preference, self.precedence[candidate.salesforce], self.precedence[candidate.hubspot]


def gather(mapping: Matchable, records: Iterable[Record]) -> Crowd:
    """Take the live records of the mapping's objects; whatever order they come in, the crowd is the same."""
    kept: dict[RecordRef, Record] = {}
    precedence: dict[RecordRef, tuple[int, str, str]] = {}
    for record in sorted(records, key=lambda each: each.ref):
        objects = mapping.side(record.ref.system).objects
        if record.state is State.LIVE and record.ref.object in objects:
            kept[record.ref] = record
            created = record.get(CREATED[record.ref.system])
            precedence[record.ref] = (objects.index(record.ref.object), str(created or "9999"), record.ref.id)
    return Crowd(kept, precedence)


def texts(record: Record, fields: Iterable[str]) -> list[str]:
    """Give the filled values of fields, those with ";" inside taken apart."""
    values = (record.get(name) for name in fields)
    return [part for value in values if isinstance(value, str) for part in value.split(";") if part.strip()]


def grouped(pairs: Iterable[tuple[str | None, RecordRef]]) -> dict[str, list[RecordRef]]:
    """Index references by key, each once per key, in the order they come."""
    index: defaultdict[str, list[RecordRef]] = defaultdict(list)
    for key, ref in pairs:
        if key and ref not in index[key]:
            index[key].append(ref)
    return index
