"""Several values of a list, ";" between them; their order means nothing."""

from __future__ import annotations

from collections.abc import Iterable

from syncagent.merging.transforms.picklist import read_value, write_value
from syncagent.merging.transforms.transform import Spot, Transform

SEPARATOR = ";"


def joined(words: Iterable[str]) -> str:
    """Put words into the canonical order, each once."""
    return SEPARATOR.join(sorted({word for word in words if word}))


def _read(value: str | int | bool, spot: Spot) -> str:
    return joined(read_value(part, spot) for part in str(value).split(SEPARATOR) if part.strip())


def _write(canonical: str | int | bool, spot: Spot) -> str:
    return SEPARATOR.join(write_value(part, spot) for part in str(canonical).split(SEPARATOR))


TRANSFORM = Transform("multi_select", _read, _write)
