"""Structured conditions mean the same as the text, and say what is missing where it is missing."""

from __future__ import annotations

import pytest

from syncagent.hygiene.views import VIEWS
from syncagent.language.conditions import Condition, ConditionError
from syncagent.language.conditions_check import check
from syncagent.language.conditions_schema import ConditionModel, read_condition
from syncagent.language.where import parse_where
from syncagent.language.yaml import read_yaml, validate

COLUMNS = VIEWS["opportunities"].types()


def structured(text: str) -> Condition:
    model = validate(ConditionModel, read_yaml(text, "policy.yaml"))
    return check(read_condition(model, ("when",)), COLUMNS)


@pytest.mark.parametrize(
    ("yaml", "where"),
    [
        ("{field: is_closed, op: eq, value: false}", "is_closed = false"),
        ("{field: stage, op: ne, value: 受注}", "stage <> '受注'"),
        ("{field: amount_minor, op: lt, value: 5}", "amount_minor < 5"),
        ("{field: amount_minor, op: le, value: 5}", "amount_minor <= 5"),
        ("{field: amount_minor, op: gt, value: 5}", "amount_minor > 5"),
        ("{field: close_day, op: ge, value: '2026-11-16'}", "close_day >= '2026-11-16'"),
        ("{age_of: created_day, op: ge, value: 30}", "age(created_day) >= 30"),
        ("{field: stage, op: in, value: [受注, 失注]}", "stage in ('受注', '失注')"),
        ("{field: stage, op: not_in, value: [受注]}", "stage not in ('受注')"),
        ("{field: next_step, op: empty}", "next_step is null"),
        ("{field: next_step, op: present}", "next_step is not null"),
        ("{field: next_step, op: contains, value: call}", "contains(next_step, 'call')"),
        ("{field: stage, op: starts_with, value: P1}", "starts_with(stage, 'P1')"),
        ("{field: stage, op: ends_with, value: 識}", "ends_with(stage, '識')"),
        ("{not: {field: is_won, op: eq, value: true}}", "not is_won = true"),
        (
            "{all: [{field: is_won, op: eq, value: true}, {any: [{field: name, op: empty}, {field: id, op: empty}]}]}",
            "is_won = true and (name is null or id is null)",
        ),
    ],
)
def test_structure_and_text_mean_the_same(yaml: str, where: str) -> None:
    assert structured(yaml) == check(parse_where(where), COLUMNS)


@pytest.mark.parametrize(
    ("yaml", "at", "says"),
    [
        ("{}", ("when",), "exactly one of"),
        ("{field: name, age_of: close_day, op: eq, value: a}", ("when",), "exactly one of"),
        ("{field: name, value: a}", ("when",), "lacks op"),
        ("{field: name, op: empty, value: a}", ("when", "value"), "takes no value"),
        ("{field: name, op: eq}", ("when",), "needs a value"),
        ("{field: name, op: eq, value: [a]}", ("when", "value"), "takes one value"),
        ("{field: name, op: in, value: a}", ("when", "value"), "takes a list"),
        ("{field: name, op: in, value: [a, 3]}", ("when", "value", 1), "compared with text"),
        ("{field: nam, op: eq, value: a}", ("when", "field"), "did you mean 'name'"),
        ("{age_of: name, op: eq, value: 3}", ("when",), "age takes day"),
        ("{not: {field: nam, op: empty}}", ("when", "not", "field"), "did you mean 'name'"),
        ("{any: [{field: name, op: empty}, {field: x, op: empty}]}", ("when", "any", 1, "field"), "unknown field x"),
        ("{all: [{field: name, op: empty}], op: eq}", ("when",), "takes conditions"),
    ],
)
def test_a_mistake_is_told_at_its_place(yaml: str, at: tuple[str | int, ...], says: str) -> None:
    with pytest.raises(ConditionError, match=says) as caught:
        structured(yaml)
    assert caught.value.at == at


def test_an_unlisted_function_built_in_code_is_refused_too() -> None:
    from syncagent.language.conditions import Call, Empty, Name

    with pytest.raises(ConditionError, match="function read_csv is not allowed"):
        check(Empty(Call("read_csv", Name("name"))), COLUMNS)
