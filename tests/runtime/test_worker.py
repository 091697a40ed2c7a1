"""A worker's decisions: what is submitted when, what is taken over, what is alarming."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from syncagent.errors import Defect, StoreError
from syncagent.runtime import Limits, StepResult
from tests.runtime.fakes import World

START = datetime(2026, 11, 16, 0, 5, tzinfo=UTC)  # Monday 09:05 in Tokyo


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, START)
    yield made
    made.board.close()


def kinds_of(world: World) -> list[str]:
    return [kind for kind, _due in world.runs.submitted]


def test_on_a_new_state_the_pull_runs_at_once_and_the_plan_at_its_time(world: World) -> None:
    world.worker.start()
    world.pass_time(seconds=1)
    assert world.runs.submitted == [("pull", "2026-11-16T00:00:00+00:00")]


def test_each_due_instant_is_submitted_once(world: World) -> None:
    world.worker.start()
    for _ in range(30):
        world.pass_time(minutes=1)
        world.runs.run_all()
    assert kinds_of(world) == ["pull"] * 4


def test_after_a_pause_of_three_weeks_each_kind_runs_once_and_pull_goes_first(world: World) -> None:
    world.worker.start()
    world.pass_time(seconds=1)
    world.runs.run_all()
    world.runs.submitted.clear()
    world.pass_time(days=21)
    world.pass_time(seconds=1)
    assert kinds_of(world) == ["pull", "plan"]


def test_missed_runs_are_made_up_for_once_at_the_next_start(world: World) -> None:
    world.worker.start()
    world.pass_time(seconds=1)
    world.runs.run_all()
    world.runs.submitted.clear()
    world.worker = world.make_worker()
    world.worker.start()
    world.pass_time(days=3)
    assert kinds_of(world) == ["pull", "plan"]


def test_catching_up_can_be_off(tmp_path: Path) -> None:
    world = World(tmp_path, START, limits=Limits(catch_up=False))
    world.worker.start()
    world.now = datetime(2026, 11, 19, 0, 5, tzinfo=UTC)
    world.worker = world.make_worker()
    world.worker.start()
    world.pass_time(seconds=1)
    assert world.runs.submitted == []
    world.pass_time(minutes=5)
    assert world.runs.submitted == [("pull", "2026-11-19T00:10:00+00:00")]
    world.board.close()


def test_a_run_that_takes_longer_than_its_period_stands_for_those_due_meanwhile(world: World) -> None:
    world.worker.start()
    for _ in range(6):
        world.pass_time(minutes=10)
    assert kinds_of(world) == ["pull"]
    world.runs.run_all()
    world.pass_time(minutes=10)
    assert kinds_of(world) == ["pull", "pull"]


def test_steps_hand_on_what_they_returned_and_the_worst_one_speaks_for_the_run(world: World) -> None:
    world.outcomes["apply"] = lambda: StepResult("partial", {"stale": 2})
    world.worker.start()
    world.runs.submit("plan", START)
    assert world.runs.run_all() == [{"status": "partial"}]
    assert world.ended[0].steps == {"plan": {"plan": 1}, "apply": {"stale": 2}}
    assert world.board.standings()["plan"].ok_at == START, "a partial run leaves nothing to repair"


@pytest.mark.parametrize("status", ["failed", "busy"])
def test_a_failed_step_ends_its_run_without_counting_as_success(world: World, status: str) -> None:
    world.outcomes["plan"] = lambda: StepResult("failed" if status == "failed" else "busy")
    world.worker.start()
    world.runs.submit("plan", START)
    assert world.runs.run_all() == [{"status": status}]
    assert list(world.ended[0].steps) == ["plan"]
    assert world.board.standings()["plan"].ok_at is None
    assert world.worker.running == set()


def test_a_run_of_a_kind_that_was_switched_off_is_dropped(world: World) -> None:
    world.worker.start()
    world.runs.submit("report", START)
    assert world.runs.run_all() == [{"status": "ok"}]
    assert world.ended == []


def test_a_summary_may_not_hide_the_status(world: World) -> None:
    world.outcomes["pull"] = lambda: StepResult("ok", {"status": "failed"})
    world.worker.start()
    world.runs.submit("pull", START)
    with pytest.raises(Defect):
        world.runs.run_all()


def alarms(logs: list[dict[str, object]]) -> list[object]:
    return [line["kind"] for line in logs if line["log_level"] == "error"]


def test_a_kind_that_keeps_failing_raises_one_alarm_and_turns_readiness_red(world: World) -> None:
    world.outcomes["pull"] = lambda: StepResult("failed")
    world.worker.start()
    with capture_logs() as logs:
        for _ in range(6):
            world.pass_time(minutes=10)
            world.runs.run_all()
    assert alarms([dict(line) for line in logs]) == ["pull"]
    assert {check.name: check.ok for check in world.worker.checks()} == {"engine": True, "pull": False, "plan": True}

    world.outcomes["pull"] = lambda: StepResult("ok")
    world.pass_time(minutes=10)
    world.runs.run_all()
    with capture_logs() as logs:
        world.pass_time(minutes=1)
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ["a kind of run succeeds again"]
    assert all(check.ok for check in world.worker.checks())


def test_not_ready_before_the_first_pull_and_when_the_last_one_is_too_old(tmp_path: Path) -> None:
    world = World(tmp_path, START, limits=Limits(stale_minutes=15))
    world.worker.start()
    assert not next(check for check in world.worker.checks() if check.name == "pull").ok
    world.pass_time(seconds=1)
    world.runs.run_all()
    assert all(check.ok for check in world.worker.checks())
    world.pass_time(minutes=15, seconds=1)
    assert not next(check for check in world.worker.checks() if check.name == "pull").ok
    world.board.close()


def test_a_stopping_worker_is_not_ready_and_leaves_the_board(world: World) -> None:
    world.worker.start()
    world.worker.stop()
    assert world.runs.stopped == [60.0]
    assert not world.worker.checks()[0].ok
    assert world.board.claim_dead("me", START, START), "nobody is there any more"


def test_serving_ends_when_told_to_stop(world: World) -> None:
    world.worker.stopping.set()
    world.worker.serve()
    assert world.runs.body is not None
    assert world.runs.stopped == [60.0]


def test_a_database_that_is_away_for_a_while_is_outlived(world: World) -> None:
    world.worker.start()
    world.runs.broken = True
    with capture_logs() as logs:
        world.pass_time(seconds=1)
    assert [line["job"] for line in logs if line["log_level"] == "error"] == ["submit"]
    world.runs.broken = False
    world.pass_time(seconds=1)
    assert kinds_of(world) == ["pull"]


def test_a_worker_whose_rounds_stopped_is_not_alive(world: World) -> None:
    world.worker.start()
    world.pass_time(seconds=1)
    assert world.worker.is_alive()
    world.seconds += 121
    assert not world.worker.is_alive()


def test_alone_on_a_state_every_other_executor_is_dead(world: World) -> None:
    world.board.beat("before", START)
    world.runs.dead = {"before", "me"}
    world.worker.start()
    world.pass_time(seconds=1)
    assert world.runs.taken == ["before"]


def test_among_several_workers_only_the_silent_are_dead(tmp_path: Path) -> None:
    world = World(tmp_path, START, sole=False)
    world.runs.dead = {"other"}
    world.worker.start()
    world.board.beat("other", START)
    for _ in range(3):
        world.pass_time(seconds=30)
    assert world.runs.taken == []
    world.pass_time(seconds=30)
    assert world.runs.taken == ["other"]
    world.board.close()


def test_old_records_are_forgotten_once_an_hour(world: World) -> None:
    world.worker.start()
    for _ in range(120):
        world.pass_time(minutes=1)
    assert len(world.runs.forgotten) == 2
    assert world.runs.forgotten[0] == datetime(2026, 10, 12, 0, 6, tzinfo=UTC)


def test_a_board_out_of_reach_is_said_in_words(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    world = World(folder, START)
    world.board.close()
    (folder / "runs.db").unlink()
    (folder / "runs.db").mkdir()
    with pytest.raises(StoreError, match=r"runs\.db"):
        world.worker.start()
