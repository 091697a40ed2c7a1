"""One object's rows, with the indexes its queries need.

Rows are plain dicts without nulls and are never changed in place: a write puts a new dict. A snapshot therefore only
shares the mapping of ids to rows, and the next write copies that mapping first.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

from syncagent.sandbox.salesforce.schema import TEXT_TYPES, SObject

Row = dict[str, Any]

_versions = count(1)


@dataclass(frozen=True, slots=True)
class TableState:
    """A snapshot of a table: its rows by id, and the version that tells whether anything was written since."""

    rows: dict[str, Row]
    version: int


class Table:
    """The rows of one object by 18-character id, in the order they came."""

    def __init__(self, definition: SObject) -> None:
        self.definition = definition
        self.rows: dict[str, Row] = {}
        self._version = next(_versions)
        self._shared = False
        self._indexes: dict[str, dict[Any, dict[str, None]]] = {}
        self._stamps: list[tuple[str, str]] | None = None

    def get(self, record_id: str) -> Row | None:
        """A row, deleted or not."""
        return self.rows.get(record_id)

    def put(self, row: Row) -> None:
        """Add a row or replace the one with the same id."""
        self._before_change()
        record_id = row["Id"]
        self._forget(self.rows.get(record_id))
        self.rows[record_id] = row
        for name, index in self._indexes.items():
            index.setdefault(self._key(name, row.get(name)), {})[record_id] = None
        if self._stamps is not None:
            insort(self._stamps, (row.get("SystemModstamp", ""), record_id))

    def take_out(self, record_id: str) -> None:
        """Remove a row as if it had never been: the way back from an insert that was rolled back."""
        self._before_change()
        self._forget(self.rows.pop(record_id))

    def with_value(self, name: str, value: Any) -> list[Row]:
        """The rows whose field holds the value, text compared as the field does, deleted rows included."""
        index = self._indexes.get(name)
        if index is None:
            index = self._indexes[name] = self._build_index(name)
        return [self.rows[record_id] for record_id in index.get(self._key(name, value), ())]

    def stamped_since(self, stamp: str) -> list[Row]:
        """The rows whose SystemModstamp is at or after the stamp, by stamp and id."""
        if self._stamps is None:
            self._stamps = sorted((row.get("SystemModstamp", ""), record_id) for record_id, row in self.rows.items())
        start = bisect_left(self._stamps, (stamp, ""))
        return [self.rows[record_id] for _, record_id in self._stamps[start:]]

    def snapshot(self) -> TableState:
        """The present state, without copying it."""
        self._shared = True
        return TableState(self.rows, self._version)

    def restore(self, state: TableState) -> None:
        """Return to a snapshot; costs nothing when nothing was written since."""
        if state.version == self._version:
            return
        self.rows, self._version, self._shared = state.rows, state.version, True
        self._indexes, self._stamps = {}, None

    def load(self, rows: Iterable[Row]) -> None:
        """Fill an empty table."""
        self._before_change()
        self.rows.update((row["Id"], row) for row in rows)

    def _before_change(self) -> None:
        if self._shared:
            self.rows, self._shared = dict(self.rows), False
        self._version = next(_versions)

    def _forget(self, row: Row | None) -> None:
        if row is None:
            return
        for name, index in self._indexes.items():
            index[self._key(name, row.get(name))].pop(row["Id"], None)
        if self._stamps is not None:
            self._stamps.pop(bisect_left(self._stamps, (row.get("SystemModstamp", ""), row["Id"])))

    def _build_index(self, name: str) -> dict[Any, dict[str, None]]:
        index: dict[Any, dict[str, None]] = {}
        for record_id, row in self.rows.items():
            index.setdefault(self._key(name, row.get(name)), {})[record_id] = None
        return index

    def _key(self, name: str, value: Any) -> Any:
        field = self.definition.find(name)
        if field is None or field.type not in TEXT_TYPES or field.raw["caseSensitive"] or not isinstance(value, str):
            return value
        return value.casefold()
