"""Structured conditions in YAML: ``field``/``op``/``value``, combined with ``all``, ``any`` and ``not``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from pydantic import Field, StrictBool, StrictInt, StrictStr

from syncagent.language.conditions import (
    AllOf,
    AnyOf,
    Call,
    Condition,
    ConditionError,
    Constant,
    Empty,
    Name,
    Not,
    OneOf,
    Operand,
    Order,
    Ordering,
    Same,
    Text,
)
from syncagent.language.yaml import Path, Section

Op: TypeAlias = Literal[
    "eq", "ne", "lt", "le", "gt", "ge", "in", "not_in", "empty", "present", "contains", "starts_with", "ends_with"
]
YamlScalar: TypeAlias = StrictBool | StrictInt | StrictStr

_ORDER: Mapping[Op, Ordering] = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_WITHOUT_VALUE = ("empty", "present")
_WITH_LIST = ("in", "not_in")


class ConditionModel(Section):
    """One condition: a comparison of a field, or a combination of conditions.

    ``age_of`` in place of ``field`` compares the days since a day field.
    """

    field: str | None = Field(None, description="A field of the view the policy runs over.")
    age_of: str | None = Field(None, description="A day field; its age in days is compared.")
    op: Op | None = Field(None, description="How field and value are compared.")
    value: YamlScalar | list[YamlScalar] | None = Field(None, description="What the field is compared with.")
    all_: list[ConditionModel] | None = Field(None, alias="all", min_length=1, description="Every one holds.")
    any_: list[ConditionModel] | None = Field(None, alias="any", min_length=1, description="At least one holds.")
    not_: ConditionModel | None = Field(None, alias="not", description="It does not hold.")


def read_condition(model: ConditionModel, path: Path) -> Condition:
    """Turn a validated model into the tree; ``path`` is its place in the document.

    Raises:
        ConditionError: the parts do not make one condition; ``at`` is a path.
    """
    chosen = [name for name in ("field", "age_of", "all", "any", "not") if _part(model, name) is not None]
    if len(chosen) != 1:
        raise ConditionError("a condition has exactly one of field, age_of, all, any, not", path)
    if chosen[0] in ("field", "age_of"):
        return _comparison(model, path)
    if model.op is not None or model.value is not None:
        raise ConditionError(f"{chosen[0]} takes conditions, not op or value", path)
    if model.not_ is not None:
        return Not(read_condition(model.not_, (*path, "not")))
    parts = (model.all_ or []) + (model.any_ or [])
    read = tuple(read_condition(part, (*path, chosen[0], index)) for index, part in enumerate(parts))
    return AllOf(read) if chosen[0] == "all" else AnyOf(read)


def _part(model: ConditionModel, name: str) -> object:
    return getattr(model, f"{name}_" if name in ("all", "any", "not") else name)


def _comparison(model: ConditionModel, path: Path) -> Condition:
    op, value = model.op, model.value
    operand: Operand = Name(str(model.field), (*path, "field"))
    if model.age_of is not None:
        operand = Call("age", Name(model.age_of, (*path, "age_of")), path)
    if op is None:
        raise ConditionError("the comparison lacks op", path)
    if op in _WITHOUT_VALUE:
        if value is not None:
            raise ConditionError(f"{op} takes no value", (*path, "value"))
        return Empty(operand, path) if op == "empty" else Not(Empty(operand, path))
    if value is None:
        raise ConditionError(f"{op} needs a value; test for an empty field with op: empty", path)
    if isinstance(value, list) is not (op in _WITH_LIST):
        raise ConditionError(f"{op} takes {'a list' if op in _WITH_LIST else 'one value'}", (*path, "value"))
    if isinstance(value, list):
        values = tuple(Constant(each, (*path, "value", index)) for index, each in enumerate(value))
        return OneOf(operand, values, path) if op == "in" else Not(OneOf(operand, values, path))
    return _against(operand, op, Constant(value, (*path, "value")), path)


def _against(operand: Operand, op: Op, constant: Constant, path: Path) -> Condition:
    if op in ("contains", "starts_with", "ends_with"):
        return Text(op, operand, constant, path)
    if op in ("eq", "ne"):
        return Same(operand, "=" if op == "eq" else "<>", constant, path)
    return Order(operand, _ORDER[op], constant, path)
