"""Ownership rules: what to do when both sides hold different values, one function per rule.

A rule sees a blank side only where the mapping says ``blank: overwrite`` and the blank was made on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from syncagent.domain.changes import Decision
from syncagent.domain.records import Scalar, System
from syncagent.merging.cases import Case, other
from syncagent.merging.mapping import RuleName
from syncagent.merging.transforms.multi_select import SEPARATOR, joined
from syncagent.merging.transforms.transform import LABELS

Rule: TypeAlias = Callable[[Case], Decision]


def _owned(case: Case, owner: System, words: str) -> Decision:
    mine, theirs = LABELS[owner], LABELS[other(owner)]
    if case.edited == owner:
        return case.take(owner, f"{mine} changed it, and {words}")
    if case.edited is not None:
        return case.take(owner, f"{theirs}'s edit is taken back: {words}")
    if case.first_meeting:
        return case.take(owner, f"the sides differ at their first meeting: {words}")
    return case.take(owner, f"both sides changed it: {words}")


def _salesforce(case: Case) -> Decision:
    return _owned(case, "salesforce", "Salesforce owns this field")


def _hubspot(case: Case) -> Decision:
    return _owned(case, "hubspot", "HubSpot owns this field")


def _edited(case: Case) -> Decision | None:
    """Let the one edited side's value flow; None when both sides moved or never agreed."""
    edited = case.edited
    return None if edited is None else case.take(edited, f"only {LABELS[edited]} changed it")


def _manual(case: Case) -> Decision:
    what = "the sides differ at their first meeting" if case.first_meeting else "both sides changed it differently"
    return _edited(case) or case.conflict(f"{what}; the rule leaves the choice to a person: make both sides equal")


def _newest(case: Case) -> Decision:
    flowing = _edited(case)
    if flowing is not None:
        return flowing
    instants = case.circumstances.changed_at
    salesforce, hubspot = instants.get("salesforce"), instants.get("hubspot")
    if salesforce is None or hubspot is None:
        unknown = " and ".join(LABELS[system] for system in LABELS if instants.get(system) is None)
        return case.conflict(f"the sides differ and it is not known when {unknown} changed: make both sides equal")
    if salesforce == hubspot:
        return case.conflict("both sides changed it in the same instant: make both sides equal")
    winner: System = "salesforce" if salesforce > hubspot else "hubspot"
    return case.take(winner, f"{LABELS[winner]} changed it later ({max(salesforce, hubspot).isoformat()})")


def _fill_blank(case: Case) -> Decision:
    return case.conflict("both sides hold a value and the rule only fills blanks: make both sides equal")


def _append(case: Case) -> Decision:
    words = joined(f"{case.salesforce}{SEPARATOR}{case.hubspot}".split(SEPARATOR))
    return case.merge(words, "the values of both sides are kept together")


def _max(case: Case) -> Decision:
    winner: System = "salesforce" if _size(case.salesforce) > _size(case.hubspot) else "hubspot"
    return case.take(winner, f"{LABELS[winner]} holds the greater value")


def _size(value: Scalar) -> tuple[Decimal, str]:
    """Order numbers by size and ISO dates by their text; one field never mixes the two."""
    try:
        return Decimal(value) if isinstance(value, int) else Decimal(str(value)), ""
    except InvalidOperation:
        return Decimal(0), str(value)


def _forward_only(case: Case) -> Decision:
    stages = case.field.stages
    for system, label in LABELS.items():
        if case.value(system) not in stages:
            return case.conflict(f"{label}'s stage {case.value(system)!r} is not in the mapping's stages: add it there")
    further: System = (
        "salesforce" if stages.index(str(case.salesforce)) > stages.index(str(case.hubspot)) else "hubspot"
    )
    return case.take(further, f"{LABELS[further]} is further on, and this field only moves forward")


def _by_phase(case: Case) -> Decision:
    phase, now = case.field.phase, case.circumstances.phase
    stages = case.field.stages
    if phase is None or (now is not None and now not in stages):
        return case.conflict(
            f"the phase {now!r} is not in the mapping's stages, so nobody owns the field: add it there"
        )
    reached = now is not None and stages.index(str(now)) >= stages.index(phase.start)
    owner = phase.after if reached else phase.before
    when = "from" if reached else "before"
    return _owned(case, owner, f"{LABELS[owner]} owns this field {when} {phase.field} {phase.start}")


RULES: Mapping[RuleName, Rule] = {
    "salesforce": _salesforce,
    "hubspot": _hubspot,
    "newest": _newest,
    "fill_blank": _fill_blank,
    "append": _append,
    "max": _max,
    "forward_only": _forward_only,
    "by_phase": _by_phase,
    "manual": _manual,
}
