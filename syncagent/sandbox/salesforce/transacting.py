"""One request's writes: a single stamp, a user, and the way back when everything must be undone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from syncagent.sandbox.salesforce.schema import SObject
from syncagent.sandbox.salesforce.state import Org, format_stamp
from syncagent.sandbox.salesforce.table import Row
from syncagent.sandbox.wire import Writes


@dataclass(slots=True)
class Transaction:
    """Collects what one request changes. `user_id` stamps the records; the clock ticks at the first write."""

    org: Org
    user_id: str
    writes: Writes
    _began: datetime | None = None
    _undo: list[tuple[str, str, Row | None]] = field(default_factory=list)

    @property
    def stamp(self) -> str:
        """The moment of every write of this request."""
        if self._began is None:
            self._began = self.org.clock.now()
            self.org.clock.touch()
        return format_stamp(self.org.clock.now())

    def put(self, object_name: str, row: Row) -> None:
        """Write a row; None values are dropped."""
        table = self.org.tables[object_name]
        compact = {name: value for name, value in row.items() if value is not None}
        self._undo.append((object_name, compact["Id"], table.get(compact["Id"])))
        table.put(compact)

    def insert(self, object_name: str, fields: Mapping[str, Any]) -> Row:
        """Write a new row with an id and the audit fields its object has."""
        definition = self.org.schema.get(object_name)
        row: Row = {"Id": self.org.make_id(object_name), **fields, **self._audit(definition, "Created")}
        row.update(self._audit(definition, "LastModified"))
        row["SystemModstamp"] = self.stamp
        self.put(object_name, row)
        return self.org.tables[object_name].rows[row["Id"]]

    def modify(self, object_name: str, row: Row, changes: Mapping[str, Any]) -> Row:
        """Write changes to a row as an edit by the user: both stamps move."""
        definition = self.org.schema.get(object_name)
        edited = {**row, **changes, **self._audit(definition, "LastModified"), "SystemModstamp": self.stamp}
        self.put(object_name, edited)
        return self.org.tables[object_name].rows[row["Id"]]

    def adjust(self, object_name: str, row: Row, changes: Mapping[str, Any]) -> None:
        """Write changes the server makes by itself: only SystemModstamp moves."""
        self.put(object_name, {**row, **changes, "SystemModstamp": self.stamp})

    def mark(self) -> tuple[int, int]:
        """A point to roll back to."""
        return len(self._undo), len(self.writes.notes)

    def roll_back(self, mark: tuple[int, int]) -> None:
        """Undo everything written since a mark; when nothing remains, the clock is as if nothing had happened."""
        writes, notes = mark
        while len(self._undo) > writes:
            object_name, record_id, before = self._undo.pop()
            table = self.org.tables[object_name]
            if before is None:
                table.take_out(record_id)
            else:
                table.put(before)
        del self.writes.notes[notes:]
        if not self._undo and self._began is not None:
            self.org.clock.set(self._began)
            self._began = None

    def _audit(self, definition: SObject, action: str) -> Row:
        fields = {f"{action}Date": self.stamp, f"{action}ById": self.user_id}
        return {name: value for name, value in fields.items() if definition.find(name)}
