from __future__ import annotations

import threading

import pytest
from structlog.testing import capture_logs

from syncagent.errors import Busy, GuardTripped, Rejected
from syncagent.runtime import Given, Performer, Step, StepResult, safe_text


def failing(error: Exception, times: int = 99) -> Step:
    left = [error] * times

    def call(_given: Given) -> StepResult:
        if left:
            raise left.pop()
        return StepResult("ok", {"tries": times + 1})

    return Step("step", call)


def test_a_busy_org_is_waited_for() -> None:
    performer = Performer(busy_wait_seconds=0, busy_attempts_max=5)
    assert performer.perform("pull", failing(Busy("held"), 3), {}) == StepResult("ok", {"tries": 4})


def test_waiting_ends_after_the_limit_and_is_no_failure() -> None:
    result = Performer(busy_wait_seconds=0, busy_attempts_max=5).perform("pull", failing(Busy("held")), {})
    assert result.status == "busy"


def test_waiting_ends_at_once_when_the_worker_stops() -> None:
    stopping = threading.Event()
    stopping.set()
    performer = Performer(busy_wait_seconds=600, busy_attempts_max=5, stopping=stopping)
    assert performer.perform("pull", failing(Busy("held")), {}).status == "busy"


@pytest.mark.parametrize(
    ("error", "status", "level"),
    [
        (GuardTripped("30 % of the deals"), "waiting", "warning"),
        (Rejected("no", system="hubspot"), "failed", "error"),
        (KeyError("x"), "failed", "error"),
    ],
)
def test_every_failure_becomes_a_result_and_a_line(error: Exception, status: str, level: str) -> None:
    with capture_logs() as logs:
        result = Performer().perform("plan", failing(error), {})
    assert result.status == status
    assert [(line["log_level"], line["kind"], line["step"]) for line in logs] == [(level, "plan", "step")]


def test_no_address_of_a_person_reaches_the_log_or_the_record() -> None:
    error = Rejected("duplicate of tanaka.jiro@example.co.jp (003A), <b@c.jp>", system="salesforce")
    with capture_logs() as logs:
        result = Performer().perform("plan", failing(error), {})
    assert result.summary["text"] == "duplicate of <address> (003A), <<address>>"
    assert "@" not in str(logs)


def test_an_endless_text_is_cut() -> None:
    assert len(safe_text(ValueError("x" * 10_000))) == 500


def test_a_defect_is_traced_without_the_values_that_were_there() -> None:
    with capture_logs() as logs:
        Performer().perform("plan", failing(KeyError("田中")), {})
    (line,) = logs
    assert "test_performing.py" in line["stack"][-1]
    assert "田中" not in str(logs)
