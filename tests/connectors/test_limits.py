"""Pacing and the daily budget."""

from __future__ import annotations

import threading
from datetime import UTC, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncagent.connectors.limits import Budget, BudgetLimits, Limits, TokenBucket, calls_left
from syncagent.errors import BudgetExhausted
from tests.connectors.fakes import FakeTime


def make_budget(
    time: FakeTime, most: int | None = None, reserve: int = 10, spent: int = 0, zone: tzinfo = UTC
) -> Budget:
    limits = BudgetLimits(daily_calls_max=most, reserve_calls=reserve, spent_calls=spent, zone=zone)
    return Budget("hubspot", limits, now=time.now, monotonic=time.monotonic)


@given(
    calls=st.integers(2, 200),
    seconds=st.floats(0.5, 20),
    pauses=st.lists(st.floats(0, 3), min_size=1, max_size=120),
)
def test_no_window_ever_holds_more_than_the_limit(calls: int, seconds: float, pauses: list[float]) -> None:
    time = FakeTime()
    bucket = TokenBucket(calls, seconds, sleep=time.sleep, monotonic=time.monotonic)
    sent = []
    for pause in pauses:
        time.passed += pause
        bucket.take()
        sent.append(time.passed)
    for start in sent:
        assert sum(start <= at < start + seconds - 1e-6 for at in sent) <= calls + 1


def test_the_bucket_learns_a_tighter_limit() -> None:
    time = FakeTime()
    bucket = TokenBucket(1000, 10, sleep=time.sleep, monotonic=time.monotonic)
    bucket.learn(10, 10, remaining=0)
    assert bucket.take() == pytest.approx(2.0)


def test_threads_share_one_bucket() -> None:
    time = FakeTime()
    bucket = TokenBucket(20, 10, sleep=time.sleep, monotonic=lambda: 0.0)
    threads = [threading.Thread(target=bucket.take) for _ in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(time.sleeps) == pytest.approx([1.0, 2.0, 3.0, 4.0, 5.0])


def test_the_reserve_is_left_to_others() -> None:
    time = FakeTime()
    budget = make_budget(time, reserve=10)
    budget.learn(left=11)
    budget.take()
    with pytest.raises(BudgetExhausted, match="10 calls are left today and 10 are reserved"):
        budget.take()


def test_an_empty_allowance_is_asked_about_again_after_a_while() -> None:
    time = FakeTime()
    budget = make_budget(time)
    budget.learn(left=0)
    time.passed += 901
    budget.take()


def test_a_new_day_in_the_accounts_zone_starts_a_new_budget() -> None:
    time = FakeTime()  # 17:00 in Tokyo
    budget = make_budget(time, most=1, spent=1, zone=ZoneInfo("Asia/Tokyo"))
    with pytest.raises(BudgetExhausted):
        budget.take()
    time.passed += timedelta(hours=7).total_seconds()
    budget.take()


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({"Sforce-Limit-Info": "api-usage=18/5000"}, 4982),
        ({"Sforce-Limit-Info": "api-usage=18/5000; per-app-api-usage=17/250(appName=x)"}, 4982),
        ({"Sforce-Limit-Info": "api-usage=6000/5000"}, 0),
        ({"X-HubSpot-RateLimit-Daily-Remaining": "649999"}, 649_999),
        ({"X-HubSpot-RateLimit-Daily-Remaining": "many"}, None),
        ({}, None),
    ],
)
def test_what_headers_say_is_left(headers: dict[str, str], left: int | None) -> None:
    assert calls_left(headers) == left


def test_limits_learn_from_replies() -> None:
    time = FakeTime()
    bucket = TokenBucket(1000, 10, sleep=time.sleep, monotonic=time.monotonic)
    limits = Limits(make_budget(time), {"general": bucket})
    limits.learn(
        {
            "X-HubSpot-RateLimit-Max": "10",
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            "X-HubSpot-RateLimit-Remaining": "1",
            "X-HubSpot-RateLimit-Daily-Remaining": "12",
        }
    )
    assert [round(limits.take("general"), 3) for _ in range(2)] == [0.0, 2.0]
    with pytest.raises(BudgetExhausted):
        limits.take("general")
