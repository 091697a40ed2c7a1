"""A value is written only on a reading of the last seconds: what gets old on the way is read again, not sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, repeat
from typing import Any

from syncagent.operations.apply import apply_plan
from syncagent.operations.runs import RunReport
from tests.installation import YAMAMOTO, impatient
from tests.operations.conftest import Company
from tests.operations.test_stale_rows import approved, value

READ, WRITE = "/crm/v3/objects/contacts/batch/read", "/crm/v3/objects/contacts/batch/update"


def ticking(steps: Iterator[float]) -> Callable[[], float]:
    """Give a clock that moves by the next step each time it is read."""
    now = 0.0

    def ticks() -> float:
        nonlocal now
        now += next(steps)
        return now

    return ticks


def apply_with(company: Company, plan: dict[str, Any], steps: Iterator[float]) -> RunReport:
    """Apply with a clock of our own for the age of readings."""
    with company.agent.installation() as installation:
        return apply_plan(replace(installation, ticks=ticking(steps)), plan["digest"])


def calls(company: Company) -> list[str]:
    """List the calls on contacts since the ledger was cleared."""
    return [entry.path for entry in company.box.ledger if entry.path in {READ, WRITE}]


def test_a_pause_in_the_write_is_answered_by_a_new_reading(company: Company) -> None:
    plan = approved(company)
    company.box.ledger.clear()
    company.box.fault("burst_429", "hubspot", path="batch/update", retry_after=3)
    assert company.agent.call("apply", plan["digest"]).code == 0
    assert calls(company) == [READ, WRITE, READ, WRITE, READ]


def test_a_person_who_edits_during_the_pause_wins(company: Company) -> None:
    plan = approved(company)
    company.box.fault("burst_429", "hubspot", path="batch/update", times=1000)
    with impatient():
        report = apply_with(company, plan, repeat(0.0))
    assert {each.outcome for each in report.outcomes} == {"retry"}
    company.box.faults.clear()
    company.box.edit("hubspot", "contacts", "2", {"jobtitle": "社長"}, YAMAMOTO)
    company.agent.do("pull")
    company.agent.apply(company.agent.plan("--only", "sync"))
    assert value(company, 2, "jobtitle") == "社長"


def test_a_slow_reading_is_read_again(company: Company) -> None:
    plan = approved(company)
    company.box.ledger.clear()
    report = apply_with(company, plan, chain([0.0, 4.0], repeat(0.5)))
    assert report.complete
    assert calls(company) == [READ, READ, WRITE, READ]


def test_a_reading_that_got_old_while_the_intents_were_saved_is_read_again(company: Company) -> None:
    plan = approved(company)
    company.box.ledger.clear()
    report = apply_with(company, plan, chain([0.0, 1.0, 3.0], repeat(0.5)))
    assert report.complete
    assert calls(company) == [READ, READ, WRITE, READ]


def test_a_system_that_is_always_too_slow_gets_nothing_written(company: Company) -> None:
    plan = approved(company)
    company.box.ledger.clear()
    report = apply_with(company, plan, repeat(4.0))
    assert {each.outcome for each in report.outcomes} == {"retry"}
    assert WRITE not in calls(company)
    company.agent.do("ledger", "verify")


def test_a_write_waits_shortly_also_for_a_new_login(company: Company) -> None:
    plan = approved(company)
    company.box.ledger.clear()
    company.box.fault("expire_token", "hubspot", path="batch/update")
    assert company.agent.call("apply", plan["digest"]).code == 0
    assert calls(company) == [READ, WRITE, WRITE, READ]
