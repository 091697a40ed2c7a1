"""Reads Salesforce records: what changed, by id, by a unique value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from syncagent.connectors.salesforce import soql
from syncagent.connectors.salesforce.client import Client
from syncagent.connectors.salesforce.schema import Schema
from syncagent.domain.records import Cursor, Page, Record, RecordRef, State, canonical_id
from syncagent.domain.time import parse_instant
from syncagent.errors import Rejected

RETRIEVE_MAX = 2000
_RETRIEVED_VALUES_MAX = 200_000
_MERGE_DEPTH_MAX = 5
_LOST_LOCATOR = "INVALID_QUERY_LOCATOR"


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one object with one choice of fields; ``seen_at`` gives the server's time."""

    client: Client
    schema: Schema
    fields: tuple[str, ...]
    seen_at: Callable[[], datetime]

    @property
    def columns(self) -> tuple[str, ...]:
        """The key columns and the chosen fields, each once."""
        return tuple(dict.fromkeys((*self.schema.keys, *self.fields)))

    def pull(self, cursor: Cursor | None, overlap: timedelta) -> Iterator[Page]:
        """Give what changed since the cursor less the overlap, in the order (stamp, Id).

        The overlap is read again because Salesforce stamps a row before it commits it: a row may become visible
        with an older stamp than rows read before. When the server forgets its query (locators live for two days),
        the pull goes on from the last page by key.
        """
        place = Cursor(cursor.at - overlap) if cursor else None
        while True:
            before = place
            try:
                for rows in self._pages(self._select_after(place), deleted=True):
                    last = rows[-1]
                    place = Cursor(parse_instant(last[self.schema.stamp]), last["Id"])
                    shown = max(place, cursor, key=_order) if cursor else place
                    yield Page(tuple(self._complete(rows)), shown)
            except Rejected as error:
                if error.code != _LOST_LOCATOR or place == before:
                    raise
            else:
                return

    def _select_after(self, place: Cursor | None) -> str:
        stamp = self.schema.stamp
        where = f" WHERE {soql.after(stamp, place.at, place.id)}" if place else ""
        text = f"SELECT {{}} FROM {self.schema.object}{where} ORDER BY {stamp}, Id"
        full = text.format(", ".join(self.columns))
        return full if soql.fits(full) else text.format(", ".join(self.schema.keys))

    def _pages(self, query: str, *, deleted: bool) -> Iterator[Sequence[Mapping[str, Any]]]:
        answer = self.client.query(query, deleted=deleted)
        while True:
            if answer["records"]:
                yield answer["records"]
            if answer["done"]:
                return
            answer = self.client.query_more(answer["nextRecordsUrl"])

    def _complete(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Record]:
        """Turn rows into records; where the field list was too long for a URL, the values are fetched by id."""
        if all(name in rows[0] for name in self.fields):
            yield from map(self._record, rows)
            return
        found = dict(self._retrieve([row["Id"] for row in rows if not row.get("IsDeleted")]))
        for row in rows:
            yield self._record(found.get(row["Id"], row))

    def _record(self, row: Mapping[str, Any]) -> Record:
        state, successor = state_of(row)
        return Record(
            RecordRef("salesforce", self.schema.object, row["Id"]),
            {name: self.schema.decode(name, row[name]) for name in self.fields if name in row},
            modified=parse_instant(row[self.schema.stamp]),
            seen_at=self.seen_at(),
            state=state,
            successor=successor,
        )

    def _retrieve(self, ids: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        size = max(1, min(RETRIEVE_MAX, _RETRIEVED_VALUES_MAX // len(self.columns)))
        for start in range(0, len(ids), size):
            chunk = list(ids[start : start + size])
            body = {"ids": chunk, "fields": list(self.columns)}
            rows = self.client.post_read(f"composite/sobjects/{self.schema.object}", body) or []
            yield from ((row["Id"], row) for row in rows if row is not None)

    def read(self, ids: Sequence[str]) -> Mapping[str, Record]:
        """Give records as they are now by the id asked for; a merge's loser answers with its winner."""
        asked = {canonical_id("salesforce", record_id): record_id for record_id in ids}
        found = {asked[key]: self._record(row) for key, row in self._retrieve(list(asked)) if key in asked}
        missing = [key for key, record_id in asked.items() if record_id not in found]
        if missing and "MasterRecordId" in self.schema.fields:
            winners = self._winners(missing)
            rows = dict(self._retrieve(sorted(set(winners.values()))))
            for loser, winner in winners.items():
                if winner in rows:
                    record = self._record(rows[winner])
                    found[asked[loser]] = replace(record, state=State.MERGED, successor=record.ref.id)
        return found

    def _winners(self, losers: Iterable[str]) -> Mapping[str, str]:
        """Follow MasterRecordId to the end: A merged into B, and B into C, is C."""
        masters: dict[str, str] = {}
        # A text that is no id would make Salesforce refuse the whole question.
        losers = [loser for loser in losers if canonical_id("salesforce", loser[:15]) == loser]
        wanted = set(losers)
        for _ in range(_MERGE_DEPTH_MAX):
            if not wanted:
                break
            head = f"SELECT Id, MasterRecordId FROM {self.schema.object} WHERE MasterRecordId != null AND "
            room = soql.URI_BYTES_MAX - soql.uri_size(head) - 100
            rows = [
                row
                for condition in soql.any_of("Id", sorted(wanted), room=room)
                for page in self._pages(head + condition, deleted=True)
                for row in page
            ]
            masters.update((row["Id"], row["MasterRecordId"]) for row in rows)
            wanted = {row["MasterRecordId"] for row in rows} - set(masters)
        return {loser: _last(masters, loser) for loser in losers if loser in masters}

    def find(self, field_name: str, values: Sequence[str]) -> Mapping[str, Record]:
        """Give records by a unique field's value, compared as Salesforce does: without regard to case.

        Raises:
            Rejected: two records share a value, so that it settles nothing.
        """
        columns = ", ".join(dict.fromkeys((*self.columns, field_name)))
        head = f"SELECT {columns} FROM {self.schema.object} WHERE "
        room = soql.URI_BYTES_MAX - soql.uri_size(head) - 100
        asked = {value.casefold(): value for value in values}
        found: dict[str, Record] = {}
        for condition in soql.any_of(field_name, list(asked.values()), room=room):
            for rows in self._pages(head + condition, deleted=False):
                for row in rows:
                    value = asked.get(str(row[field_name]).casefold())
                    if value is None:
                        continue
                    if value in found:
                        raise _ambiguous(self.schema.object, field_name, found[value].ref.id, row["Id"])
                    found[value] = self._record(row)
        return found


def state_of(row: Mapping[str, Any]) -> tuple[State, str | None]:
    """Tell what became of a row and which id lives on; a merge's loser counts as merged, not as deleted."""
    if row.get("IsDeleted"):
        master = row.get("MasterRecordId")
        return (State.MERGED, str(master)) if master else (State.DELETED, None)
    if row.get("IsConverted"):
        contact = row.get("ConvertedContactId")
        return State.CONVERTED, str(contact) if contact else None
    return State.LIVE, None


def _order(cursor: Cursor) -> tuple[datetime, str]:
    return cursor.at, cursor.id


def _last(masters: Mapping[str, str], record_id: str) -> str:
    seen = {record_id}
    while record_id in masters and masters[record_id] not in seen:
        record_id = masters[record_id]
        seen.add(record_id)
    return record_id


def _ambiguous(object_name: str, field_name: str, one: str, other: str) -> Rejected:
    return Rejected(
        f"salesforce: {object_name} {one} and {other} hold the same value in {field_name}, which should name one "
        "record. Nothing was written. Merge them or correct one of the values.",
        system="salesforce",
        code="AMBIGUOUS",
    )
