"""The life of a finding over many days: nobody is closed unwarned, and a warned deal is closed on its day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncagent.domain.findings import FindingState, Hold, Mode, WarningGiven
from syncagent.domain.records import RecordRef, Scalar
from syncagent.domain.time import day_number
from syncagent.errors import Defect
from syncagent.hygiene import Context, Evaluation, Policy, evaluate

JST = ZoneInfo("Asia/Tokyo")
START = datetime(2026, 1, 4, 23, 0, tzinfo=UTC)
REF = RecordRef("salesforce", "Opportunity", "006000000000000AAA")


@dataclass
class World:
    """One deal in a CRM, and what the product remembers of it; each plan is applied at once."""

    policy: Policy
    row: dict[str, Scalar] = field(default_factory=dict)
    mode: Mode = "enforce"
    enforced_since: datetime = START - timedelta(days=400)
    holds: tuple[Hold, ...] = ()
    warnings: dict[RecordRef, WarningGiven] = field(default_factory=dict)
    given: list[WarningGiven] = field(default_factory=list)
    closed: dict[RecordRef, date] = field(default_factory=dict)
    run_days: list[date] = field(default_factory=list)
    last: Evaluation = field(default_factory=Evaluation)

    def __post_init__(self) -> None:
        self.row = {"id": REF.id, "stage": "P1", "is_closed": False, "created_day": 0, "_clock_day": 0}

    def context(self, now: datetime) -> Context:
        return Context(
            now=now,
            zone=JST,
            mode=self.mode,
            currency="JPY",
            enforced_since=self.enforced_since,
            holds=self.holds,
            warnings=dict(self.warnings),
            closed=dict(self.closed),
            run_days=tuple(self.run_days),
        )

    def run(self, now: datetime) -> Evaluation:
        row = {**self.row, "_matched": self.row["is_closed"] is False}
        context = self.context(now)
        self.last = evaluate(self.policy, [row], context)
        for change in self.last.changes:
            column = next(each for each in self.policy.view.columns if each.source == change.field)
            after = change.after
            assert not isinstance(after, Mapping)
            days = column.type == "day" and after is not None
            self.row[column.name] = day_number(date.fromisoformat(str(after))) if days else after
        for each in self.last.announcements:
            self.warnings[REF] = WarningGiven(self.policy.name, REF, now, each.due)
            self.given.append(self.warnings[REF])
        if self.row["stage"] == "失注" and not self.row["is_closed"]:
            self.row["is_closed"] = True
            self.closed[REF] = context.today
        elif not self.last.findings:
            self.warnings.clear()
        self.run_days.append(context.today)
        return self.last


def at(day: int) -> datetime:
    return START + timedelta(days=day)


def on(day: int) -> date:
    return (START + timedelta(days=day)).astimezone(JST).date()


def entered(world: World, day: int, stage: str) -> None:
    world.row |= {"stage": stage, "is_closed": False, "_clock_day": day_number(on(day)), "_history_day": 0}


def test_a_daily_run_warns_on_day_83_and_closes_on_day_90(policy: Policy) -> None:
    world = World(policy)
    entered(world, 0, "P2")
    states = [(world.run(at(day)).findings[:1] or (None,))[0] for day in range(95)]
    assert [day for day, found in enumerate(states) if found is None] == [*range(83), *range(91, 95)]
    assert {found.state for found in states[83:90] if found} == {FindingState.WARNED}
    assert {found.due for found in states[83:91] if found} == {on(90)}
    assert states[90] is not None
    assert states[90].state is FindingState.DUE
    assert world.closed == {REF: on(90)}
    assert world.row["loss_reason"] == "自動クローズ:停滞"
    assert "stage-stale-90" in str(world.row["loss_detail"])
    assert (world.row["flag"], world.row["flag_due"]) == ("recycle-nurture", None)


def test_a_second_plan_on_the_same_day_is_empty(policy: Policy) -> None:
    world = World(policy)
    entered(world, 0, "P2")
    for day in (83, 87, 90):
        world.run(at(day))
        assert world.run(at(day) + timedelta(minutes=5)).changes == ()


def test_a_stage_move_clears_the_flag(policy: Policy) -> None:
    world = World(policy)
    entered(world, 0, "P2")
    world.run(at(83))
    assert world.row["flag"] == "stage-stale-90"
    entered(world, 85, "P3")
    evaluation = world.run(at(86))
    assert evaluation.findings == ()
    assert [world.row[name] for name in ("flag", "flag_since", "flag_due")] == [None, None, None]
    assert {change.reason for change in evaluation.changes} == {"No longer the case"}


def test_a_hold_clears_the_flag_and_an_expired_hold_warns_first(policy: Policy) -> None:
    world = World(policy)
    entered(world, 0, "P2")
    world.run(at(83))
    world.holds = (Hold(REF, policy.name, on(100), "waiting for a clear date", "manager"),)
    for day in range(84, 101):
        assert world.run(at(day)).findings[0].state is FindingState.HELD
        assert world.row["flag"] is None
    for day in range(101, 108):
        assert world.run(at(day)).findings[0].state is FindingState.WARNED
    world.run(at(108))
    assert world.closed == {REF: on(108)}


def test_three_weeks_off_close_nothing_on_return(policy: Policy) -> None:
    world = World(policy)
    entered(world, 0, "P2")
    for day in range(84):
        world.run(at(day))
    assert world.run(at(105)).findings[0].due == on(112)
    for day in range(106, 112):
        world.run(at(day))
    assert world.closed == {}
    world.run(at(112))
    assert world.closed == {REF: on(112)}


def test_a_reopened_deal_is_never_closed_again(policy: Policy) -> None:
    world = World(policy)
    entered(world, 0, "P2")
    for day in range(91):
        world.run(at(day))
    world.row["loss_reason"] = None
    entered(world, 92, "P2")
    for day in range(92, 300):
        world.run(at(day))
    assert world.row["is_closed"] is False
    assert world.last.findings[0].state is FindingState.VETOED
    assert world.row["flag"] is None


EVENTS = st.lists(
    st.tuples(st.integers(0, 260), st.sampled_from(["move", "hold", "down", "enforce", "reopen", "clear_flag"])),
    max_size=6,
)


@given(EVENTS, st.integers(1, 20))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_deal_is_closed_without_its_days_of_warning(
    policy: Policy, events: list[tuple[int, str]], length: int
) -> None:
    world = World(policy)
    entered(world, 0, "P0")
    since, down_until = 0, -1
    for day in range(260):
        for name in [name for when, name in events if when == day]:
            if name == "move" or (name == "reopen" and world.row["is_closed"]):
                since = day
                entered(world, day, f"P{day}")
            elif name == "hold":
                world.holds = (*world.holds, Hold(REF, policy.name, on(day + length), "later", "manager"))
            elif name == "down":
                down_until = day + length
            elif name == "enforce":
                world.enforced_since = at(day)
            elif name == "clear_flag":
                world.row["flag"] = None
        if day <= down_until:
            continue
        was_open = world.row["is_closed"] is False
        before = world.warnings.get(REF)
        world.run(at(day))
        if was_open and world.row["is_closed"]:
            assert before is not None
            warned = before.at.astimezone(JST).date()
            assert warned > on(since)
            assert (on(day) - warned).days >= policy.warn_days_before
            assert on(day) >= before.due
            assert day - since >= 90
            assert all(hold.until < warned for hold in world.holds)
            gaps = sorted({warned, on(day), *(ran for ran in world.run_days if ran > warned)})
            assert all((b - a).days <= policy.outage_days_max for a, b in pairwise(gaps))


@given(st.permutations(range(6)))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_rows_does_not_matter(policy: Policy, order: list[int]) -> None:
    world = World(policy)
    today = day_number(on(200))
    rows: list[dict[str, Scalar]] = [
        {**world.row, "id": f"00600000000000{number}AAA", "_matched": True, "_clock_day": today - 80 - number * 2}
        for number in range(6)
    ]
    context = replace(world.context(at(200)), run_days=(on(199),))
    assert evaluate(policy, [rows[index] for index in order], context) == evaluate(policy, rows, context)


def test_enforce_without_a_date_is_a_defect() -> None:
    with pytest.raises(Defect, match="enforced"):
        Context(now=START, zone=JST, mode="enforce", currency="JPY")
