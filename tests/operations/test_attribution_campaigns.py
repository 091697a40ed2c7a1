"""Campaign results from the mirror: the worked chain on one line, and what is missing said as such."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from syncagent.attribution import MODELS, CampaignInputs, CampaignReport, Cost, Line, PlannedFigure
from syncagent.domain.money import Money
from syncagent.domain.records import RecordRef
from syncagent.errors import UsageError
from syncagent.interfaces.commands.reading import MODELS_HELP
from syncagent.operations.campaigns import campaign_results
from syncagent.sandbox import Sandbox
from syncagent.store import mirror
from tests.installation import DEAL_MAPPING, Agent, install, opportunity_id
from tests.operations.campaign_company import (
    COMPANY_A,
    COST,
    EXHIBITION,
    LOOSE,
    PERSON_X,
    QUIET,
    WEBINAR,
    WON,
    make_campaign_company,
)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    with Sandbox(make_campaign_company(fields=False)) as box:
        agent = install(tmp_path_factory.mktemp("agent") / "config", box, mappings={"deal": DEAL_MAPPING})
        agent.do("pull")
        yield agent


def report(agent: Agent, inputs: CampaignInputs | None = None, *, model: str = "linear") -> CampaignReport:
    with agent.installation() as installation:
        return campaign_results(installation, installation.clock(), model=model, inputs=inputs or CampaignInputs())


def line(made: CampaignReport, key: str, level: str = "campaign") -> Line:
    return next(row for row in made.results.lines if (row.level, row.key) == (level, key))


def test_one_line_reads_the_whole_chain_from_the_webinar_to_its_cost(agent: Agent) -> None:
    made = report(agent, CampaignInputs(margin=Fraction(2, 5), sales_cost_minor=0))
    row = line(made, WEBINAR)
    assert row.label == "11月ウェビナー"
    assert PERSON_X in row.sourced["lead"]
    assert len(row.sourced["meeting"]) == len(row.sourced["valid_meeting"]) == 1
    assert opportunity_id(WON) in row.sourced["deal"]
    assert row.sourced["won"] == (opportunity_id(WON),)
    assert row.sourced["new_customer"] == (COMPANY_A,)
    assert row.revenue_minor == 1_200_000
    assert row.pipeline_minor == 1_200_000 + 600_000 + 800_000  # the open deals: one of two touches, two of three
    assert row.costs == {"promotion": COST}
    assert [row.cac, row.roi] == [COST, Fraction(480_000, COST)]
    assert row.plans == {"cost": 300_000}


def test_campaigns_without_cost_and_deals_without_campaign_have_their_rows(agent: Agent) -> None:
    made = report(agent)
    assert made.results.without_cost == (EXHIBITION,)
    assert line(made, EXHIBITION).cost_minor is None
    assert line(made, QUIET).cost_minor == 40_000
    loose = line(made, "(no campaign)")
    assert loose.sourced["won"] == (opportunity_id(LOOSE),)
    assert loose.revenue_minor == 1_200_000
    linkage = made.results.linkage
    assert linkage.won == (opportunity_id(WON), opportunity_id(LOOSE))
    assert linkage.with_campaign == linkage.with_person == linkage.with_cost == (opportunity_id(WON),)


def test_costs_by_class_and_plans_take_the_place_of_what_campaigns_hold(agent: Agent) -> None:
    day = date(2026, 10, 1)
    costs = (
        Cost(WEBINAR, day, "outsourcing", Money(7, "JPY")),
        Cost("", day, "tools", Money(5, "JPY")),
    )
    inputs = CampaignInputs(
        costs=costs,
        plans=(PlannedFigure(WEBINAR, day, "lead", 20),),
        clicks=(("k1", WEBINAR, day), ("k2", WEBINAR, day)),
        targets=frozenset({PERSON_X}),
    )
    made = report(agent, inputs)
    assert line(made, WEBINAR).costs == {"outsourcing": 7}
    assert line(made, WEBINAR).plans == {"lead": 20, "cost": 300_000}
    assert line(made, WEBINAR).cpc == Fraction(7, 2)
    assert line(made, WEBINAR).sourced["target_lead"] == (PERSON_X,)
    assert line(made, "(cost without campaign)").costs == {"tools": 5}
    assert made.missing == ("margin", "sales_cost")


def test_a_period_that_ends_before_it_begins_is_refused(agent: Agent) -> None:
    with agent.installation() as installation, pytest.raises(UsageError, match="2027-01-01 is after the end"):
        campaign_results(installation, installation.clock(), since=date(2027, 1, 1))


def test_money_in_another_currency_is_counted_and_left_out_of_the_sums(tmp_path: Path) -> None:
    with Sandbox(make_campaign_company(fields=False)) as box:
        agent = install(tmp_path / "config", box, mappings={"deal": DEAL_MAPPING})
        agent.do("pull")
    with agent.installation() as installation, installation.store.write() as tx:
        foreign = [("Opportunity", opportunity_id(LOOSE)), ("Campaign", QUIET)]
        found = [mirror.record(tx, RecordRef("salesforce", name, one)) for name, one in foreign]
        dollars = [replace(one, fields={**one.fields, "CurrencyIsoCode": "USD"}) for one in found if one]
        mirror.upsert_records(tx, dollars, set())
    made = report(agent)
    assert made.left_out == {"USD": 2}
    assert line(made, "(no campaign)").sourced["won"] == (opportunity_id(LOOSE),)
    assert line(made, "(no campaign)").revenue_minor == 0
    assert line(made, "", "all").revenue_minor == 1_200_000


def test_the_command_renders_each_form_in_both_languages(agent: Agent) -> None:
    document = agent.do("report", "campaigns", "--format", "json", "--model", "first_touch").json()
    assert (document["model"], document["lookback_days"], document["currency"]) == ("first_touch", 365, "JPY")
    (row,) = [each for each in document["lines"] if each["key"] == WEBINAR]
    assert (row["revenue_minor"], row["roi"], row["costs"]) == (1_200_000, None, {"promotion": COST})
    assert "target_lead" not in row["sourced"]
    assert {item["input"] for item in document["missing_inputs"]} >= {"targets", "margin"}
    english = agent.do("report", "campaigns", "--level", "campaign", "--lang", "en").out
    japanese = agent.do("report", "campaigns", "--lang", "ja").out
    assert "Target no input" in english
    assert "ターゲット 未接続" in japanese
    assert "All campaigns" not in english
    assert "Leads 0" not in english.split("11月ウェビナー")[1].split("\n")[1]
    page = agent.do("report", "campaigns", "--format", "html", "--since", "2026-01-01", "--as-of", "2026-11-15").out
    assert "11月ウェビナー" in page
    assert "2026-01-01" in page
    assert "http" not in page.replace("http-equiv", "")
    cohort = agent.do("report", "campaigns", "--cohort", "--lang", "en").out
    assert "By cohort" in cohort


def test_a_model_that_does_not_exist_is_refused_with_the_legal_names(agent: Agent) -> None:
    said = agent.call("report", "campaigns", "--model", "lineal")
    assert said.code == 2
    assert "u_shaped" in said.err


def test_the_help_of_model_lists_every_model() -> None:
    assert [name for name in MODELS if name not in MODELS_HELP] == []


def test_a_summary_names_each_model_with_its_rule_and_how_far_back_it_looks(agent: Agent) -> None:
    text = agent.do("attribution", "--lang", "en").out
    assert "u_shaped (JPY): 40 % first touch, 40 % lead creation, 20 % over the others; look-back 365 days" in text
    assert "time_decay_30d (JPY): a touch loses half its share every 30 days" in text
