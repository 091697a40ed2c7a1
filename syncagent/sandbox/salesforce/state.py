"""The org as it stands: schema, tables, clock and the settings that steer the server's own rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from syncagent.sandbox.clock import Clock
from syncagent.sandbox.salesforce.identifiers import IdMaker
from syncagent.sandbox.salesforce.schema import Schema
from syncagent.sandbox.salesforce.table import Row, Table, TableState

# name_order: how Name is composed of FirstName and LastName; last_first is the Japanese locale's.
# page_rows_max: pages of query results are never longer than this, whatever a client asks for, as the API reserves.
SWITCHES: dict[str, Any] = {"name_order": "last_first", "page_rows_max": 2000}


@dataclass(slots=True)
class Org:
    """Everything the handlers share. Tables are keyed by object name."""

    schema: Schema
    clock: Clock
    zone: ZoneInfo
    settings: Mapping[str, Any]
    switches: Mapping[str, Any]
    ids: IdMaker
    tables: dict[str, Table] = field(init=False)

    def __post_init__(self) -> None:
        self.tables = {definition.name: Table(definition) for definition in self.schema}

    def row(self, record_id: str | None) -> Row | None:
        """A record of any object by its 18-character id, deleted or not."""
        name = self.schema.object_of(record_id) if record_id else None
        return self.tables[name].get(record_id) if name and record_id else None

    def live(self, object_name: str, field_name: str, value: Any) -> list[Row]:
        """The records of an object that are not deleted and whose field holds the value."""
        return [row for row in self.tables[object_name].with_value(field_name, value) if not row.get("IsDeleted")]

    def make_id(self, object_name: str) -> str:
        """A new id for a record of the object."""
        prefix = self.schema.get(object_name).prefix or "000"
        return self.ids.make(prefix, self.tables[object_name].rows.__contains__)

    def today(self) -> date:
        """The org's date."""
        return self.clock.now().astimezone(self.zone).date()

    def snapshot(self) -> tuple[dict[str, TableState], dict[str, int]]:
        """The records and the id counters."""
        return {name: table.snapshot() for name, table in self.tables.items()}, dict(self.ids.counters)

    def restore(self, state: tuple[dict[str, TableState], dict[str, int]]) -> None:
        """Return to a snapshot."""
        tables, counters = state
        for name, table in self.tables.items():
            table.restore(tables[name])
        self.ids.counters = dict(counters)


def format_stamp(moment: datetime) -> str:
    """A moment as the wire spells it, in UTC to the second; such texts sort as their moments do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def read_stamp(stamp: str) -> datetime:
    """The moment of a stamp."""
    return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S.%f%z")
