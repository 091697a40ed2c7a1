"""Which keys a model knows at a place, for suggestions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeGuard, get_args, get_origin

from pydantic import BaseModel


def legal_keys(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """List the keys legal at a pydantic error location: field names, list places and union branches on the way."""
    candidates: list[object] = [model]
    for step in location:
        inner = [kind for candidate in candidates for kind in _step(candidate, step)]
        candidates = inner or [kind for kind in candidates if _is_branch(kind, step)] or candidates
    return sorted({key for kind in candidates if _is_model(kind) for key in _keys(kind)})


def _step(kind: object, step: str | int) -> Iterator[object]:
    """Yield the kinds one step further in: a model's field, a list's item, a mapping's value."""
    if _is_model(kind):
        for name, info in kind.model_fields.items():
            if step in {name, info.alias}:
                yield from _leaves(info.annotation)
    elif get_origin(kind) in {list, tuple} and isinstance(step, int):
        yield from _leaves(get_args(kind)[0])
    elif get_origin(kind) is dict:
        yield from _leaves(get_args(kind)[1])


def _leaves(kind: object) -> Iterator[object]:
    """Yield the members of a union, however it is wrapped; anything else is its own leaf."""
    arguments = get_args(kind)
    if not arguments or get_origin(kind) in {list, tuple, dict, Literal}:
        yield kind
        return
    for argument in arguments:
        yield from _leaves(argument)


def _is_branch(kind: object, step: str | int) -> bool:
    """Tell whether a location step names this union member: by class name or by a literal tag."""
    if not _is_model(kind):
        return False
    tags = [get_args(info.annotation) for info in kind.model_fields.values()]
    return kind.__name__ == step or any(step in tag for tag in tags)


def _is_model(kind: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _keys(kind: type[BaseModel]) -> Iterator[str]:
    for name, info in kind.model_fields.items():
        yield info.alias or name
