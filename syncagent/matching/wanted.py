"""What matching needs to know of a mapping; a mapping file's mapping fits without either package knowing the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from syncagent.domain.records import System


class Key(Protocol):
    """One proof that two records are the same thing, with the fields that hold it on each side."""

    @property
    def key(self) -> str:
        """Name the proof: external_id, email, corporate_number or name_and_domain."""
        ...

    @property
    def names(self) -> Mapping[System, tuple[str, ...]]:
        """Give the fields a person or company is called by, in spoken order."""
        ...

    @property
    def domains(self) -> Mapping[System, tuple[str, ...]]:
        """Give the fields that hold a web address."""
        ...

    def on(self, system: System) -> tuple[str, ...]:
        """Give the fields that hold the key on one side."""
        ...


class Objects(Protocol):
    """One side's objects in order of preference, and the field for the other side's record id."""

    @property
    def objects(self) -> tuple[str, ...]:
        """Give the objects, preferred first."""
        ...

    @property
    def external_id(self) -> str | None:
        """Give the field that holds the other side's record id."""
        ...


class Matchable(Protocol):
    """A mapping as matching sees it."""

    @property
    def name(self) -> str:
        """Name the pair."""
        ...

    @property
    def match(self) -> Sequence[Key]:
        """Give the keys in the order they are tried."""
        ...

    def side(self, system: System) -> Objects:
        """Give one side."""
        ...
