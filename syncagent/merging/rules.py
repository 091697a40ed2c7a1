"""Ownership rules: what to do when both sides hold different values, one function per rule.

A rule sees a blank side only where the mapping says ``blank: overwrite`` and the blank was made on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from syncagent.domain.changes import Decision
from syncagent.domain.names import old_kanji
from syncagent.domain.records import Scalar, System
from syncagent.merging.cases import Case, other
from syncagent.merging.mapping import Phase, RuleName
from syncagent.merging.texts import minute
from syncagent.merging.transforms.multi_select import SEPARATOR, joined
from syncagent.merging.transforms.transform import LABELS

Rule: TypeAlias = Callable[[Case], Decision]


_OWNERS: Mapping[RuleName, System] = {"salesforce": "salesforce", "hubspot": "hubspot"}


def respelled(case: Case) -> Decision:
    """Decide for two spellings of one value: they stand, unless the owner has just changed the spelling of both.

    An old kanji never gives way to its modern form: 髙橋 is how that person writes the name.
    """
    owner = _owner(case)
    if owner is None:
        return case.leave("salesforce")
    mine, theirs = str(case.value(owner)), str(case.value(other(owner)))
    if theirs != case.base or old_kanji(mine) < old_kanji(theirs):
        return case.leave(owner)
    return case.take(owner, case.say("respelled", owner=LABELS[owner], why=_why(case, owner)))


def _owner(case: Case) -> System | None:
    """Name the side that owns the field; None where the rule gives it to neither."""
    return _phase_owner(case) if case.field.rule == "by_phase" else _OWNERS.get(case.field.rule)


def _phase_owner(case: Case) -> System | None:
    phase, now, stages = case.field.phase, case.circumstances.phase, case.field.stages
    if phase is None or (now is not None and now not in stages):
        return None
    return phase.after if _reached(case, phase) else phase.before


def _reached(case: Case, phase: Phase) -> bool:
    now, stages = case.circumstances.phase, case.field.stages
    return now is not None and stages.index(str(now)) >= stages.index(phase.start)


def _why(case: Case, owner: System) -> str:
    phase = case.field.phase
    if case.field.rule != "by_phase" or phase is None:
        return case.say("owns", owner=LABELS[owner])
    key = "owns_from" if _reached(case, phase) else "owns_before"
    return case.say(key, owner=LABELS[owner], field=phase.field, stage=phase.start)


def _owned(case: Case) -> Decision:
    """Take the owner's value; without an owner the phase is at fault, since the other two rules name one."""
    owner = _owner(case)
    if owner is None:
        return case.conflict(case.say("odd_phase", value=case.circumstances.phase))
    why = _why(case, owner)
    if case.edited == owner:
        return case.take(owner, case.say("owner_edit", owner=LABELS[owner], why=why))
    if case.edited is not None:
        return case.take(owner, case.say("taken_back", loser=LABELS[other(owner)], why=why))
    return case.take(owner, case.say("first_meeting" if case.first_meeting else "both_changed", why=why))


def _edited(case: Case) -> Decision | None:
    """Let the one edited side's value flow; None when both sides moved or never agreed."""
    edited = case.edited
    return None if edited is None else case.take(edited, case.say("one_edit", edited=LABELS[edited]))


def _manual(case: Case) -> Decision:
    return _edited(case) or case.conflict(case.say("manual_first" if case.first_meeting else "manual_both"))


def _newest(case: Case) -> Decision:
    flowing = _edited(case)
    if flowing is not None:
        return flowing
    instants = case.circumstances.changed_at
    salesforce, hubspot = instants.get("salesforce"), instants.get("hubspot")
    if salesforce is None and hubspot is None:
        return case.conflict(case.say("unknown_times"))
    if salesforce is None or hubspot is None:
        return case.conflict(case.say("unknown_time", system=LABELS["salesforce" if hubspot else "hubspot"]))
    if salesforce == hubspot:
        return case.conflict(case.say("same_instant"))
    winner: System = "salesforce" if salesforce > hubspot else "hubspot"
    at = minute(max(salesforce, hubspot), case.circumstances.zone)
    return case.take(winner, case.say("later", winner=LABELS[winner], at=at))


def _fill_blank(case: Case) -> Decision:
    return case.conflict(case.say("only_fills"))


def _append(case: Case) -> Decision:
    words = joined(f"{case.salesforce}{SEPARATOR}{case.hubspot}".split(SEPARATOR))
    return case.merge(words, case.say("joined"))


def _max(case: Case) -> Decision:
    winner: System = "salesforce" if _size(case.salesforce) > _size(case.hubspot) else "hubspot"
    return case.take(winner, case.say("greater", winner=LABELS[winner]))


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
            return case.conflict(case.say("odd_stage", system=label, value=case.value(system)))
    further: System = (
        "salesforce" if stages.index(str(case.salesforce)) > stages.index(str(case.hubspot)) else "hubspot"
    )
    return case.take(further, case.say("further", winner=LABELS[further]))


RULES: Mapping[RuleName, Rule] = {
    "salesforce": _owned,
    "hubspot": _owned,
    "newest": _newest,
    "fill_blank": _fill_blank,
    "append": _append,
    "max": _max,
    "forward_only": _forward_only,
    "by_phase": _owned,
    "manual": _manual,
}
