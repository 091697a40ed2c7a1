"""One value of a list, translated by the mapping's ``values``; without them the words are the same on both sides."""

from __future__ import annotations

from syncagent.merging.transforms.text import clean
from syncagent.merging.transforms.transform import NotReadable, NotWritable, Spot, Transform


def read_value(value: str, spot: Spot) -> str:
    """Give the canonical word of one list value.

    Raises:
        NotReadable: the mapping has values, and not this one.
    """
    word = clean(value)
    if not spot.field.values:
        return word
    for row in spot.field.values:
        if word in row.on(spot.system):
            return row.canonical
    raise NotReadable(spot.say("unmapped", value=word, field=spot.field.name))


def write_value(canonical: str, spot: Spot) -> str:
    """Give the word a system has for a canonical one.

    Raises:
        NotWritable: the mapping has no word for it on that side.
    """
    if not spot.field.values:
        return canonical
    for row in spot.field.values:
        if row.canonical == canonical and row.on(spot.system):
            return row.on(spot.system)[0]
    raise NotWritable(spot.say("unwritable", value=canonical, field=spot.field.name))


def _read(value: str | int | bool, spot: Spot) -> str:
    return read_value(str(value), spot)


def _write(canonical: str | int | bool, spot: Spot) -> str:
    return write_value(str(canonical), spot)


TRANSFORM = Transform("picklist", _read, _write)
