"""Family and given name in each other's fields: a usual slip of forms, said in the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal, TypeAlias

from syncagent.domain.changes import Decision
from syncagent.domain.names import same_person
from syncagent.domain.records import Scalar, System
from syncagent.merging.mapping import MappedField
from syncagent.merging.texts import Language, say

Canonical: TypeAlias = Callable[[MappedField, System], Scalar]
Crossing: TypeAlias = Literal["spelled alike", "respelled"]

_NAME = "person_name"


def crossing(mapped: MappedField, shared: Iterable[MappedField], canonical: Canonical) -> Crossing | None:
    """Tell whether a name part stands in another's field on the other side, and the other one in its field.

    ``shared`` are the fields both records have.
    """
    if mapped.transform != _NAME:
        return None
    here = (canonical(mapped, "salesforce"), canonical(mapped, "hubspot"))
    for partner in shared:
        if partner.transform == _NAME and partner != mapped:
            there = (canonical(partner, "hubspot"), canonical(partner, "salesforce"))
            if all(map(_same, here, there)) and not _same(here[0], here[1]):
                return "spelled alike" if here == there or not mapped.keep_spelling else "respelled"
    return None


def _same(one: Scalar, two: Scalar) -> bool:
    return isinstance(one, str) and isinstance(two, str) and same_person(one, two)


def told(decision: Decision, found: Crossing | None, language: Language) -> Decision:
    """Say in a decision that the parts are swapped.

    Where they are spelled differently besides, putting them right would rewrite somebody's spelling: a person does it.
    """
    if found is None:
        return decision
    if found == "respelled":
        return replace(decision, side="conflict", chosen=None, reason=say("swapped_respelled", language))
    return replace(decision, reason=say("swapped", language, reason=decision.reason))
