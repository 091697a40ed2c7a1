"""Transforms: pairs that read a system's value into a canonical one and write it back in that system's form.

The law every pair keeps: what is written reads back as the canonical value it was written from.
To add one: a module here with a ``TRANSFORM``, a line below, and a case file in ``tests/cases/merging/transforms``.
"""

from collections.abc import Mapping

from syncagent.merging.transforms import (
    boolean,
    company_name,
    date,
    datetime,
    decimal,
    domain,
    email,
    integer,
    money,
    multi_select,
    name,
    owner,
    person_name,
    phone,
    picklist,
    text,
)
from syncagent.merging.transforms.transform import NotReadable, NotWritable, Spot, Surroundings, Transform, read, write

TRANSFORMS: Mapping[str, Transform] = {
    transform.name: transform
    for transform in (
        boolean.TRANSFORM,
        company_name.TRANSFORM,
        date.TRANSFORM,
        datetime.TRANSFORM,
        decimal.TRANSFORM,
        domain.TRANSFORM,
        email.TRANSFORM,
        integer.TRANSFORM,
        money.TRANSFORM,
        multi_select.TRANSFORM,
        name.TRANSFORM,
        owner.TRANSFORM,
        person_name.TRANSFORM,
        phone.TRANSFORM,
        picklist.TRANSFORM,
        text.TRANSFORM,
    )
}

__all__ = ["TRANSFORMS", "NotReadable", "NotWritable", "Spot", "Surroundings", "Transform", "read", "write"]
