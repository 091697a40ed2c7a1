"""A DuckDB with the views policies run over, filled from plain rows; and the shipped policies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeAlias

import duckdb
import pytest

from syncagent.domain.records import Scalar
from syncagent.hygiene import VIEWS, Policy, View, load_policy, policy_query

ROOT = Path(__file__).parents[2]
SQL_TYPES = {"text": "VARCHAR", "bool": "BOOLEAN", "day": "INTEGER"}

Row: TypeAlias = Mapping[str, Scalar]
Step: TypeAlias = tuple[str, str, int, int]
"""One row of stage history: id, stage, microseconds, day number."""
Ask: TypeAlias = Callable[..., list[dict[str, Scalar]]]


@cache
def shipped(name: str) -> Policy:
    file = ROOT / "policies" / f"{name}.yaml"
    return load_policy(file.read_text("utf-8"), str(file))


@pytest.fixture
def policy() -> Policy:
    return shipped("stage-stale-90")


@pytest.fixture
def ask() -> Ask:
    """Give a function that runs a policy's query over given records, stage steps, links and linked deals."""

    def run(
        policy: Policy,
        today: date,
        records: Iterable[Row],
        *,
        steps: Iterable[Step] = (),
        links: Iterable[tuple[str, str]] = (),
        deals: Iterable[Row] = (),
    ) -> list[dict[str, Scalar]]:
        with duckdb.connect() as connection:
            for view in VIEWS.values():
                _create(connection, view)
            _fill(connection, policy.view, records)
            _fill(connection, VIEWS[policy.view.counterpart], deals)
            connection.execute(
                "CREATE TABLE stage_history "
                "(system VARCHAR, object VARCHAR, id VARCHAR, stage VARCHAR, at_us BIGINT, day INTEGER)"
            )
            connection.execute("CREATE TABLE link (pair VARCHAR, salesforce_id VARCHAR, hubspot_id VARCHAR)")
            for step in steps:
                connection.execute("INSERT INTO stage_history VALUES (?, ?, ?, ?, ?, ?)", [*_object(policy), *step])
            for link in links:
                connection.execute("INSERT INTO link VALUES (?, ?, ?)", [policy.view.pair, *link])
            query = policy_query(policy, today)
            cursor = connection.execute(query.sql, list(query.parameters))
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return run


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
