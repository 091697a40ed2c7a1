"""The campaign results in words: golden text in both languages, one JSON form, a page that holds no script."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import orjson
import pytest

from syncagent.attribution import (
    MODELS,
    CampaignReport,
    CampaignRow,
    Cost,
    Earning,
    Fact,
    Period,
    PlannedFigure,
    ResultRows,
    tabulate_results,
)
from syncagent.domain.money import Money
from syncagent.rendering.campaigns import campaigns_html, campaigns_json, campaigns_text, half_up
from syncagent.rendering.models import say_rule
from syncagent.rendering.words import Language

GOLDEN = Path(__file__).parents[1] / "golden" / "files"
DAY, PERIOD = date(2026, 4, 10), Period(date(2026, 4, 1), date(2026, 4, 30))
ROWS = ResultRows(
    facts=(
        Fact("X", "lead", DAY, ("web",)),
        Fact("Y", "lead", DAY, ("fair", "web")),
        Fact("M1", "meeting", DAY, ("web",)),
        Fact("M1", "valid_meeting", DAY, ("web",)),
        Fact("O1", "deal", DAY, ("web",)),
        Fact("O1", "won", DAY, ("web",), people=("X",)),
        *(Fact(f"O{number}", "won", DAY) for number in range(10, 24)),
    ),
    earnings=(
        Earning("O1", "pipeline", DAY, "web", Money(1_200_000, "JPY")),
        Earning("O1", "revenue", DAY, "web", Money(1_200_000, "JPY")),
        Earning("O10", "revenue", DAY, "", Money(300, "JPY")),
    ),
    costs=(Cost("web", DAY, "promotion", Money(250_001, "JPY")), Cost("", DAY, "tools", Money(9_000, "JPY"))),
    plans=(PlannedFigure("web", DAY, "cost", 300_000),),
    campaigns=(
        CampaignRow("web", "<b>4月ウェビナー", category="ウェビナー"),
        CampaignRow("fair", "春の展示会", category="展示会"),
    ),
    margin=Fraction(2, 5),
)
REPORT = CampaignReport(
    org="kumo",
    results=tabulate_results(ROWS, PERIOD),
    period=PERIOD,
    as_of=datetime(2026, 4, 30, 3, tzinfo=UTC),
    zone="Asia/Tokyo",
    currency="JPY",
    model="u_shaped",
    rule=MODELS["u_shaped"].rule,
    lookback_days=365,
    missing=("targets", "clicks"),
    left_out={"USD": 2},
    names={"O1": "雲商事 案件1"},
)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_text_is_the_golden_one(lang: Language) -> None:
    file, text = GOLDEN / f"campaigns-{lang}.txt", campaigns_text(REPORT, lang)
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text


def test_one_level_alone_and_a_cohort_say_so() -> None:
    cohort = replace(REPORT, period=replace(PERIOD, cohort=True), missing=())
    text = campaigns_text(cohort, "en", "category")
    assert "By cohort" in text
    assert "By category" in text
    assert "By campaign" not in text
    assert "Inputs nobody connected" not in text


def test_the_page_escapes_names_and_holds_no_script() -> None:
    page = campaigns_html(REPORT, "ja")
    assert "&lt;b&gt;4月ウェビナー" in page
    assert "<b>4月" not in page
    assert "<script" not in page
    assert "雲商事 案件1 (O1)" in page


def test_the_json_leaves_out_what_has_no_input_and_is_exact() -> None:
    document = orjson.loads(campaigns_json(REPORT))
    (web,) = [line for line in document["lines"] if line["key"] == "web"]
    assert web["cpa"] == "250001"
    assert web["roi"] == str(Fraction(480_000, 250_001))
    assert web["plans"] == {"cost": {"plan": 300_000, "actual": 250_001}}
    assert "target_lead" not in web["sourced"]
    assert document["left_out"] == {"USD": 2}
    assert [line["level"] for line in orjson.loads(campaigns_json(REPORT, "all"))["lines"]] == ["all"]


def test_many_records_are_counted_where_they_are_not_listed() -> None:
    facts = tuple(Fact(f"O{number:02}", "deal", DAY, ("web",)) for number in range(45))
    many = replace(REPORT, results=tabulate_results(replace(ROWS, facts=facts), PERIOD))
    assert "and 5 more" in campaigns_html(many, "en")


@pytest.mark.parametrize(("value", "rounded"), [("1/2", 1), ("-1/2", -1), ("7/3", 2), ("-7/3", -2), ("0", 0)])
def test_shown_money_is_rounded_half_up(value: str, rounded: int) -> None:
    assert half_up(Fraction(value)) == rounded


def test_every_model_has_its_rule_in_words() -> None:
    for name, model in MODELS.items():
        assert say_rule(name, "en") == model.rule
        assert say_rule(name, "ja") != model.rule
    assert say_rule("time_decay", "en") == "a touch loses half its share every 7 days"
    assert say_rule("time_decay_30d", "ja") == "30日ごとに配分が半減"
