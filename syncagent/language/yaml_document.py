"""Plain data read from a file, with the place of every key and value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from syncagent.errors import Problem

Value: TypeAlias = str | int | float | bool | list["Value"] | dict[str, "Value"] | None
"""What a file may hold; keys are always text, dates stay text."""
Path: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys of mappings and 0-based places in lists."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A 1-based line and column."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one file; ``keys`` and ``values`` tell where each path's key and value begin."""

    file: str
    data: Value
    keys: Mapping[Path, Place] = field(default_factory=dict, repr=False)
    values: Mapping[Path, Place] = field(default_factory=dict, repr=False)

    def place_of(self, path: Path, *, key: bool = False) -> Place:
        """Give where a value (or its key) stands; for a path the file does not have, its nearest known parent.

        A block under a key begins on the next line; people look for the key, so that is where it is placed.
        """
        while path and path not in self.values:
            path, key = path[:-1], True
        value = self.values.get(path, Place(1, 1))
        name = self.keys.get(path, value)
        return name if key or name.line < value.line else value


def problem_at(document: Document, path: Path, message: str, *, key: bool = False) -> Problem:
    """Make a problem that points at the value of a path, or at its key."""
    place = document.place_of(path, key=key)
    return Problem(document.file, place.line, place.column, message)
