"""The campaign table: the worked chain on one line, levels, cohorts, and rows that are never dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncagent.attribution import (
    KINDS,
    CampaignResults,
    CampaignRow,
    Cost,
    Earning,
    Fact,
    Line,
    Linkage,
    Period,
    PlannedFigure,
    Policy,
    ResultRows,
    arrange,
    credit,
    find_models,
    read_earnings,
    tabulate_results,
)
from syncagent.domain.journeys import Deal, Touchpoint
from syncagent.domain.money import Money
from syncagent.errors import UsageError

DAY = date(2026, 4, 10)
APRIL = Period(date(2026, 4, 1), date(2026, 4, 30))


def yen(amount: int) -> Money:
    return Money(amount, "JPY")


WEBINAR = CampaignRow("webinar", "April webinar", "Webinar", category="Webinar")
CHAIN = ResultRows(
    facts=(
        Fact("X", "lead", DAY, ("webinar",)),
        Fact("X", "target_lead", DAY, ("webinar",)),
        Fact("M1", "meeting", DAY, ("webinar",)),
        Fact("M1", "valid_meeting", DAY, ("webinar",)),
        Fact("O1", "deal", DAY, ("webinar",)),
        Fact("O1", "won", DAY, ("webinar",), people=("X",)),
        Fact("A", "new_customer", DAY, ("webinar",)),
    ),
    earnings=(
        Earning("O1", "pipeline", DAY, "webinar", yen(1_200_000)),
        Earning("O1", "revenue", DAY, "webinar", yen(1_200_000)),
    ),
    costs=(
        Cost("webinar", DAY, "promotion", yen(200_000)),
        Cost("webinar", DAY, "outsourcing", yen(50_000)),
        Cost("webinar", DAY, "production", yen(30_000)),
    ),
    plans=(PlannedFigure("webinar", DAY, "lead", 20), PlannedFigure("webinar", DAY, "cost", 300_000)),
    campaigns=(WEBINAR,),
    margin=Fraction(2, 5),
)


def line(results: CampaignResults, key: str, level: str = "campaign") -> Line:
    return next(line for line in results.lines if (line.level, line.key) == (level, key))


def test_one_line_reads_the_whole_chain_from_webinar_to_profit() -> None:
    results = tabulate_results(CHAIN, APRIL)
    row = line(results, "webinar")
    assert row.label == "April webinar"
    assert row.sourced == {
        "lead": ("X",),
        "target_lead": ("X",),
        "meeting": ("M1",),
        "valid_meeting": ("M1",),
        "deal": ("O1",),
        "won": ("O1",),
        "new_customer": ("A",),
    }
    assert row.influenced == row.sourced
    assert (row.pipeline_minor, row.revenue_minor, row.cost_minor) == (1_200_000, 1_200_000, 280_000)
    assert [row.cpa, row.cac, row.cvr] == [280_000, 280_000, 1]
    assert row.cpc is None
    assert row.gross_profit == 480_000
    assert row.roi == Fraction(480, 280)
    assert row.sales_profit == 230_000
    assert row.revenue_needed == 700_000
    assert [(measure, row.actual(measure), planned) for measure, planned in row.plans.items()] == [
        ("lead", 1, 20),
        ("cost", 280_000, 300_000),
    ]
    assert (row.actual("pipeline"), row.actual("revenue")) == (1_200_000, 1_200_000)
    assert results.without_cost == ()
    assert results.linkage == Linkage(("O1",), ("O1",), ("O1",), ("O1",))


def test_the_three_levels_agree_and_production_is_subtracted_from_the_whole() -> None:
    results = tabulate_results(replace(CHAIN, sales_cost_minor=20_000), APRIL)
    assert [(row.level, row.key) for row in results.lines] == [
        ("all", ""),
        ("category", "Webinar"),
        ("campaign", "webinar"),
    ]
    whole = results.lines[0]
    assert whole.sales_profit == 200_000
    assert whole.cac == 300_000
    assert line(results, "Webinar", "category").sales_profit == 230_000


def test_a_large_exhibition_returns_a_quarter_more_than_it_cost() -> None:
    exhibition = Line(
        "campaign", "c", "c", revenue_minor=25_000_000, costs={"promotion": 8_000_000}, margin=Fraction(2, 5)
    )
    assert exhibition.roi == Fraction(125, 100)


@pytest.mark.parametrize(("margin", "needed"), [(Fraction(30, 100), 1_000_000), (Fraction(6, 100), 5_000_000)])
def test_revenue_that_pays_for_a_cost(margin: Fraction, needed: int) -> None:
    assert Line("campaign", "c", "c", costs={"promotion": 300_000}, margin=margin).revenue_needed == needed


def test_ratios_without_their_inputs_have_no_value() -> None:
    row = Line("campaign", "c", "c", revenue_minor=10)
    assert (row.cost_minor, row.cpa, row.cac, row.roi, row.gross_profit, row.sales_profit, row.cvr) == (None,) * 7
    free = Line("campaign", "c", "c", revenue_minor=10, costs={"promotion": 0}, margin=Fraction(1, 2))
    assert free.roi is None
    assert [free.cost_minor, free.revenue_needed] == [0, 0]
    assert free.actual("cost") == 0
    assert {row.actual(kind) for kind in KINDS} == {0}
    with pytest.raises(KeyError):
        row.actual("clicks")


def test_nothing_is_dropped_that_lacks_a_campaign_or_a_cost() -> None:
    rows = ResultRows(
        facts=(
            Fact("X", "lead", DAY, ("mail", "webinar")),
            Fact("Y", "lead", DAY, ("webinar",)),
            Fact("O2", "won", DAY),
            Fact("O3", "won", DAY, ("gone",), people=("Z",)),
        ),
        earnings=(Earning("O2", "revenue", DAY, "", yen(70)), Earning("O3", "revenue", DAY, "gone", yen(30))),
        costs=(Cost("", DAY, "tools", yen(9)), Cost("idle", DAY, "promotion", yen(5))),
        plans=(PlannedFigure("", DAY, "lead", 4),),
        campaigns=(WEBINAR, CampaignRow("mail", "Newsletter"), CampaignRow("idle", "Idle", category="Mail")),
    )
    results = tabulate_results(rows, APRIL)
    assert [(row.key, row.label, row.revenue_minor, row.cost_minor) for row in results.lines] == [
        ("", "", 100, 14),
        ("(no category)", "(no category)", 30, None),
        ("Mail", "Mail", 0, 5),
        ("Webinar", "Webinar", 0, None),
        ("(no campaign)", "(no campaign)", 70, None),
        ("(cost without campaign)", "(cost without campaign)", 0, 9),
        ("gone", "gone (deleted)", 30, None),
        ("idle", "Idle", 0, 5),
        ("mail", "Newsletter", 0, None),
        ("webinar", "April webinar", 0, None),
        ("(no campaign)", "(no campaign)", 70, None),
        ("(cost without campaign)", "(cost without campaign)", 0, 9),
    ]
    assert line(results, "webinar").sourced == {"lead": ("Y",)}
    assert line(results, "webinar").influenced == {"lead": ("X", "Y")}
    assert line(results, "", "all").influenced["lead"] == ("X", "Y")
    assert line(results, "(no campaign)").sourced == {"won": ("O2",)}
    assert line(results, "(no campaign)").plans == {"lead": 4}
    assert results.without_cost == ("gone", "mail", "webinar")
    assert results.linkage == Linkage(won=("O2", "O3"), with_campaign=("O3",), with_person=("O3",), with_cost=())


def test_a_period_counts_what_happened_in_it_and_a_cohort_what_became_of_its_leads() -> None:
    later = DAY + timedelta(days=60)
    rows = ResultRows(
        facts=(
            Fact("X", "lead", DAY, ("webinar",), cohort_day=DAY),
            Fact("M1", "meeting", later, ("webinar",), cohort_day=DAY),
            Fact("M2", "meeting", DAY, ("webinar",)),
        ),
        earnings=(
            Earning("O1", "revenue", later, "webinar", yen(10), cohort_day=DAY),
            Earning("O2", "revenue", DAY, "webinar", yen(3), cohort_day=DAY - timedelta(days=60)),
        ),
        costs=(Cost("webinar", DAY, "promotion", yen(5)), Cost("webinar", later, "promotion", yen(50))),
        plans=(PlannedFigure("webinar", later, "lead", 4),),
        campaigns=(WEBINAR,),
    )
    by_period = line(tabulate_results(rows, APRIL), "webinar")
    by_cohort = line(tabulate_results(rows, replace(APRIL, cohort=True)), "webinar")
    assert (by_period.sourced["meeting"], by_period.revenue_minor, by_period.cost_minor) == (("M2",), 3, 5)
    assert (by_cohort.sourced["meeting"], by_cohort.revenue_minor, by_cohort.cost_minor) == (("M1",), 10, 5)
    assert by_period.plans == {}


@pytest.mark.parametrize(("day", "inside"), [("03-31", False), ("04-01", True), ("04-30", True), ("05-01", False)])
def test_a_period_includes_its_first_and_last_day(day: str, inside: bool) -> None:
    assert APRIL.holds(date.fromisoformat(f"2026-{day}")) is inside


def test_an_empty_table_is_one_line_of_nothing() -> None:
    results = tabulate_results(ResultRows(), APRIL)
    assert [(row.level, row.revenue_minor, row.cost_minor) for row in results.lines] == [("all", 0, None)]


def test_several_currencies_are_refused_before_anything_is_added() -> None:
    rows = replace(CHAIN, costs=(Cost("webinar", DAY, "promotion", Money(5, "USD")),))
    with pytest.raises(UsageError, match="these rows have JPY, USD; nothing was added up"):
        tabulate_results(rows, APRIL)


def test_earnings_are_read_from_one_model_with_the_unattributed_rest() -> None:
    close = datetime(2026, 4, 10, tzinfo=UTC)
    touches = [
        Touchpoint("T1", close - timedelta(days=2), "webinar", person="X"),
        Touchpoint("T2", close - timedelta(days=1), "mail", person="Y"),
    ]
    policy = Policy(ZoneInfo("Asia/Tokyo"))
    journeys = [
        arrange(Deal("O1", yen(100), None, close, close), touches, policy),
        arrange(Deal("O2", yen(7), None, close, close), [], policy),
    ]
    result = credit(journeys, find_models(["first_touch", "linear"]))
    cohorts = {"X": DAY}
    assert read_earnings(result, "first_touch", "revenue", lambda _: DAY) == [
        Earning("O1", "revenue", DAY, "webinar", yen(100)),
        Earning("O2", "revenue", DAY, "", yen(7)),
    ]
    assert read_earnings(result, "linear", "pipeline", lambda _: DAY, cohorts.get) == [
        Earning("O1", "pipeline", DAY, "webinar", yen(50), DAY),
        Earning("O1", "pipeline", DAY, "mail", yen(50)),
        Earning("O2", "pipeline", DAY, "", yen(7)),
    ]


facts = st.builds(
    Fact,
    record=st.sampled_from("ABCDEF"),
    kind=st.just("lead"),
    day=st.just(DAY),
    campaigns=st.lists(st.sampled_from(["webinar", "mail", "gone"]), unique=True, max_size=3).map(tuple),
)
earnings = st.builds(
    Earning,
    deal=st.just("O1"),
    measure=st.sampled_from(["pipeline", "revenue"]),
    day=st.just(DAY),
    campaign=st.sampled_from(["", "webinar", "mail", "gone"]),
    amount=st.integers(-1000, 1000).map(yen),
)
costs = st.builds(
    Cost,
    campaign=st.sampled_from(["", "webinar", "idle"]),
    day=st.just(DAY),
    cost_class=st.sampled_from(["promotion", "tools"]),
    amount=st.integers(0, 1000).map(yen),
)


@given(st.lists(facts, unique_by=lambda fact: fact.record), st.lists(earnings), st.lists(costs))
def test_lines_of_one_level_add_up_to_the_whole(found: list[Fact], earned: list[Earning], spent: list[Cost]) -> None:
    rows = ResultRows(tuple(found), tuple(earned), tuple(spent), campaigns=(WEBINAR,), margin=Fraction(1, 3))
    results = tabulate_results(rows, APRIL)
    whole = results.lines[0]
    for level in ("category", "campaign"):
        lines = [row for row in results.lines if row.level == level]
        assert sum(row.count("lead") for row in lines) == whole.count("lead") == len(found)
        assert sum(row.pipeline_minor for row in lines) == whole.pipeline_minor
        assert sum(row.revenue_minor for row in lines) == whole.revenue_minor
        assert sum(row.cost_minor or 0 for row in lines) == (whole.cost_minor or 0)
        assert sum(row.gross_profit or 0 for row in lines) == whole.gross_profit
        tools = sum(row.costs.get("tools", 0) for row in lines)
        assert sum(row.sales_profit or 0 for row in lines) - tools == whole.sales_profit
