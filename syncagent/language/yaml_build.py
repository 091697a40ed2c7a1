"""Parser events to data: no recursion, a limit on everything, a place for everything."""

from __future__ import annotations

from dataclasses import dataclass, field

from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from syncagent.language.yaml_document import Path, Place, Value
from syncagent.language.yaml_scalars import resolve

DEPTH_MAX = 32
VALUES_MAX = 100_000


class Refused(Exception):
    """The file says something we do not read; ``place`` is where."""

    def __init__(self, message: str, place: Place) -> None:
        self.place = place
        super().__init__(message)


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet; ``key`` is the mapping's key that waits for its value."""

    path: Path
    into: list[Value] | dict[str, Value]
    key: str | None = None


@dataclass(slots=True)
class Builder:
    """Collects one document from parser events."""

    data: Value = None
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    documents: int = 0
    _open: list[_Open] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Take the next event.

        Raises:
            Refused: a second document, an anchor, alias or tag, a bad or repeated key, or a limit.
        """
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise Refused("a second document begins here; keep one document per file", place_of(event))
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self._open.pop()
        elif isinstance(event, NodeEvent):
            self._take_node(event, place_of(event))

    def _take_node(self, event: NodeEvent, place: Place) -> None:
        if isinstance(event, AliasEvent) or event.anchor is not None:
            raise Refused("anchors (&) and aliases (*) are not read here; write the value out", place)
        if getattr(event, "ctag", None) is not None:
            raise Refused("tags (!) are not read here; remove it, and quote the value where it is text", place)
        top = self._open[-1] if self._open else None
        if top is not None and isinstance(top.into, dict) and top.key is None:
            top.key = self._read_key(event, top, place)
            return
        value = _value_of(event)
        path = self._store(top, value)
        self.values[path] = place
        if len(self.values) > VALUES_MAX:
            raise Refused(f"the file holds more than {VALUES_MAX:,} values; split it", place)
        if isinstance(value, (list, dict)):
            if len(self._open) == DEPTH_MAX:
                raise Refused(f"nested more than {DEPTH_MAX} levels deep", place)
            self._open.append(_Open(path, value))

    def _read_key(self, event: NodeEvent, top: _Open, place: Place) -> str:
        if not isinstance(event, ScalarEvent):
            raise Refused("a key must be a plain word, not a list or a mapping", place)
        key = str(event.value)
        if not key:
            raise Refused("a key is missing before the colon", place)
        path = (*top.path, key)
        if path in self.keys:
            raise Refused(f"the key {key!r} is already used on line {self.keys[path].line}", place)
        self.keys[path] = place
        return key

    def _store(self, top: _Open | None, value: Value) -> Path:
        if top is None:
            self.data = value
            return ()
        if isinstance(top.into, list):
            top.into.append(value)
            return (*top.path, len(top.into) - 1)
        key = top.key or ""
        top.key = None
        top.into[key] = value
        return (*top.path, key)


def _value_of(event: NodeEvent) -> Value:
    if isinstance(event, MappingStartEvent):
        return {}
    if isinstance(event, ScalarEvent):
        return resolve(str(event.value)) if event.style is None else str(event.value)
    return []


def place_of(event: Event) -> Place:
    """Give where an event begins."""
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)
