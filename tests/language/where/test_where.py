"""The `where:` text: what is accepted becomes bound SQL, everything else is refused where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import duckdb
import pytest
from ruamel.yaml import YAML

from syncagent.hygiene.views import VIEWS
from syncagent.language.conditions import ConditionError
from syncagent.language.conditions_check import check
from syncagent.language.sql import Binder, condition_sql
from syncagent.language.where import DEPTH_MAX, TEXT_MAX, parse_where

HERE = Path(__file__).parent
COLUMNS = VIEWS["opportunities"].types()
TODAY = 20773


class Accepted(TypedDict):
    where: str
    sql: str
    values: list[str | int | bool]


class Refused(TypedDict):
    where: str
    at: int
    says: str


ACCEPTED: list[Accepted] = YAML(typ="safe").load((HERE / "accepted.yaml").read_text("utf-8"))
REFUSED: list[Refused] = YAML(typ="safe").load((HERE / "refused.yaml").read_text("utf-8"))


def compiled(text: str) -> tuple[str, list[str | int | bool]]:
    binder = Binder(TODAY)
    expression = condition_sql(check(parse_where(text), COLUMNS), binder, "v")
    return expression.sql("duckdb"), binder.values


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case["where"])
def test_an_accepted_text_becomes_bound_sql(case: Accepted) -> None:
    sql, values = compiled(case["where"])
    assert sql == case["sql"]
    assert values == case["values"]
    names = ", ".join(f'CAST(NULL AS {_sql_type(kind)}) AS "{name}"' for name, kind in COLUMNS.items())
    duckdb.connect().execute(f"SELECT {sql} FROM (SELECT {names}) AS v", values).fetchall()


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["where"])
def test_anything_else_is_refused_where_it_stands(case: Refused) -> None:
    with pytest.raises(ConditionError) as caught:
        compiled(case["where"])
    assert case["says"] in str(caught.value)
    assert caught.value.at == case["at"]


@pytest.mark.parametrize("depth", [DEPTH_MAX + 1, 120, 1900])
def test_deep_nesting_is_refused_and_no_recursion_escapes(depth: int) -> None:
    with pytest.raises(ConditionError, match="deeper"):
        compiled("(" * depth + "is_closed" + ")" * depth)
    with pytest.raises(ConditionError, match="deeper"):
        compiled("close_day < " + "(" * depth + "today" + ")" * depth)


def test_a_long_chain_is_no_nesting() -> None:
    sql, values = compiled(" and ".join(f"amount_minor > {number}" for number in range(150)))
    assert sql.count(" AND ") == 149
    assert len(values) == 150


def test_the_length_has_a_limit() -> None:
    with pytest.raises(ConditionError, match="4001 characters"):
        parse_where("x" * (TEXT_MAX + 1))


def _sql_type(kind: str) -> str:
    return {"text": "VARCHAR", "bool": "BOOLEAN", "day": "INTEGER"}.get(kind, "BIGINT")
