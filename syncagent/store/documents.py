"""Values as the store keeps them: canonical JSON text, 64-bit hashes, microseconds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import orjson

from syncagent.domain.records import Fields, Scalar
from syncagent.domain.surrogates import without_surrogates
from syncagent.domain.time import from_micros

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"
"""What a document may hold; floats are left out on purpose, since they lose money."""


def canonical(value: Json) -> str:
    """Render as JSON text with sorted keys, the same text for the same value.

    A lone surrogate (half an emoji, which no UTF-8 store can hold) becomes U+FFFD.
    """
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:
        return orjson.dumps(without_surrogates(value), option=orjson.OPT_SORT_KEYS).decode()


def _plain(value: object) -> object:
    """Serve mappings that are not dicts (views, proxies), which orjson does not know."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in a stored document")


def fields_of(text: str) -> dict[str, Scalar]:
    """Read a stored record document."""
    fields: dict[str, Scalar] = orjson.loads(text)
    return fields


def scalar_of(text: str | None) -> Scalar:
    """Read a stored value; an absent one reads as None."""
    value: Scalar = None if text is None else orjson.loads(text)
    return value


def mapping_of(text: str) -> dict[str, Json]:
    """Read a stored JSON object."""
    mapping: dict[str, Json] = orjson.loads(text)
    return mapping


def texts_of(text: str) -> tuple[str, ...]:
    """Read a stored JSON list of texts."""
    return tuple(orjson.loads(text))


def instant_of(micros: int | None) -> datetime | None:
    """Read a stored instant that may be missing."""
    return None if micros is None else from_micros(micros)


def hash64(text: str) -> int:
    """Give a signed 64-bit hash, equal for equal text on every machine and in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def differences(before: Fields, after: Fields) -> list[tuple[str, str | None, str | None]]:
    """List (field, before, after) of every field that differs, as JSON text; None where a side lacks the field.

    An absent field is not a blank one: it was not read, so nothing can be said about its change.
    """
    names = sorted(before.keys() | after.keys())
    pairs = ((name, _text_at(before, name), _text_at(after, name)) for name in names)
    return [(name, old, new) for name, old, new in pairs if old != new]


def _text_at(fields: Fields, name: str) -> str | None:
    return canonical(fields[name]) if name in fields else None
