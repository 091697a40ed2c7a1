from __future__ import annotations

from datetime import datetime
from typing import Literal

import pytest
from pydantic import Field

from syncagent.merging import NEVER_AGREED, Circumstances, MappedField, decide
from syncagent.merging.mapping import Phase, RuleName
from syncagent.merging.rules import RULES
from syncagent.merging.texts import Language
from tests.merging.reading import TOKYO, Plain, Row, cases


class Situation(Row):
    name: str
    rule: RuleName
    transform: str = "text"
    spelling: Literal["keep", "follow"] = "keep"
    blank: Literal["keep", "overwrite"] = "keep"
    language: Language = "en"
    base: Plain
    hubspot: Plain
    salesforce: Plain
    phase: Plain = None
    changed: dict[Literal["salesforce", "hubspot"], str] = Field(default_factory=dict)
    takes: str
    chosen: Plain = None
    reason: str = ""


SITUATIONS = cases("merging/threeway.yaml", Situation)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_a_situation_is_decided(situation: Situation) -> None:
    field = MappedField(
        name="value",
        salesforce={"Lead": "Value__c"},
        hubspot={"contacts": "value"},
        rule=situation.rule,
        transform=situation.transform,
        keep_spelling=situation.spelling == "keep",
        overwrite_with_blank=situation.blank == "overwrite",
        stages=("lead", "mql", "sql"),
        phase=Phase("stage", "mql", "hubspot", "salesforce"),
    )
    base = NEVER_AGREED if situation.base == "never" else situation.base
    instants = {system: datetime.fromisoformat(text) for system, text in situation.changed.items()}
    context = Circumstances(instants, situation.phase, situation.language, TOKYO)
    decision = decide(field, base, situation.hubspot, situation.salesforce, context=context)
    assert (decision.side, decision.chosen) == (situation.takes, situation.chosen)
    assert situation.reason in {"", decision.reason}
    assert decision.reason
    assert (decision.field, decision.rule) == ("value", situation.rule)
    assert decision.base == (None if base is NEVER_AGREED else base)
    assert (decision.hubspot, decision.salesforce) == (situation.hubspot, situation.salesforce)


def test_every_rule_has_cases() -> None:
    assert {situation.rule for situation in SITUATIONS} == set(RULES)


def test_a_phase_rule_without_a_phase_decides_nothing() -> None:
    field = MappedField("value", {"Lead": "V"}, {"contacts": "v"}, "by_phase")
    assert decide(field, "old", "h", "s", context=Circumstances()).side == "conflict"
