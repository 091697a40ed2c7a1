"""Reads HubSpot records: all, what changed, by id, by a unique value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from syncagent.connectors.hubspot.changes import Changes
from syncagent.connectors.hubspot.client import Client
from syncagent.connectors.hubspot.schema import MERGED_IDS, Schema, parse_stamp
from syncagent.domain.records import Cursor, Page, Record, RecordRef, State
from syncagent.errors import Rejected

BATCH_MAX = 100
LIST_MAX = 100
_URI_BYTES_MAX = 6_000
"""HubSpot answers 414 to long URLs; above this, the properties travel in the body of a batch read instead."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one object with one choice of properties; ``seen_at`` gives the server's time."""

    client: Client
    schema: Schema
    fields: tuple[str, ...]
    seen_at: Callable[[], datetime]

    @property
    def properties(self) -> tuple[str, ...]:
        """The key properties and the chosen ones, each once."""
        return tuple(dict.fromkeys((*self.schema.keys, *self.fields)))

    def pull(self, cursor: Cursor | None, overlap: timedelta) -> Iterator[Page]:
        """Give all records, or what changed since the cursor less the overlap; then all archived ones.

        The search index lags behind the records, so a record may appear with an older stamp than the cursor: the
        overlap is read again. HubSpot has no date filter for archived records: every pull lists them all, as
        DELETED, and the mirror tells which are new.
        """
        latest = cursor
        for page in self._changed(cursor, overlap) if cursor else self._all():
            latest = page.cursor or latest
            yield page
        for rows in self._list(archived=True):
            yield Page(tuple(self._gone(row) for row in rows), latest)

    def _all(self) -> Iterator[Page]:
        """List every record; only the last page has a cursor, for the list is ordered by id and not by time.

        That cursor is the newest stamp seen, but not later than the server's time at the first page: what was
        edited after that may have been passed already.
        """
        newest: datetime | None = None
        begun: datetime | None = None
        for rows in self._list(archived=False):
            begun = begun or self.seen_at()
            records = tuple(self._with_merged(rows))
            newest = max([record.modified for record in records] + ([newest] if newest else []))
            yield Page(records, None)
        if newest is not None and begun is not None:
            yield Page((), Cursor(min(newest, begun)))

    def _changed(self, cursor: Cursor, overlap: timedelta) -> Iterator[Page]:
        for rows in Changes(self.client, self.schema, self.properties).since(cursor.at - overlap):
            last = rows[-1]
            place = Cursor(parse_stamp(last["properties"][self.schema.stamp]), last["id"])
            yield Page(tuple(self._with_merged(rows)), max(cursor, place, key=lambda one: (one.at, one.id)))

    def _list(self, *, archived: bool) -> Iterator[Sequence[Any]]:
        long = sum(len(name) + 12 for name in self.properties) > _URI_BYTES_MAX
        asked = self.schema.keys if long else self.properties
        after: str | None = None
        while True:
            query = {"after": after} if after else {}
            answer = self.client.page(
                self.schema.object, limit=LIST_MAX, properties=list(asked), archived=archived, **query
            )
            rows = answer["results"]
            if long and not archived:
                rows = list(self._batch_read([row["id"] for row in rows]))
            if rows:
                yield rows
            after = ((answer.get("paging") or {}).get("next") or {}).get("after")
            if after is None:
                return

    def _record(self, row: Any) -> Record:
        values = row["properties"]
        return Record(
            RecordRef("hubspot", self.schema.object, row["id"]),
            {name: self.schema.decode(name, values.get(name)) for name in self.fields if name in values},
            modified=parse_stamp(values.get(self.schema.stamp) or row["updatedAt"]),
            seen_at=self.seen_at(),
        )

    def _gone(self, row: Any) -> Record:
        record = replace(self._record(row), state=State.DELETED)
        archived = row.get("archivedAt")
        return replace(record, modified=max(record.modified, parse_stamp(archived))) if archived else record

    def _with_merged(self, rows: Iterable[Any]) -> Iterator[Record]:
        """Give each record, followed by the ids that were merged into it."""
        for row in rows:
            record = self._record(row)
            yield record
            for old in merged_ids(row):
                ref = RecordRef("hubspot", self.schema.object, old)
                yield replace(record, ref=ref, fields={}, state=State.MERGED, successor=record.ref.id)

    def _batch_read(self, ids: Sequence[str], id_property: str | None = None) -> Iterator[Any]:
        extra = {"idProperty": id_property} if id_property else {}
        names = dict.fromkeys((*self.properties, *([id_property] if id_property else [])))
        for start in range(0, len(ids), BATCH_MAX):
            inputs = [{"id": one} for one in ids[start : start + BATCH_MAX]]
            answer = self.client.batch(
                self.schema.object,
                "read",
                {"inputs": inputs, "properties": list(names), "propertiesWithHistory": [], **extra},
            )
            refuse_other_errors(answer)
            yield from answer["results"]

    def read(self, ids: Sequence[str]) -> Mapping[str, Record]:
        """Give records as they are now by the id asked for; an id that was merged away answers with its successor.

        Whether a batch read resolves old ids is not documented; a single read does, so ids without an answer are
        asked for one by one.
        """
        asked = list(dict.fromkeys(ids))
        rows = {row["id"]: row for row in self._batch_read(asked)}
        new_ids = {old: new_id for new_id, row in rows.items() for old in merged_ids(row)}
        for old in asked:
            if old not in rows and old not in new_ids:
                row = self.client.get(self.schema.object, old, [self.schema.stamp])
                if row is not None:
                    new_ids[old] = row["id"]
        unread = sorted({new_ids[old] for old in asked if old in new_ids} - set(rows))
        rows.update((row["id"], row) for row in self._batch_read(unread))
        found: dict[str, Record] = {}
        for old in asked:
            new_id = old if old in rows else new_ids.get(old, "")
            if new_id in rows:
                record = self._record(rows[new_id])
                found[old] = record if new_id == old else replace(record, state=State.MERGED, successor=new_id)
        return found

    def find(self, field_name: str, values: Sequence[str]) -> Mapping[str, Record]:
        """Give records by a unique property's value, compared without regard to case."""
        asked = {value.strip().casefold(): value for value in values}
        found = {}
        for row in self._batch_read(list(asked.values()), field_name):
            value = asked.get(str(row["properties"].get(field_name) or "").strip().casefold())
            if value is not None:
                found[value] = self._record(row)
        return found


def merged_ids(row: Any) -> list[str]:
    """Give the ids that were merged into a record, its own left out."""
    text = row["properties"].get(MERGED_IDS) or ""
    return [old for old in text.split(";") if old and old != row["id"]]


def refuse_other_errors(answer: Any) -> None:
    """Accept "not found" inside a partial answer of a read; anything else means records are missing silently.

    Raises:
        Rejected: the answer carries another error.
    """
    for error in answer.get("errors") or ():
        if "NOT_FOUND" not in str(error.get("category")) and "NO_ASSOCIATIONS" not in str(error):
            raise Rejected(
                f"hubspot answered a batch read in part: {error.get('category')}: {error.get('message')}",
                system="hubspot",
                code=str(error.get("category") or ""),
            )
