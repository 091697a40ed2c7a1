"""The deal check: what is missing, and the proposed decision at its boundaries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from syncagent.domain.money import Money
from syncagent.domain.records import Scalar
from syncagent.domain.time import day_number
from syncagent.kpi import DealCheck, DealLine, PackRules, deal_check_statement, decisions_statement, read_deals
from tests.kpi.warehouse import Warehouse, on

TODAY = date(2026, 11, 16)
RULES = PackRules()


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def deal(house: Warehouse, name: str = "1", *, stage_days: int = 5, **more: str | int | bool | None) -> None:
    opened: dict[str, Scalar] = {
        "is_closed": False,
        "campaign_id": "701",
        "owner_id": "005",
        "stage": "P1",
        "created_day": on(ago(stage_days)),
    }
    house.add("opportunities", {"id": name, "name": f"deal {name}", **opened, **more})


def check(house: Warehouse, limit: int = 10) -> DealCheck:
    today = day_number(TODAY)
    lines = house.rows(deal_check_statement(RULES, today=today, limit=limit))
    return read_deals(lines, house.rows(decisions_statement(RULES, today=today, currency="JPY")), "JPY")


def one(house: Warehouse) -> DealLine:
    (line,) = check(house).lines
    return line


def test_a_new_deal_without_anything_goes_back(house: Warehouse) -> None:
    deal(house)
    line = one(house)
    assert (line.logs, line.last_on, line.quiet_days, line.next_on) == (0, None, None, None)
    assert (line.stage_days, line.decision, line.amount, line.owner) == (5, "return", None, "005")


@pytest.mark.parametrize(("days", "decision"), [(29, "keep"), (30, "return"), (31, "return")])
def test_the_last_action_counts_from_thirty_days(house: Warehouse, days: int, decision: str) -> None:
    deal(house)
    house.add("tasks", {"id": "t", "what_id": "1", "is_closed": True, "completed_day": on(ago(days))})
    line = one(house)
    assert (line.quiet_days, line.logs, line.decision) == (days, 1, decision)


@pytest.mark.parametrize(("days", "decision"), [(89, "keep"), (90, "close")])
def test_a_stage_unchanged_for_ninety_days_proposes_to_close(house: Warehouse, days: int, decision: str) -> None:
    deal(house, stage_days=300)
    house.moved("1", ("P1", ago(300)), ("P2", ago(days)), ("P2", ago(3)))
    house.add("tasks", {"id": "t", "what_id": "1", "is_closed": False, "due_day": on(ago(-3))})
    line = one(house)
    assert (line.stage_days, line.decision) == (days, decision)


@pytest.mark.parametrize(
    ("until", "by", "decision"),
    [(0, "manager", "keep"), (1, "manager", "close"), (0, None, "close"), (None, "manager", "close")],
)
def test_only_an_approved_hold_in_force_keeps(
    house: Warehouse, until: int | None, by: str | None, decision: str
) -> None:
    held = None if until is None else on(ago(until))
    deal(house, stage_days=200, hold_until=held, hold_approved_by=by)
    line = one(house)
    assert line.decision == decision
    assert (line.held_until is not None) == (decision == "keep")


def test_what_counts_as_an_action_and_as_a_next_one(house: Warehouse) -> None:
    deal(house)
    house.add(
        "events",
        {"id": "past", "what_id": "1", "start_day": on(ago(1))},
        {"id": "today", "what_id": "1", "start_day": on(ago(0))},
        {"id": "ahead", "what_id": "1", "start_day": on(ago(-9))},
        {"id": "elsewhere", "what_id": "2", "start_day": on(ago(-1))},
    )
    house.add(
        "tasks",
        {"id": "no date", "what_id": "1", "is_closed": True, "created_day": on(ago(40))},
        {"id": "overdue", "what_id": "1", "is_closed": False, "due_day": on(ago(1))},
        {"id": "nobody's", "what_id": None, "is_closed": True, "completed_day": on(ago(0))},
    )
    line = one(house)
    assert (line.logs, line.last_on, line.next_on) == (2, date(2026, 11, 15), TODAY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20 見積書を再提出", "2026-11-20"),
        ("2026/11/20 call", "2026-11-20"),
        ("11/20 call", "2026-11-20"),
        ("11月20日 訪問", "2026-11-20"),
        ("11/16 today", "2026-11-16"),
        ("1/15 next year", "2027-01-15"),
        ("5/15 half a year ago and a bit", "2027-05-15"),
        ("7/1 this year, gone", None),
        ("2026-07-19 gone", None),
        ("13/40 is no day", None),
        ("見積書を再提出", None),
        (None, None),
    ],
)
def test_a_next_step_text_may_name_the_day(house: Warehouse, text: str | None, expected: str | None) -> None:
    deal(house, next_step=text)
    line = one(house)
    assert (line.next_on.isoformat() if line.next_on else None) == expected
    assert line.decision == ("return" if expected is None else "keep")


def test_a_text_of_last_december_read_in_january_is_gone(house: Warehouse) -> None:
    deal(house, next_step="12/20 call")
    statement = deal_check_statement(RULES, today=on("2027-01-10"), limit=1)
    assert house.rows(statement)[0]["next_day"] is None


def test_only_open_deals_of_a_campaign_are_checked(house: Warehouse) -> None:
    deal(house, "1", is_closed=True)
    deal(house, "2", campaign_id=None)
    assert check(house).lines == ()
    assert check(house).count == 0


def test_the_most_pressing_come_first_and_totals_count_all(house: Warehouse) -> None:
    house.add("users", {"id": "005", "name": "佐藤"})
    deal(house, "small", stage_days=99, amount_minor=1)
    deal(house, "big", stage_days=99, amount_minor=2)
    deal(house, "dollars", amount_minor=500, currency="USD")
    deal(house, "kept", next_step="2026-12-01")
    found = check(house, limit=3)
    assert [line.id for line in found.lines] == ["big", "small", "dollars"]
    assert [line.owner for line in found.lines] == ["佐藤"] * 3
    assert found.lines[-1].amount == Money(500, "USD")
    assert [(line.decision, line.count, line.amount.amount_minor) for line in found.totals] == [
        ("close", 2, 3),
        ("return", 1, 0),
        ("keep", 1, 0),
    ]
    assert found.count == 4
