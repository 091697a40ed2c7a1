"""Records and the table of one object type, with the indexes that keep big portals fast.

A record is a value: a write puts a new one in the table, so a snapshot of a table is a copy of its dictionaries.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from syncagent.sandbox.hubspot.objecttypes import ObjectType


class Version(NamedTuple):
    """One entry of a property's history."""

    value: str
    timestamp: str
    source_type: str
    source_id: str | None = None
    user_id: int | None = None

    def as_json(self) -> dict[str, object]:
        """The entry as `propertiesWithHistory` shows it."""
        body: dict[str, object] = {"value": self.value, "timestamp": self.timestamp, "sourceType": self.source_type}
        if self.source_id is not None:
            body["sourceId"] = self.source_id
        if self.user_id is not None:
            body["updatedByUserId"] = self.user_id
        return body


History = Mapping[str, tuple[Version, ...]]
_NO_HISTORY: History = {}


@dataclass(frozen=True, slots=True)
class Record:
    """One record. Only set properties are kept; history only of properties that changed, newest first."""

    id: str
    properties: Mapping[str, str]
    history: History = field(default_factory=lambda: _NO_HISTORY)
    archived_at: str | None = None

    def versions(self, name: str, created: str) -> tuple[Version, ...]:
        """A property's history; a property that never changed has one entry, as old as the record."""
        known = self.history.get(name)
        if known is not None:
            return known
        value = self.properties.get(name)
        return () if value is None else (Version(value, self.properties[created], "IMPORT"),)


@dataclass(slots=True)
class Table:
    """The records of one object type, live and archived."""

    kind: ObjectType
    unique_names: tuple[str, ...] = ()
    records: dict[str, Record] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    live: list[int] = field(default_factory=list)
    archived: list[int] = field(default_factory=list)
    modified: list[tuple[str, int]] = field(default_factory=list)
    unique: dict[str, dict[str, str]] = field(default_factory=dict)
    lagging: dict[str, tuple[tuple[str, Record | None], ...]] = field(default_factory=dict)
    next_id: int = 101

    def find(self, record_id: str) -> Record | None:
        """The record by its id or by an id that was merged into it."""
        return self.records.get(record_id) or self.records.get(self.aliases.get(record_id, ""))

    def find_by(self, name: str, value: str) -> Record | None:
        """The live record that holds a value of a unique property."""
        record_id = self.unique.get(name, {}).get(unique_key(name, value))
        return None if record_id is None else self.records[record_id]

    def load(self, records: Iterable[Record]) -> None:
        """Fill an empty table in one go."""
        self.unique = {name: {} for name in self.unique_names}
        for record in records:
            self.records[record.id] = record
            for old in filter(None, record.properties.get("hs_merged_object_ids", "").split(";")):
                self.aliases[old] = record.id
            if record.archived_at is None:
                self._claim(record)
        self.live = sorted(int(record.id) for record in self.records.values() if record.archived_at is None)
        self.archived = sorted(int(record.id) for record in self.records.values() if record.archived_at is not None)
        stamp = self.kind.modified
        self.modified = sorted((self.records[str(number)].properties[stamp], number) for number in self.live)
        self.next_id = max([100, *self.live[-1:], *self.archived[-1:]]) + 1

    def allocate(self) -> str:
        """A fresh record id."""
        record_id = str(self.next_id)
        self.next_id += 1
        return record_id

    def put(self, record: Record) -> None:
        """Add a record or replace its earlier version."""
        old = self.records.get(record.id)
        if old is not None:
            self._forget(old)
        self.records[record.id] = record
        number = int(record.id)
        if record.archived_at is None:
            insort(self.live, number)
            insort(self.modified, (record.properties[self.kind.modified], number))
            self._claim(record)
        else:
            insort(self.archived, number)

    def watch_unique(self, name: str) -> None:
        """Start to enforce uniqueness of a property."""
        if name not in self.unique_names:
            self.unique_names = (*self.unique_names, name)
            self.unique[name] = {}

    def copy(self) -> "Table":
        """An independent table over the same record values."""
        return Table(
            self.kind,
            self.unique_names,
            dict(self.records),
            dict(self.aliases),
            list(self.live),
            list(self.archived),
            list(self.modified),
            {name: dict(index) for name, index in self.unique.items()},
            dict(self.lagging),
            self.next_id,
        )

    def _claim(self, record: Record) -> None:
        for name in self.unique_names:
            for key in unique_keys(name, record.properties):
                self.unique[name].setdefault(key, record.id)

    def _forget(self, old: Record) -> None:
        number = int(old.id)
        if old.archived_at is not None:
            _remove(self.archived, number)
            return
        _remove(self.live, number)
        entry = (old.properties[self.kind.modified], number)
        del self.modified[bisect_left(self.modified, entry)]
        for name in self.unique_names:
            for key in unique_keys(name, old.properties):
                if self.unique[name].get(key) == old.id:
                    del self.unique[name][key]


def unique_key(name: str, value: str) -> str:
    """The form in which values of a unique property are compared."""
    return value.strip().lower() if name == "email" else value


def unique_keys(name: str, properties: Mapping[str, str]) -> list[str]:
    """Every value by which a record is known under a unique property: for email also the additional addresses."""
    values = [properties[name]] if properties.get(name) else []
    if name == "email":
        values += [value for value in properties.get("hs_additional_emails", "").split(";") if value]
    return [unique_key(name, value) for value in values]


def _remove(numbers: list[int], number: int) -> None:
    del numbers[bisect_left(numbers, number)]
