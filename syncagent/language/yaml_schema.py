"""A document checked against a pydantic model; each error at its line and column, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from syncagent.errors import ConfigurationError, Problem
from syncagent.language.yaml_document import Document, Path, Value, problem_at
from syncagent.language.yaml_models import legal_keys
from syncagent.language.yaml_words import listed, nearest, shown

Model = TypeVar("Model", bound=BaseModel)

_WANTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "list_type": "a list",
    "tuple_type": "a list",
    "none_required": "nothing",
}


class Section(BaseModel):
    """The base of every model of a configuration file: unknown keys are errors, nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


@dataclass(frozen=True, slots=True)
class _Found:
    """One pydantic error, brought back to the document: ``path`` exists in it, ``branch`` is set inside a union."""

    error: ErrorDetails
    path: Path
    branch: bool

    @property
    def kind(self) -> str:
        return self.error["type"]


def validate(model: type[Model], document: Document) -> Model:
    """Give the document as a model.

    Raises:
        ConfigurationError: with every mistake at its place; unknown keys and words come with the nearest legal ones.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as failure:
        found = [_locate(document.data, error) for error in failure.errors(include_url=False)]
        problems = {_problem(model, document, same) for same in _gather(found)}
        raise ConfigurationError(sorted(problems)) from None


def _locate(data: Value, error: ErrorDetails) -> _Found:
    """Follow pydantic's location through the data; what is not in it names union branches or the absent key."""
    path: list[str | int] = []
    here = data
    for step in error["loc"]:
        inner = _child(here, step)
        if inner is None:
            continue
        here = inner[0]
        path.append(step)
    branch = len(path) < len(error["loc"]) - (error["type"] == "missing")
    return _Found(error, tuple(path), branch)


def _child(here: Value, step: str | int) -> tuple[Value] | None:
    if isinstance(here, dict) and isinstance(step, str) and step in here:
        return (here[step],)
    if isinstance(here, list) and isinstance(step, int) and step < len(here):
        return (here[step],)
    return None


def _gather(found: Sequence[_Found]) -> Iterable[list[_Found]]:
    """Put errors of one place together; a union's other branches are left out where one branch got further."""
    deepest = {item.path for item in found}
    groups: dict[tuple[Path, str], list[_Found]] = {}
    for item in found:
        further = any(len(path) > len(item.path) and path[: len(item.path)] == item.path for path in deepest)
        if item.branch and further and item.kind in _WANTED:
            continue
        part = str(item.error["loc"][-1]) if item.kind == "missing" else "type" if item.kind in _WANTED else item.kind
        groups.setdefault((item.path, part), []).append(item)
    return groups.values()


def _problem(model: type[BaseModel], document: Document, same: list[_Found]) -> Problem:
    first = same[0]
    message = _message(model, same)
    return problem_at(document, first.path, message, key=first.kind in {"extra_forbidden", "missing"})


def _message(model: type[BaseModel], same: list[_Found]) -> str:
    error, kind = same[0].error, same[0].kind
    context = error.get("ctx", {})
    if kind == "extra_forbidden":
        key = str(error["loc"][-1])
        return f"unknown key {key!r}; {nearest(key, legal_keys(model, error['loc'][:-1]))}"
    if kind == "missing":
        return f"the key {str(error['loc'][-1])!r} is missing here"
    if kind in {"literal_error", "enum", "union_tag_invalid"}:
        legal = str(context.get("expected", context.get("expected_tags", ""))).replace(" or ", ", ")
        words = [word.strip().strip("'") for word in legal.split(",")]
        found = context.get("tag", error["input"])
        hint = nearest(found, words) if isinstance(found, str) else ""
        legal = "" if hint.startswith("legal") else f" (legal: {listed(words)})"
        return f"{shown(found)} is not possible here; {hint}{legal}".replace("; (", " (").replace(";  (", " (")
    if kind == "union_tag_not_found":
        return f"the key {str(context.get('discriminator', '')).strip(chr(39))!r} is missing here"
    if kind in _WANTED:
        wanted = " or ".join(dict.fromkeys(_WANTED[item.kind] for item in same))
        hint = "; put it in quotes" if wanted == "text" and isinstance(error["input"], (int, float)) else ""
        return f"expected {wanted}, found {shown(error['input'])}{hint}"
    if kind in {"value_error", "assertion_error"}:
        return str(context.get("error", error["msg"]))
    return f"{error['msg'][:1].lower()}{error['msg'][1:]}, found {shown(error['input'])}"
