"""Finds what changed since an instant, by search, without offsets.

Offsets stop at 10,000 results, and while they count, an edited record moves to the end and the one behind it
slips through. So every question asks for what comes after the last answer: by time, and, where more records share
one millisecond than a page holds, by id within it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from syncagent.connectors.hubspot.client import Client
from syncagent.connectors.hubspot.schema import Schema, milliseconds, parse_stamp
from syncagent.errors import Transient

SEARCH_MAX = 200


@dataclass(frozen=True, slots=True)
class Changes:
    """A search for changed records of one object, with the properties to return."""

    client: Client
    schema: Schema
    properties: tuple[str, ...]

    def since(self, start: datetime) -> Iterator[Sequence[Any]]:
        """Give pages of records stamped at or after ``start``, in the order of their stamps."""
        operator, place = "GTE", start
        seen: set[str] = set()
        while True:
            rows, more = self._ask([self._when(operator, place)], self.schema.stamp)
            fresh = [row for row in rows if row["id"] not in seen]
            if fresh:
                yield fresh
            if not more:
                return
            first, last = self._stamp(rows[0]), self._stamp(rows[-1])
            if first < place or last < first or (operator == "GT" and first == place):
                raise _out_of_order(self.schema.object)
            if first == last:
                seen = set()
                yield from self._within(last)
                operator = "GT"
            else:
                seen = {row["id"] for row in rows if self._stamp(row) == last}
                operator = "GTE"
            place = last

    def _within(self, instant: datetime) -> Iterator[Sequence[Any]]:
        """Give all records of one millisecond, by id: a bulk edit can stamp any number of them alike."""
        last_id, more = "0", True
        while more:
            by_id = {"propertyName": "hs_object_id", "operator": "GT", "value": last_id}
            rows, more = self._ask([self._when("EQ", instant), by_id], "hs_object_id")
            if rows:
                yield rows
                if int(rows[-1]["id"]) <= int(last_id):
                    raise _out_of_order(self.schema.object)
                last_id = rows[-1]["id"]

    def _ask(self, filters: list[dict[str, str]], order: str) -> tuple[list[Any], bool]:
        answer = self.client.search(
            self.schema.object,
            {
                "filterGroups": [{"filters": filters}],
                "sorts": [{"propertyName": order, "direction": "ASCENDING"}],
                "properties": list(self.properties),
                "limit": SEARCH_MAX,
            },
        )
        rows = answer["results"]
        return rows, bool(rows and answer.get("paging"))

    def _when(self, operator: str, instant: datetime) -> dict[str, str]:
        return {"propertyName": self.schema.stamp, "operator": operator, "value": milliseconds(instant)}

    def _stamp(self, row: Any) -> datetime:
        return parse_stamp(row["properties"][self.schema.stamp])


def _out_of_order(object_name: str) -> Transient:
    return Transient(
        f"hubspot: a search of {object_name} answered out of order, so that records could be missed. What was stored "
        "before stays stored; run the pull again.",
        system="hubspot",
        code="OUT_OF_ORDER",
    )
