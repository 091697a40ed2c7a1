"""A DuckDB with the views policies run over, filled from plain rows; and the shipped policies."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeAlias

import duckdb
import pytest

from syncagent.domain.records import Scalar
from syncagent.hygiene import VIEWS, Policy, View, load_policy, policy_query
from syncagent.hygiene.measures_python import Activity

ROOT = Path(__file__).parents[2]
SQL_TYPES = {"text": "VARCHAR", "bool": "BOOLEAN", "day": "INTEGER"}

Row: TypeAlias = Mapping[str, Scalar]
Step: TypeAlias = tuple[str, str, int, int]
"""One row of stage history: id, stage, microseconds, day number."""
Ask: TypeAlias = Callable[..., list[dict[str, Scalar]]]
DAY_US = 86_400_000_000


@cache
def shipped(name: str) -> Policy:
    file = ROOT / "policies" / f"{name}.yaml"
    return load_policy(file.read_text("utf-8"), str(file))


@pytest.fixture
def policy() -> Policy:
    return shipped("stage-stale-90")


@pytest.fixture
def ask() -> Ask:
    """Give a function that runs a policy's query over given records, stage steps, links and rows of other views."""

    def run(
        policy: Policy,
        today: date,
        records: Iterable[Row],
        *,
        steps: Iterable[Step] = (),
        links: Iterable[tuple[str, str]] = (),
        deals: Iterable[Row] = (),
        others: Mapping[str, Sequence[Row]] | None = None,
        associations: Iterable[tuple[str, str, str]] = (),
        ours: Collection[str] = (),
    ) -> list[dict[str, Scalar]]:
        with duckdb.connect() as connection:
            for view in VIEWS.values():
                _create(connection, view)
            _fill(connection, policy.view, records)
            _fill(connection, VIEWS[policy.view.counterpart], deals)
            for name, rows in (others or {}).items():
                _fill(connection, VIEWS[name], rows)
            connection.execute(
                "CREATE TABLE stage_history "
                "(system VARCHAR, object VARCHAR, id VARCHAR, stage VARCHAR, at_us BIGINT, day INTEGER)"
            )
            connection.execute("CREATE TABLE link (pair VARCHAR, salesforce_id VARCHAR, hubspot_id VARCHAR)")
            connection.execute(
                "CREATE TABLE association (from_object VARCHAR, from_id VARCHAR, to_object VARCHAR, to_id VARCHAR)"
            )
            for step in steps:
                connection.execute("INSERT INTO stage_history VALUES (?, ?, ?, ?, ?, ?)", [*_object(policy), *step])
            for link in links:
                connection.execute("INSERT INTO link VALUES (?, ?, ?)", [policy.view.pair, *link])
            for task, to_object, to_id in associations:
                connection.execute("INSERT INTO association VALUES ('tasks', ?, ?, ?)", [task, to_object, to_id])
            query = policy_query(policy, today, ours)
            cursor = connection.execute(query.sql, list(query.parameters))
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return run


def activity_rows(
    view: View, record: str, activities: Iterable[Activity]
) -> tuple[dict[str, list[Row]], list[tuple[str, str, str]]]:
    """Lay activities of a record into the rows of their views; the record's HubSpot twin is called ``9``."""
    rows: dict[str, list[Row]] = {"tasks": [], "events": [], "hubspot_tasks": []}
    ties = []
    key = "what_id" if view.name == "opportunities" else "who_id"
    for number, one in enumerate(activities):
        created_us = None if one.entered is None else one.entered * DAY_US
        base: dict[str, Scalar] = {"subject": one.subject, "created_day": one.entered, "created_us": created_us}
        if one.kind == "event":
            rows["events"].append({**base, "id": f"e{number}", key: record, "start_day": one.dated})
            continue
        done_us = None if one.done is None else (created_us or 0) + (0 if one.at_once else DAY_US)
        base |= {"due_day": one.dated, "completed_day": one.done, "completed_us": done_us}
        if one.kind.startswith("hubspot"):
            status, kind = "COMPLETED" if one.closed else "NOT_STARTED", "CALL" if "call" in one.kind else "TODO"
            rows["hubspot_tasks"].append({**base, "id": f"h{number}", "status": status, "kind": kind})
            ties.append((f"h{number}", "deals" if view.name == "opportunities" else "contacts", "9"))
        else:
            subtype = "Call" if one.kind == "call" else "Task"
            closed: Row = {**base, "id": f"t{number}", key: record, "is_closed": one.closed, "subtype": subtype}
            rows["tasks"].append(closed)
    return rows, ties


def _object(policy: Policy) -> tuple[str, str]:
    return policy.view.system, policy.view.object


def _create(connection: duckdb.DuckDBPyConnection, view: View) -> None:
    columns = [f'"{name}" {SQL_TYPES.get(kind, "BIGINT")}' for name, kind in view.types().items()]
    connection.execute(f'CREATE TABLE "{view.name}" ({", ".join(columns)})')


def _fill(connection: duckdb.DuckDBPyConnection, view: View, rows: Iterable[Row]) -> None:
    names = list(view.types())
    for row in rows:
        marks = ", ".join("?" * len(names))
        connection.execute(f'INSERT INTO "{view.name}" VALUES ({marks})', [row.get(name) for name in names])
