"""The compiled SQL agrees with the plain-Python meaning on random conditions over random rows, nulls included."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from syncagent.language.conditions import (
    AllOf,
    AnyOf,
    Call,
    ColumnType,
    Condition,
    Constant,
    Empty,
    Name,
    Not,
    OneOf,
    Operand,
    Order,
    Same,
    Sum,
    Text,
    columns_ordered,
)
from syncagent.language.conditions_check import check
from syncagent.language.conditions_python import Value, holds
from syncagent.language.sql import Binder, condition_sql

COLUMNS: Mapping[str, ColumnType] = {
    "a": "text",
    "b": "text",
    "n": "int",
    "m": "minor",
    "d": "day",
    "e": "day",
    "y": "bool",
}
SQL_TYPES = {"text": "VARCHAR", "bool": "BOOLEAN", "day": "INTEGER"}
TODAY = 20773
TEXTS = st.text(alphabet="aAbB %_'\\ 株ア😀", max_size=4)
DAYS = st.integers(TODAY - 3, TODAY + 3)
ISO_DAYS = st.dates().map(lambda day: Constant(day.isoformat()))
NUMBERS = st.integers(-3, 3)

texts: st.SearchStrategy[Operand] = st.one_of(
    st.sampled_from(["a", "b"]).map(Name),
    st.builds(Call, st.sampled_from(["lower", "trim"]), st.sampled_from(["a", "b"]).map(Name)),
)
days: st.SearchStrategy[Operand] = st.one_of(
    st.sampled_from(["d", "e"]).map(Name),
    st.builds(Sum, st.sampled_from(["d", "today"]).map(Name), st.sampled_from("+-"), NUMBERS.map(Constant)),
)
numbers: st.SearchStrategy[Operand] = st.one_of(
    st.sampled_from(["n", "m"]).map(Name),
    st.builds(Call, st.sampled_from(["age", "days_until"]), days),
    st.builds(Call, st.just("length"), texts),
    st.builds(Sum, days, st.just("-"), days),
    st.builds(Sum, st.just(Name("n")), st.sampled_from("+-"), NUMBERS.map(Constant)),
)
EQUAL = st.sampled_from(["=", "<>"])
ORDER = st.sampled_from(["<", "<=", ">", ">="])
leaf: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Same, texts, EQUAL, st.one_of(texts, TEXTS.map(Constant))),
    st.builds(Same, numbers, EQUAL, st.one_of(numbers, NUMBERS.map(Constant))),
    st.builds(Same, st.just(Name("y")), EQUAL, st.booleans().map(Constant)),
    st.builds(Order, days, ORDER, st.one_of(days, st.just(Name("today")), ISO_DAYS)),
    st.builds(Order, NUMBERS.map(Constant), ORDER, numbers),
    st.builds(OneOf, texts, st.lists(TEXTS.map(Constant), min_size=1, max_size=3).map(tuple)),
    st.builds(OneOf, numbers, st.lists(NUMBERS.map(Constant), min_size=1, max_size=3).map(tuple)),
    st.builds(Empty, st.one_of(texts, days, numbers)),
    st.builds(Text, st.sampled_from(["contains", "starts_with", "ends_with"]), texts, TEXTS.map(Constant)),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaf,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
    ),
    max_leaves=6,
)
VALUES: dict[ColumnType, st.SearchStrategy[str | int | bool]] = {
    "text": TEXTS,
    "int": NUMBERS,
    "minor": NUMBERS,
    "day": DAYS,
    "bool": st.booleans(),
}
rows: st.SearchStrategy[dict[str, Value]] = st.fixed_dictionaries(
    {name: st.none() | VALUES[kind] for name, kind in COLUMNS.items()}
)


@cache
def database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@given(conditions, st.lists(rows, min_size=1, max_size=4))
@settings(max_examples=400, deadline=None)
def test_sql_agrees_with_the_plain_python_meaning(written: Condition, records: list[dict[str, Value]]) -> None:
    condition = check(written, COLUMNS)
    binder = Binder(TODAY)
    sql = condition_sql(condition, binder, "v").sql("duckdb")
    for record in records:
        expected = holds(condition, record, TODAY)
        start = len(binder.values)
        cells = [
            f'CAST(${start + index} AS {SQL_TYPES.get(kind, "BIGINT")}) AS "{name}"'
            for index, (name, kind) in enumerate(COLUMNS.items(), 1)
        ]
        statement = f"SELECT {sql} FROM (SELECT {', '.join(cells)}) AS v"
        found = database().execute(statement, [*binder.values, *(record[name] for name in COLUMNS)]).fetchone()
        assert found == (expected,)
        if expected is None:
            assert any(record.get(name) is None for name in columns_ordered(condition))
