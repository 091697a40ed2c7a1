"""Reads Salesforce's own description of the sales process: users, stages, stage history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from syncagent.connectors.protocol import Owner, Stage, StageEntry
from syncagent.connectors.salesforce import soql
from syncagent.connectors.salesforce.client import Client
from syncagent.connectors.scalars import decimal_text
from syncagent.domain.time import parse_instant
from syncagent.errors import Rejected


def query_all(client: Client, text: str) -> Iterator[Any]:
    """Give all rows of a query, page by page."""
    answer = client.query(text)
    while True:
        yield from answer["records"]
        if answer["done"]:
            return
        answer = client.query_more(answer["nextRecordsUrl"])


def read_owners(client: Client) -> list[Owner]:
    """List the users, inactive ones included; their department is their team."""
    rows = query_all(client, "SELECT Id, Name, Email, IsActive, Department FROM User ORDER BY Id")
    return [
        Owner(row["Id"], row["Email"] or "", row["Name"] or "", bool(row["IsActive"]), row["Department"] or "")
        for row in rows
    ]


def read_stages(client: Client) -> list[Stage]:
    """List the active opportunity stages in their order; the id is the value StageName holds."""
    columns = "MasterLabel, ApiName, DefaultProbability, IsClosed, IsWon, SortOrder"
    rows = query_all(client, f"SELECT {columns} FROM OpportunityStage WHERE IsActive = true ORDER BY SortOrder")
    return [
        Stage(
            id=row["ApiName"] or row["MasterLabel"],
            label=row["MasterLabel"],
            pipeline="",
            order=int(row["SortOrder"]),
            probability=decimal_text(row["DefaultProbability"] or 0),
            is_closed=bool(row["IsClosed"]),
            is_won=bool(row["IsWon"]),
        )
        for row in rows
    ]


def read_stage_history(
    client: Client, object_name: str, ids: Sequence[str] | None, since: datetime | None
) -> Iterator[StageEntry]:
    """Give each entry into a stage from OpportunityHistory.

    A history row also tells of a new amount or close date; only rows whose stage differs from the row before count.
    To know the row before, every opportunity with a row since ``since`` is read from its beginning.
    """
    if object_name != "Opportunity":
        raise Rejected(f"salesforce keeps stage history for Opportunity, not for {object_name}.", system="salesforce")
    if ids is None and since is not None:
        moved = f"SELECT OpportunityId FROM OpportunityHistory WHERE {soql.after('CreatedDate', since, '')}"
        ids = sorted({row["OpportunityId"] for row in query_all(client, moved)})
    order = " ORDER BY OpportunityId, CreatedDate, Id"
    head = "SELECT OpportunityId, StageName, CreatedDate FROM OpportunityHistory"
    if ids is None:
        yield from _entries(query_all(client, head + order))
        return
    room = soql.URI_BYTES_MAX - soql.uri_size(head + order) - 100
    for condition in soql.any_of("OpportunityId", list(dict.fromkeys(ids)), room=room):
        yield from _entries(query_all(client, f"{head} WHERE {condition}{order}"))


def _entries(rows: Iterator[Any]) -> Iterator[StageEntry]:
    before = ("", "")
    for row in rows:
        place = (row["OpportunityId"], row["StageName"])
        if place != before:
            yield StageEntry(row["OpportunityId"], row["StageName"], parse_instant(row["CreatedDate"]))
        before = place
