"""Associations between records: directional type ids, kept in both directions, primary ones unique."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import orjson

from syncagent.sandbox.hubspot.objecttypes import TYPES

_DATA = Path(__file__).parent / "data" / "association_types.json"


class Link(NamedTuple):
    """One direction of an association type HubSpot defines."""

    type_id: int
    start: str
    end: str
    primary: bool
    inverse: int

    @property
    def label(self) -> str | None:
        """What the interface calls it; unlabelled types have none."""
        return "Primary" if self.primary else None


@cache
def link_types() -> Mapping[int, Link]:
    """Every association type by its id."""
    plural = {kind.singular.upper(): kind.name for kind in TYPES.values()}
    ids: Mapping[str, int] = orjson.loads(_DATA.read_bytes())
    links = {}
    for name, type_id in ids.items():
        start, _, end = name.removeprefix("PRIMARY_").partition("_TO_")
        primary = name.startswith("PRIMARY_")
        inverse = ids[f"{'PRIMARY_' if primary else ''}{end}_TO_{start}"]
        links[type_id] = Link(type_id, plural[start], plural[end], primary, inverse)
    return links


@cache
def links_between(start: str, end: str) -> tuple[Link, ...]:
    """The association types from one object type to another, the unlabelled one first."""
    found = [link for link in link_types().values() if (link.start, link.end) == (start, end)]
    return tuple(sorted(found, key=lambda link: link.primary))


def legacy_name(link: Link) -> str:
    """The name an object read shows: the primary type has the plain one where both exist."""
    plain = f"{TYPES[link.start].singular}_to_{TYPES[link.end].singular}"
    pair = links_between(link.start, link.end)
    return plain if link.primary or len(pair) == 1 else f"{plain}_unlabeled"


_Key = tuple[str, str, str]
_Ends = Mapping[str, tuple[int, ...]]


class Associations:
    """Type ids by (from type, from id, to type) and to id. Inner mappings are values: replaced, never changed."""

    def __init__(self, ends: Mapping[_Key, _Ends] | None = None) -> None:
        self._ends: dict[_Key, _Ends] = dict(ends or {})

    def copy(self) -> "Associations":
        """An independent set over the same inner mappings."""
        return Associations(self._ends)

    def ends(self, start: str, start_id: str, end: str) -> _Ends:
        """What a record is associated with: type ids by the other record's id."""
        return self._ends.get((start, start_id, end), {})

    def add(self, link: Link, start_id: str, end_id: str) -> bool:
        """Associate two records; a primary type also sets the unlabelled one and demotes the former primary."""
        wanted = {known for known in links_between(link.start, link.end) if known == link or not known.primary}
        before = self.ends(link.start, start_id, link.end).get(end_id, ())
        if {known.type_id for known in wanted} <= set(before):
            return False
        if link.primary:
            self._demote(link, start_id, end_id)
        for known in wanted:
            self._set(known.start, start_id, known.end, end_id, add=known.type_id)
            self._set(known.end, end_id, known.start, start_id, add=known.inverse)
        return True

    def remove(self, start: str, start_id: str, end: str, end_id: str, type_ids: Iterable[int] | None = None) -> bool:
        """Remove some labels between two records, or the whole association."""
        present = self.ends(start, start_id, end).get(end_id, ())
        gone = set(present if type_ids is None else type_ids) & set(present)
        for type_id in gone:
            self._set(start, start_id, end, end_id, drop=type_id)
            self._set(end, end_id, start, start_id, drop=link_types()[type_id].inverse)
        return bool(gone)

    def load(self, link: Link, start_id: str, end_id: str) -> None:
        """Associate while a portal is being filled: like `add`, but in place, for no snapshot exists yet."""
        if link.primary:
            self._demote(link, start_id, end_id)
        for known in links_between(link.start, link.end):
            if known == link or not known.primary:
                self._put(known.start, start_id, known.end, end_id, known.type_id)
                self._put(known.end, end_id, known.start, start_id, known.inverse)

    def rows(self) -> Iterable[tuple[str, str, str, str, tuple[int, ...]]]:
        """Every association once, in the direction whose type names sort first, in a fixed order."""
        for start, start_id, end in sorted(self._ends, key=lambda key: (key[0], int(key[1]), key[2])):
            if start < end:
                for end_id, type_ids in sorted(self._ends[start, start_id, end].items(), key=lambda item: int(item[0])):
                    yield start, start_id, end, end_id, type_ids

    def _demote(self, link: Link, start_id: str, end_id: str) -> None:
        # The side that has one primary company is the contact or the deal, whichever end it is at.
        one, other = (start_id, end_id) if link.end == "companies" else (end_id, start_id)
        single = link if link.end == "companies" else link_types()[link.inverse]
        for known_id, type_ids in list(self.ends(single.start, one, single.end).items()):
            if known_id != other and single.type_id in type_ids:
                self.remove(single.start, one, single.end, known_id, (single.type_id,))

    def _put(self, start: str, start_id: str, end: str, end_id: str, type_id: int) -> None:
        ends = self._ends.setdefault((start, start_id, end), {})
        assert isinstance(ends, dict)  # noqa: S101 - what load has put there
        ends[end_id] = _interned(tuple(sorted({*ends.get(end_id, ()), type_id})))

    def _set(
        self, start: str, start_id: str, end: str, end_id: str, add: int | None = None, drop: int | None = None
    ) -> None:
        key = (start, start_id, end)
        ends = dict(self._ends.get(key, {}))
        type_ids = set(ends.get(end_id, ()))
        type_ids = (type_ids | {add}) if add is not None else (type_ids - {drop})
        if type_ids:
            ends[end_id] = _interned(tuple(sorted(type_ids)))
        else:
            ends.pop(end_id, None)
        if ends:
            self._ends[key] = ends
        else:
            self._ends.pop(key, None)


@cache
def _interned(type_ids: tuple[int, ...]) -> tuple[int, ...]:
    return type_ids
