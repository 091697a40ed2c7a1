"""Derived columns: the SQL against its reference in plain Python, and what must never count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncagent.domain.records import Scalar
from syncagent.domain.time import day_number
from syncagent.hygiene import VIEWS, Policy
from syncagent.hygiene.measures_python import Activity, ActivityKind, measure
from syncagent.language.conditions import Constant, Same
from tests.hygiene.conftest import DAY_US, Ask, Row, activity_rows, shipped

DAY = date(2026, 11, 16)
TODAY = day_number(DAY)
DEAL, LEAD = "006000000000000AAA", "00Q000000000000AAA"
EVERYTHING = Same(Constant(1), "=", Constant(1))
OPPORTUNITY_COLUMNS = tuple(column.name for column in VIEWS["opportunities"].derived)
LEAD_COLUMNS = tuple(column.name for column in VIEWS["leads"].derived)


def asking(name: str, columns: tuple[str, ...]) -> Policy:
    """Let a shipped policy bring every record with the columns wanted."""
    return replace(shipped(name), condition=EVERYTHING, clock=None, shows=columns)


DEALS = asking("missing-next-action", OPPORTUNITY_COLUMNS)
LEADS = asking("neglected-lead", LEAD_COLUMNS)

DAYS = st.one_of(
    st.integers(TODAY - 4, TODAY + 4), st.sampled_from([TODAY + 365, TODAY + 366, TODAY + 30_000, TODAY - 300])
)
KINDS: st.SearchStrategy[ActivityKind] = st.sampled_from(["task", "call", "event", "hubspot-task", "hubspot-call"])
SUBJECTS = st.sampled_from(["", "見積書作成", "demo", "再アプローチ"])


@st.composite
def activities(draw: st.DrawFn) -> Activity:
    kind, entered = draw(KINDS), draw(DAYS)
    dated = draw(DAYS) if kind == "event" else draw(st.none() | DAYS)
    done = (
        None
        if kind == "event"
        else draw(st.none() | st.integers(entered, TODAY + 2) if entered <= TODAY else st.none())
    )
    at_once = done is not None and done == entered and draw(st.booleans())
    if kind == "event":
        at_once = dated is not None and dated < entered
    return Activity(kind, draw(SUBJECTS), dated, entered, done, at_once)


TEXTS = st.none() | st.sampled_from(
    ["11/24 見積", "11/16", "11/15 済 → 12/1", "返事待ち", "2026-11-14", "2027年4月", "2099/1/1"]
)


@given(
    st.lists(activities(), max_size=6),
    TEXTS,
    TEXTS,
    st.none() | st.integers(TODAY - 5, TODAY + 1),
    st.none() | st.integers(TODAY - 5, TODAY),
)
@settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_sql_of_opportunities_agrees_with_the_reference(
    ask: Ask, done: list[Activity], step: str | None, detail: str | None, closed: int | None, created: int | None
) -> None:
    record: Row = {"id": DEAL, "next_step": step, "loss_detail": detail, "close_day": closed, "created_day": created}
    rows, ties = activity_rows(VIEWS["opportunities"], DEAL, done)
    (found,) = ask(DEALS, DAY, [record], links=[(DEAL, "9")], others=rows, associations=ties)
    assert {name: found[name] for name in OPPORTUNITY_COLUMNS} == measure(DEALS.view, record, done, TODAY)


@given(st.lists(activities(), max_size=6), st.none() | st.integers(TODAY - 5, TODAY))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_sql_of_leads_agrees_with_the_reference(ask: Ask, done: list[Activity], handed: int | None) -> None:
    record: Row = {"id": LEAD, "created_day": TODAY - 9, "owner_id": "005A"}
    rows, ties = activity_rows(VIEWS["leads"], LEAD, done)
    others = {**rows, "users": [{"id": "005A", "department": "SDR"}]}
    twin: Row = {"id": "9", "qualified_day": handed}
    (found,) = ask(LEADS, DAY, [record], links=[(LEAD, "9")], deals=[twin], others=others, associations=ties)
    neighbours: dict[str, Scalar] = {"owner_department": "SDR", "handed_day": handed}
    assert {name: found[name] for name in LEAD_COLUMNS} == {
        **neighbours,
        **measure(LEADS.view, {**record, **neighbours}, done, TODAY),
    }


def deal(ask: Ask, **others: object) -> dict[str, Scalar]:
    (found,) = ask(DEALS, DAY, [{"id": DEAL, "created_day": TODAY - 100}], **others)
    return found


AHEAD: Row = {"id": "t1", "what_id": DEAL, "due_day": TODAY + 3, "created_day": TODAY - 1, "is_closed": False}
DONE: Row = {**AHEAD, "id": "t2", "due_day": TODAY - 2, "completed_day": TODAY - 2, "is_closed": True}


def test_what_the_product_wrote_never_counts(ask: Ask) -> None:
    tasks: list[Row] = [{**AHEAD, "created_by_id": "005HUMAN"}, {**DONE, "created_by_id": "005HUMAN"}]
    event: Row = {
        "id": "e1",
        "what_id": DEAL,
        "start_day": TODAY - 1,
        "created_day": TODAY - 1,
        "created_by_id": "005AGENT",
    }
    counted = deal(ask, others={"tasks": tasks, "events": [event]})
    assert (counted["has_next_action"], counted["activity_count"]) == (True, 2)
    by_record = deal(ask, others={"tasks": tasks}, ours=["t1", "t2"])
    by_author = deal(ask, others={"tasks": tasks, "events": [event]}, ours=["005HUMAN", "005AGENT"])
    for row in (by_record, by_author):
        assert (row["has_next_action"], row["activity_count"], row["last_activity_day"]) == (False, 0, None)
        assert row["next_action_entered_day"] == TODAY - 100


def test_a_task_in_hubspot_counts_through_its_association_and_its_link_alone(ask: Ask) -> None:
    task: Row = {"id": "h1", "due_day": TODAY + 3, "created_day": TODAY - 1, "status": "NOT_STARTED"}
    tied, linked = [("h1", "deals", "9")], [(DEAL, "9")]
    assert deal(ask, others={"hubspot_tasks": [task]}, associations=tied, links=linked)["has_next_action"] is True
    assert deal(ask, others={"hubspot_tasks": [task]}, links=linked)["has_next_action"] is False
    assert deal(ask, others={"hubspot_tasks": [task]}, associations=tied)["has_next_action"] is False
    elsewhere = [("h1", "contacts", "9")]
    assert deal(ask, others={"hubspot_tasks": [task]}, associations=elsewhere, links=linked)["has_next_action"] is False
    ours = deal(ask, others={"hubspot_tasks": [task]}, associations=tied, links=linked, ours=["h1"])
    assert ours["has_next_action"] is False


@pytest.mark.parametrize(
    ("values", "last", "entered"),
    [
        # Salesforce tells no completion: the due day stands in, the day of entry where that lies ahead.
        ({"due_day": TODAY - 5, "created_day": TODAY - 9}, TODAY - 5, TODAY - 5),
        ({"due_day": TODAY + 20_000, "created_day": TODAY - 9}, TODAY - 9, TODAY - 100),
        ({"due_day": TODAY - 5, "created_day": TODAY - 5}, TODAY - 5, TODAY - 100),
        ({"due_day": None, "created_day": TODAY - 5}, TODAY - 5, TODAY - 100),
        # Completed five minutes after it was entered: written down afterwards.
        (
            {"due_day": TODAY - 5, "created_day": TODAY - 5, "completed_day": TODAY - 5, "minutes": 4},
            TODAY - 5,
            TODAY - 100,
        ),
        (
            {"due_day": TODAY - 5, "created_day": TODAY - 5, "completed_day": TODAY - 5, "minutes": 5},
            TODAY - 5,
            TODAY - 5,
        ),
        ({"due_day": TODAY + 5, "created_day": TODAY - 5, "completed_day": TODAY + 2}, TODAY, TODAY),
    ],
)
def test_a_completed_task_and_the_clock(ask: Ask, values: dict[str, int | None], last: int, entered: int) -> None:
    minutes = values.pop("minutes", None)
    row: dict[str, Scalar] = {"id": "t1", "what_id": DEAL, "is_closed": True, **values}
    if minutes is not None:
        row |= {"created_us": TODAY * DAY_US, "completed_us": TODAY * DAY_US + minutes * 60_000_000}
    found = deal(ask, others={"tasks": [row]})
    assert (found["last_activity_day"], found["next_action_entered_day"]) == (last, entered)
    assert found["has_next_action"] is False


def test_a_policy_pays_only_for_the_columns_it_reads(ask: Ask, policy: Policy) -> None:
    (row,) = ask(replace(policy, condition=EVERYTHING), DAY, [{"id": DEAL}])
    assert "has_next_action" not in row
    (row,) = ask(asking("missing-next-action", ("return_day",)), DAY, [{"id": DEAL}])
    assert "has_next_action" not in row
    assert row["return_day"] is None


def test_a_hand_over_is_known_without_any_activity(ask: Ask) -> None:
    policy = asking("neglected-lead", ("handed_day",))
    twins: list[Row] = [{"id": "9", "qualified_day": TODAY - 8}]
    (row,) = ask(policy, DAY, [{"id": LEAD}], links=[(LEAD, "9")], deals=twins)
    assert (row["handed_day"], row["owner_department"]) == (TODAY - 8, None)
    assert "activity_count" not in row


def test_records_do_not_share_activities(ask: Ask) -> None:
    other = "006000000000000BBB"
    rows = ask(DEALS, DAY, [{"id": DEAL}, {"id": other}], others={"tasks": [AHEAD, {**DONE, "what_id": None}]})
    assert [row["has_next_action"] for row in rows] == [True, False]
    assert {row["activity_count"] for row in rows} == {0}
