"""The stage clock: the last entry into the current stage, counted in the org's own days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncagent.domain.time import day_number, day_of, to_micros
from syncagent.hygiene import Policy
from syncagent.hygiene.cases import case_row
from syncagent.hygiene.policy import Clock, ClockKind
from tests.hygiene.conftest import Ask, Step

JST = ZoneInfo("Asia/Tokyo")
ID = "006000000000000AAA"
TODAY = date(2026, 11, 16)
LATE = date(2027, 11, 16)


def step(text: str, stage: str, record: str = ID) -> Step:
    at = datetime.fromisoformat(text).astimezone(UTC)
    return record, stage, to_micros(at), day_number(day_of(at, JST))


def open_deal(stage: str, record: str = ID) -> dict[str, str | int | bool | None]:
    return {"id": record, "stage": stage, "is_closed": False}


def clock(policy: Policy, ask: Ask, stage: str, steps: list[Step]) -> object:
    rows = ask(policy, LATE, [open_deal(stage)], steps=steps)
    return rows[0]["_clock_day"]


def day(text: str) -> int:
    return day_number(date.fromisoformat(text))


def test_the_last_entry_counts_when_a_deal_comes_back(policy: Policy, ask: Ask) -> None:
    steps = [
        step("2026-01-05T10:00+09:00", "P1"),
        step("2026-02-01T10:00+09:00", "P2"),
        step("2026-03-01T10:00+09:00", "P1"),
    ]
    assert clock(policy, ask, "P1", steps) == day("2026-03-01")


def test_an_edited_amount_does_not_restart_the_clock(policy: Policy, ask: Ask) -> None:
    steps = [step("2026-01-05T10:00+09:00", "P1"), step("2026-06-01T10:00+09:00", "P1")]
    assert clock(policy, ask, "P1", steps) == day("2026-01-05")


def test_without_history_the_clock_is_unknown(policy: Policy, ask: Ask) -> None:
    assert clock(policy, ask, "P1", []) is None
    assert clock(policy, ask, "P1", [step("2026-01-05T10:00+09:00", "P1", "006000000000000BBB")]) is None


def test_history_that_ends_in_another_stage_is_unknown(policy: Policy, ask: Ask) -> None:
    steps = [step("2026-01-05T10:00+09:00", "P1"), step("2026-02-05T10:00+09:00", "P2")]
    assert clock(policy, ask, "P1", steps) is None


def test_two_rows_of_one_instant_are_read_with_the_current_stage_last(policy: Policy, ask: Ask) -> None:
    steps = [step("2026-01-05T10:00+09:00", "P2"), step("2026-01-05T10:00+09:00", "P1")]
    assert clock(policy, ask, "P1", steps) == day("2026-01-05")
    assert clock(policy, ask, "P2", steps) == day("2026-01-05")


@pytest.mark.parametrize(
    ("entered", "today", "seen"),
    [
        ("2026-08-25T23:59:59+09:00", "2026-11-15", False),  # day 82
        ("2026-08-24T23:59:59+09:00", "2026-11-15", True),  # day 83
        ("2026-08-25T00:00:00+09:00", "2026-11-16", True),  # day 83 by a second
        ("2026-08-24T15:00:00+00:00", "2026-11-16", True),  # the same instant written in UTC
        ("2026-08-24T14:59:59+00:00", "2026-11-15", True),  # still the day before in Japan
        ("2026-08-25T15:00:00+00:00", "2026-11-16", False),  # the next day in Japan
    ],
)
def test_days_change_at_midnight_in_japan(policy: Policy, ask: Ask, entered: str, today: str, seen: bool) -> None:
    rows = ask(policy, date.fromisoformat(today), [open_deal("P1")], steps=[step(entered, "P1")])
    assert bool(rows) is seen


STAGES = st.sampled_from(["P1", "P2", "P3"])
HISTORIES = st.lists(st.tuples(st.integers(0, 6), STAGES), max_size=6)


@given(STAGES, HISTORIES)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_clock_agrees_with_a_walk_through_history(
    policy: Policy, ask: Ask, stage: str, history: list[tuple[int, str]]
) -> None:
    start = day("2026-01-01")
    steps = [(ID, name, (start + ago) * 86_400_000_000, start + ago) for ago, name in history]
    assert clock(policy, ask, stage, steps) == _walk(stage, steps)


def _walk(stage: str, steps: list[Step]) -> int | None:
    entered, before = None, ""
    for _, name, _, number in sorted(steps, key=lambda each: (each[2], each[1] == stage)):
        if name != before:
            entered = number if name == stage else None
        before = name
    return entered


def test_rows_near_the_threshold_undecided_or_flagged_are_brought(policy: Policy, ask: Ask) -> None:
    fresh = step("2026-11-01T10:00+09:00", "P1", "006000000000000BBB")
    flagged = {**open_deal("P1", "006000000000000BBB"), "flag": "other; stage-stale-90"}
    closed = {"id": "006000000000000CCC", "stage": "失注", "is_closed": True, "flag": "stage-stale-90"}
    young = open_deal("P1", "006000000000000DDD")
    deal = {"id": "9", "flag": "stage-stale-90"}
    rows = ask(
        policy,
        TODAY,
        [open_deal("P1"), flagged, closed, young, {**closed, "id": "006000000000000EEE", "flag": None}],
        steps=[fresh, step("2026-11-01T10:00+09:00", "P1", "006000000000000DDD")],
        links=[("006000000000000EEE", "9"), ("006000000000000EEE", "91")],
        deals=[deal],
    )
    assert [str(row["id"])[-3:] for row in rows] == ["AAA", "BBB", "CCC", "EEE"]
    assert {row["_population"] for row in rows} == {3}
    assert rows[3]["_counterpart"] == "9"
    assert rows[3]["_counterpart_flag"] == "stage-stale-90"


def test_other_clocks_start_from_their_column(policy: Policy, ask: Ask) -> None:
    today = day_number(TODAY)
    deal = {**open_deal("P1"), "created_day": today - 100, "close_day": today - 95}
    clocks: list[tuple[ClockKind, str]] = [("created", "created_day"), ("field", "close_day")]
    for kind, column in clocks:
        timed = replace(policy, clock=Clock(kind, column if kind == "field" else ""))
        assert ask(timed, TODAY, [deal])[0]["_clock_day"] == deal[column]
        case = replace(policy.cases[0], record=((column, -100),))
        assert case_row(timed, case)["_clock_day"] == today - 100
        assert case_row(timed, replace(case, record=()))["_clock_day"] is None
    assert ask(replace(policy, clock=None), TODAY, [deal])[0]["_clock_day"] is None
