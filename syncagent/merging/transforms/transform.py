"""What a transform is, and the steps all of them share: blanks and lengths."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from zoneinfo import ZoneInfo

from syncagent.domain.records import Scalar, System
from syncagent.merging.mapping import MappedField
from syncagent.merging.texts import Language, say

LABELS: Mapping[System, str] = {"salesforce": "Salesforce", "hubspot": "HubSpot"}


class NotReadable(ValueError):
    """A system holds a value the mapping does not understand; the text says which and what to do."""


class NotWritable(ValueError):
    """A system cannot hold the value that was chosen; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What transforms need from outside a mapping.

    The org's zone, owners' e-mail addresses by id, who has left, and the language problems are told in.
    """

    zone: ZoneInfo
    owners: Mapping[System, Mapping[str, str]] = field(default_factory=dict)
    retired: Mapping[System, Collection[str]] = field(default_factory=dict)
    language: Language = "en"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value is read from or written to."""

    system: System
    field: MappedField
    around: Surroundings

    @property
    def label(self) -> str:
        """Give the system's name as people write it."""
        return LABELS[self.system]

    def say(self, key: str, **values: object) -> str:
        """Give a sentence about this place (:mod:`syncagent.merging.texts`)."""
        return say(key, self.around.language, system=self.label, **values)


def _only_equal(_one: str, _two: str) -> bool:
    return False


Read: TypeAlias = Callable[[str | int | bool, Spot], Scalar]
Write: TypeAlias = Callable[[str | int | bool, Spot], Scalar]
Alike: TypeAlias = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Transform:
    """A read/write pair; both get values that are not blank.

    ``ordered`` allows the rule ``max``; ``blank`` is what a blank means where the field knows no blank. ``alike`` tells
    whether two different canonical values are two spellings of one, which the merge leaves as they are.
    """

    name: str
    read: Read
    write: Write
    ordered: bool = False
    blank: Scalar = None
    alike: Alike = _only_equal

    @property
    def spelled(self) -> bool:
        """Tell whether one value may have several spellings."""
        return self.alike is not _only_equal


def read(transform: Transform, value: Scalar, spot: Spot) -> Scalar:
    """Give the canonical value of what a system holds.

    Raises:
        NotReadable: the value is outside the transform's or the mapping's words.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return transform.blank
    canonical = transform.read(value, spot)
    return transform.blank if canonical == "" else canonical


def write(transform: Transform, canonical: Scalar, spot: Spot) -> Scalar:
    """Give what to write to a system for a canonical value, None to clear the field.

    Raises:
        NotWritable: no such value there, or too long and the mapping does not say ``truncate``.
    """
    if canonical is None:
        return None
    value = transform.write(canonical, spot)
    limit = spot.field.length.get(spot.system)
    if limit is None or not isinstance(value, str) or _length(value) <= limit:
        return value
    if not spot.field.truncate:
        raise NotWritable(spot.say("too_long", length=_length(value), limit=limit))
    return _cut(value, limit)


def _length(text: str) -> int:
    """Count UTF-16 units, the way both systems count characters beyond the basic plane (two each)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text: str, limit: int) -> str:
    while _length(text) > limit:
        text = text[:-1]
    return text.rstrip()
