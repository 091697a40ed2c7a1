"""The edge cases of the models, as people review them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from syncagent.attribution import Model, Policy, arrange, credit, custom_model, find_model
from syncagent.attribution.models.timing import TimeDecay
from syncagent.attribution.paths import Ties
from syncagent.domain.journeys import Deal, Touchpoint
from syncagent.domain.money import Money
from syncagent.errors import UsageError

FILE = Path(__file__).parents[1] / "cases" / "attribution" / "models.yaml"
ZERO = datetime(2025, 12, 31, tzinfo=UTC)


class ModelCase(TypedDict, total=False):
    name: str
    touches: list[int | str]
    models: list[str]
    custom: dict[str, str]
    amount: int
    lead: int | None
    ties: Ties
    weights: list[str]
    credits: list[int]
    reason: str


CASES: list[ModelCase] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))


def read_touch(index: int, text: int | str) -> Touchpoint:
    day, _, channel = str(text).partition(" ")
    return Touchpoint(f"T{index}", ZERO + timedelta(days=int(day)), f"C{index}", channel or "Email")


def models_of(case: ModelCase) -> list[Model]:
    if "custom" in case:
        return [custom_model("ours", {role: Fraction(weight) for role, weight in case["custom"].items()})]
    return [find_model(name) for name in case["models"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: ModelCase) -> None:
    lead = case.get("lead", 10)
    deal = Deal(
        "O1",
        Money(case.get("amount", 1000), "JPY"),
        None if lead is None else ZERO + timedelta(days=lead),
        ZERO + timedelta(days=20),
        ZERO + timedelta(days=30),
    )
    journey = arrange(
        deal, [read_touch(index, text) for index, text in enumerate(case["touches"])], Policy(ZoneInfo("Asia/Tokyo"))
    )
    for model in models_of(case):
        result = credit([journey], [model], ties=case.get("ties", "order"))
        assert result.conserved
        assert [gap.reason for gap in result.unattributed] == ([case["reason"]] if "reason" in case else [])
        if "weights" in case:
            assert [row.weight for row in result.credits] == [Fraction(weight) for weight in case["weights"]], (
                model.name
            )
        if "credits" in case:
            assert [row.amount.amount_minor for row in result.credits] == case["credits"], model.name


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"XX": "1/2"}, "'XX' is no role"),
        ({"0th": "1/2"}, "'0th' is no role"),
        ({"FT": "-1/10"}, "the weight of FT is -0.1"),
        ({"FT": "0.6", "CW": "0.5"}, "the weights sum to 1.1"),
    ],
)
def test_wrong_custom_weights_are_refused_in_words(weights: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        custom_model("ours", {role: Fraction(weight) for role, weight in weights.items()})


@pytest.mark.parametrize("name", ["linear", "time_decay_14d"])
def test_a_custom_model_may_not_take_a_standard_name(name: str) -> None:
    with pytest.raises(ValueError, match="standard model"):
        custom_model(name, {})


def test_a_custom_model_says_its_rule() -> None:
    model = custom_model("ours", {"FT": Fraction(1, 2), "2nd": Fraction(1, 4)})
    assert model.rule == "50 % first touch, 25 % 2nd, the rest over the others"
    assert custom_model("flat", {}).rule == "nothing to milestones, the rest over the others"


def test_an_unknown_model_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no attribution model 'markov2'\. Models: first_touch, .*, time_decay_<N>d"):
        find_model("markov2")


def test_a_half_life_under_an_hour_is_refused() -> None:
    with pytest.raises(ValueError, match="use last_touch"):
        TimeDecay(3_599_999_999)
