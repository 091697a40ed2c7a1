"""Reads what surrounds HubSpot records: owners, deal stages, stage history, associations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from syncagent.connectors.hubspot.changes import Changes
from syncagent.connectors.hubspot.client import Client
from syncagent.connectors.hubspot.reading import refuse_other_errors
from syncagent.connectors.hubspot.schema import Schema, parse_stamp
from syncagent.connectors.protocol import Association, Owner, Stage, StageEntry
from syncagent.connectors.scalars import decimal_text
from syncagent.errors import Rejected

_OWNERS_MAX = 100
_HISTORY_MAX = 50
_ASSOCIATIONS_MAX = 1000
_STAGE = "dealstage"


def read_owners(client: Client) -> list[Owner]:
    """List the owners, archived ones included as inactive; their primary team is their team."""
    owners = []
    for archived in (False, True):
        after: str | None = None
        while True:
            query = {"after": after} if after else {}
            answer = client.owners(limit=_OWNERS_MAX, archived=archived, **query)
            owners += [_owner(row, active=not archived) for row in answer["results"]]
            after = ((answer.get("paging") or {}).get("next") or {}).get("after")
            if after is None:
                break
    return owners


def _owner(row: Mapping[str, Any], *, active: bool) -> Owner:
    teams = row.get("teams") or []
    team = next((team for team in teams if team.get("primary")), teams[0] if teams else {})
    name = " ".join(part for part in (row.get("lastName"), row.get("firstName")) if part)
    return Owner(str(row["id"]), row.get("email") or "", name, active, team.get("name") or "")


def read_stages(client: Client) -> list[Stage]:
    """List the deal stages of every pipeline; won and lost come from the metadata, never from the id."""
    stages = []
    for pipeline in client.pipelines("deals")["results"]:
        for row in sorted(pipeline["stages"], key=lambda one: one["displayOrder"]):
            metadata = row.get("metadata") or {}
            is_closed = str(metadata.get("isClosed", "")).lower() == "true"
            probability = decimal_text(metadata.get("probability") or 0)
            stages.append(
                Stage(
                    id=row["id"],
                    label=row["label"],
                    pipeline=pipeline["id"],
                    order=int(row["displayOrder"]),
                    probability=probability,
                    is_closed=is_closed,
                    is_won=is_closed and probability == "1",
                )
            )
    return stages


def read_stage_history(
    client: Client, schema: Schema, ids: Sequence[str] | None, since: datetime | None
) -> Iterator[StageEntry]:
    """Give each entry into a stage from the history of ``dealstage``; deals changed since ``since``, wholly."""
    if _STAGE not in schema.fields:
        raise Rejected(f"hubspot keeps stage history for deals, not for {schema.object}.", system="hubspot")
    if ids is None and since is None:
        yield from _list_history(client, schema)
        return
    if ids is None and since is not None:
        pages = Changes(client, schema, (schema.stamp,)).since(since)
        ids = [row["id"] for rows in pages for row in rows]
    asked = list(dict.fromkeys(ids or ()))
    for start in range(0, len(asked), _HISTORY_MAX):
        inputs = [{"id": one} for one in asked[start : start + _HISTORY_MAX]]
        body = {"inputs": inputs, "properties": [_STAGE], "propertiesWithHistory": [_STAGE]}
        answer = client.batch(schema.object, "read", body)
        refuse_other_errors(answer)
        for row in answer["results"]:
            yield from _entries(row)


def _list_history(client: Client, schema: Schema) -> Iterator[StageEntry]:
    after: str | None = None
    while True:
        query = {"after": after} if after else {}
        answer = client.page(
            schema.object, limit=_HISTORY_MAX, properties=[_STAGE], properties_with_history=[_STAGE], **query
        )
        for row in answer["results"]:
            yield from _entries(row)
        after = ((answer.get("paging") or {}).get("next") or {}).get("after")
        if after is None:
            return


def _entries(row: Mapping[str, Any]) -> Iterator[StageEntry]:
    versions = (row.get("propertiesWithHistory") or {}).get(_STAGE) or []
    before = ""
    for at, stage in sorted((parse_stamp(version["timestamp"]), version["value"] or "") for version in versions):
        if stage and stage != before:
            yield StageEntry(row["id"], stage, at)
        before = stage


def read_associations(client: Client, from_object: str, to_object: str, ids: Sequence[str]) -> Iterator[Association]:
    """Give the associations of records, in batches; records with more than one page of them are asked again."""
    waiting = [{"id": one} for one in dict.fromkeys(ids)]
    while waiting:
        batch, waiting = waiting[:_ASSOCIATIONS_MAX], waiting[_ASSOCIATIONS_MAX:]
        answer = client.associations(from_object, to_object, batch)
        refuse_other_errors(answer)
        for row in answer["results"]:
            from_id = str(row["from"]["id"])
            for end in row["to"]:
                types = tuple(sorted(int(one["typeId"]) for one in end["associationTypes"]))
                yield Association(from_object, from_id, to_object, str(end["toObjectId"]), types)
            after = ((row.get("paging") or {}).get("next") or {}).get("after")
            if after is not None:
                waiting.append({"id": from_id, "after": after})
