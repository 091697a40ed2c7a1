"""Write-back: what a deal's fields are to say, differences alone, and the file that names the fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from syncagent.attribution import Policy, arrange, credit, find_models
from syncagent.attribution.write_back import TEXT_MAX, Worth, WriteBack, propose_values, value_deals
from syncagent.attribution.write_back_file import attribution_schema, load_write_back, refuse_shared_fields
from syncagent.domain.journeys import Deal, Touchpoint
from syncagent.domain.money import Money
from syncagent.domain.records import Record, RecordRef, Scalar
from syncagent.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
CLOSE = datetime(2026, 4, 10, tzinfo=UTC)
DEAL = RecordRef("salesforce", "Opportunity", "O1")
CONTENT: Mapping[str, Any] = YAML(typ="safe").load(ROOT / "tests" / "cases" / "attribution" / "write-back.yaml")
MISTAKES = YAML(typ="safe").load(ROOT / "tests" / "cases" / "attribution" / "write-back-files.yaml")["cases"]
RULE = WriteBack("linear", {"salesforce": {"campaign": "C__c", "amount": "A__c", "hash": "H__c"}})


def value(
    touches: list[str],
    model: str = "linear",
    amount: int = 100,
    currency: str = "JPY",
    labels: Mapping[str, str] | None = None,
) -> Worth:
    found = [
        Touchpoint(f"T{place}", CLOSE - timedelta(days=30 - place), campaign, person="X")
        for place, campaign in enumerate(touches)
    ]
    deal = Deal("O1", Money(amount, currency), None, CLOSE, CLOSE)
    journey = arrange(deal, found, Policy(ZoneInfo("Asia/Tokyo")))
    return value_deals(credit([journey], find_models([model])), model, labels or {})["O1"]


@pytest.mark.parametrize("case", CONTENT["cases"], ids=lambda case: case["case"])
def test_what_the_fields_of_a_deal_are_to_say(case: Mapping[str, Any]) -> None:
    told = value(case["touches"], case["model"], case["amount"], case.get("currency", "JPY"), CONTENT["labels"])
    assert {name: told[name] for name in case["expect"]} == case["expect"]
    assert told["model"] == case["model"]
    assert re.fullmatch(r"[0-9a-f]{16}", told["hash"])


def test_the_hash_tells_credits_apart_and_names_do_not_matter_to_it() -> None:
    assert value(["web"])["hash"] == value(["web"], labels={"web": "Webinar"})["hash"]
    others = [value(["web", "fair"]), value(["fair"]), value(["web"], amount=99), value(["web"], currency="USD")]
    assert len({told["hash"] for told in [value(["web"]), *others]}) == 5


def test_each_model_has_its_own_say() -> None:
    deal = Deal("O1", Money(100, "JPY"), None, CLOSE, CLOSE)
    touches = [Touchpoint(name, CLOSE - timedelta(days=9 - place), name) for place, name in enumerate("ab")]
    both = credit([arrange(deal, touches, Policy(ZoneInfo("Asia/Tokyo")))], find_models(["first_touch", "last_touch"]))
    assert [value_deals(both, model, {})["O1"]["campaign"] for model in ("first_touch", "last_touch")] == ["a", "b"]


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=12), st.integers(1, 80))
def test_texts_fit_their_fields_and_percentages_sum_to_a_hundred(touches: list[str], width: int) -> None:
    labels = {key: key * width for key in "abcdefgh"}
    told = value(touches, labels=labels)
    assert len(told["shares"]) <= TEXT_MAX
    shown = [part.rsplit(" ", 1)[1] for part in told["shares"].split("; ") if part.endswith("%")]
    total = sum(round(float(part.rstrip("%")) * 100) for part in shown)
    if "; +" in told["shares"]:
        assert total < 10_000
        assert int(told["shares"].rsplit("+", 1)[1]) == len(set(touches)) - len(shown)
    else:
        assert total == 10_000


def test_a_name_longer_than_the_field_is_cut() -> None:
    told = value(["web"], labels={"web": "x" * 300})
    assert (len(told["campaign"]), told["campaign"][-2:]) == (TEXT_MAX, "x…")
    assert len(told["shares"]) == TEXT_MAX


def record(**fields: Scalar) -> Record:
    return Record(DEAL, fields, CLOSE, CLOSE)


def proposed(fields: Mapping[str, Scalar], worth: Worth | None) -> dict[str | None, Scalar]:
    changes = propose_values(RULE, record(**fields), worth, owner="U1", rule_text="the same to every touch")
    return {change.field: change.after for change in changes if isinstance(change.after, str | None)}


WORTH: Worth = {"campaign": "Web", "shares": "Web 100.00%", "amount": "1200000", "model": "linear", "hash": "ff"}
SAID: Mapping[str, Scalar] = {"C__c": "Web", "A__c": "1200000.00", "H__c": "ff"}
BLANK: Mapping[str, Scalar] = {"C__c": None, "A__c": "", "H__c": None}


@pytest.mark.parametrize(
    ("fields", "worth", "changes"),
    [
        (SAID, WORTH, {}),
        (BLANK, WORTH, {"C__c": "Web", "A__c": "1200000", "H__c": "ff"}),
        (dict(SAID, C__c="Mail"), WORTH, {"C__c": "Web"}),
        ({"C__c": None}, WORTH, {"C__c": "Web"}),
        ({}, WORTH, {}),
        (BLANK, None, {}),
        (SAID, None, {"C__c": None, "A__c": None, "H__c": None}),
        (dict(SAID, C__c="Web"), {**WORTH, "campaign": ""}, {"C__c": None}),
    ],
)
def test_only_differences_in_fields_the_org_has_are_proposed(
    fields: Mapping[str, Scalar], worth: Worth | None, changes: Mapping[str, Scalar]
) -> None:
    assert proposed(fields, worth) == changes


def test_a_change_says_which_model_asks_for_it() -> None:
    (change, *_rest) = propose_values(RULE, record(**BLANK), WORTH, owner="U1", rule_text="the same to every touch")
    assert (change.origin, change.reason) == ("attribution:linear", "linear: the same to every touch")
    assert (change.owner, change.money) == ("U1", None)
    assert [fact.text for fact in change.evidence] == ["linear: Web 100.00%"]


def test_a_system_without_fields_gets_no_change() -> None:
    deal = Record(RecordRef("hubspot", "deals", "1"), {"C__c": "x"}, CLOSE, CLOSE)
    assert list(propose_values(RULE, deal, WORTH, owner=None, rule_text="")) == []
    assert (RULE.names("salesforce"), RULE.names("hubspot")) == (("A__c", "C__c", "H__c"), ())


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case["case"])
def test_a_mistake_in_the_file_is_told_with_its_place(case: Mapping[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_write_back(case["text"], "deal.yaml")
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) == len(case["problems"])
    for said, wanted in zip(told, case["problems"], strict=True):
        assert said.startswith(f"deal.yaml:{wanted}")


def test_the_shipped_file_names_a_field_in_both_systems_for_each_value() -> None:
    path = ROOT / "mappings" / "attribution" / "deal.yaml"
    name, rules = load_write_back(path.read_bytes(), str(path))
    assert (name, [rule.model for rule in rules]) == ("deal", ["first_touch", "u_shaped"])
    for rule in rules:
        assert rule.fields["salesforce"].keys() == rule.fields["hubspot"].keys()
    assert set(attribution_schema()["properties"]) == {"version", "attribution", "write"}  # type: ignore[call-overload]  # a JSON object


def test_two_files_may_not_write_one_field() -> None:
    other = WriteBack("first_touch", {"salesforce": {"campaign": "C__c"}, "hubspot": {"campaign": "c"}})
    (problem,) = refuse_shared_fields([("a.yaml", (RULE,)), ("b.yaml", (other,))])
    assert str(problem) == "b.yaml:1:1: C__c is already written by a.yaml"
