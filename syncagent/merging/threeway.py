"""The three-way decision: what one field of two linked records should be, in one table.

    sides            base               who decides
    equal            any                nobody: both hold the same, the base moves there
    one blank        none or blank      the filled side: a value that was never there is filled in
    one blank        a value            the filled side, unless the mapping says ``blank: overwrite``
    two spellings    any                nobody, unless the field's owner changed the spelling both sides had
    different        any                the field's rule (:mod:`syncagent.merging.rules`)

With a base, a rule knows which side was edited; without one (the first meeting) or when both were, it must choose.
"""

from __future__ import annotations

from syncagent.domain.changes import Decision
from syncagent.domain.records import Scalar
from syncagent.merging.cases import Base, Case, Circumstances, other
from syncagent.merging.mapping import MappedField
from syncagent.merging.rules import RULES, respelled
from syncagent.merging.transforms.transform import LABELS


def decide(field: MappedField, base: Base, hubspot: Scalar, salesforce: Scalar, *, context: Circumstances) -> Decision:
    """Decide one field from canonical values; ``base`` is NEVER_AGREED or the value both sides last agreed on."""
    case = Case(field, base, hubspot, salesforce, context)
    if hubspot == salesforce:
        return case.agree()
    blank = case.cleared
    if blank is not None and not case.deliberate:
        return case.take(other(blank), case.say("filled", blank=LABELS[blank], filled=LABELS[other(blank)]))
    if blank is not None and not field.overwrite_with_blank:
        return case.take(other(blank), case.say("put_back", blank=LABELS[blank], filled=LABELS[other(blank)]))
    if case.alike(salesforce, hubspot):
        return respelled(case)
    return RULES[field.rule](case)
