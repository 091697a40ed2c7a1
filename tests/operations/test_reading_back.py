"""Verify: what was written is read back; an overwrite is told, and a run that cannot be verified stays open."""

from __future__ import annotations

from typing import Any
from unittest import mock

from syncagent.domain.plans import Plan
from syncagent.operations.installation import Installation
from syncagent.operations.verify import verify_run
from syncagent.store import Fence, journal
from tests.installation import YAMAMOTO, impatient
from tests.operations.conftest import Company
from tests.operations.test_stale_rows import approved
from tests.operations.test_sync_cycle import planned


def seen(company: Company) -> dict[int, str]:
    with company.agent.installation() as installation, installation.store.read() as tx:
        return journal.seen(tx, "run-0001")


def report_of(company: Company, plan: dict[str, Any]) -> dict[str, Any]:
    report: dict[str, Any] = company.agent.call("apply", plan["digest"], "--format", "json").json()
    return report


def test_an_overwrite_between_write_and_reading_back_is_told(company: Company) -> None:
    plan = approved(company)

    def edit_first(installation: Installation, fence: Fence, made: Plan, run: str) -> str:
        company.box.edit("hubspot", "contacts", "2", {"jobtitle": "社長"}, YAMAMOTO)
        return verify_run(installation, fence, made, run)

    with mock.patch("syncagent.operations.apply.verify_run", edit_first):
        report = report_of(company, plan)
    assert report["verified"] == 2
    assert seen(company) == {1: "jobtitle is now '社長'"}
    assert [row[2:] for row in planned(company)] == [("部長", "社長")]


def test_a_run_that_cannot_be_read_back_stays_open_and_is_finished_by_the_same_command(company: Company) -> None:
    plan = approved(company)
    company.box.fault("server_error", "hubspot", path="batch/read", after=1, times=1000)
    with impatient():
        said = company.agent.call("apply", plan["digest"])
    assert said.code == 1
    assert "not everything written could be read back" in said.out
    assert f"run `syncagent apply {plan['digest'][:12]}` again" in company.agent.call("plan").err
    company.box.faults.clear()
    company.box.ledger.clear()
    report = report_of(company, plan)
    assert ({each["outcome"] for each in report["outcomes"]}, report["verified"]) == ({"applied"}, 3)
    assert company.box.ledger.writes() == []
    assert planned(company) == []


def test_a_lost_reply_with_the_system_away_leaves_the_outcome_open_until_it_can_be_read(company: Company) -> None:
    plan = approved(company)
    company.box.fault("reply_lost", "hubspot", path="batch/update")
    company.box.fault("server_error", "hubspot", path="batch/read", after=1, times=1000)
    with impatient():
        said = company.agent.call("apply", plan["digest"], "--format", "json")
    assert said.code == 1
    assert {each["outcome"] for each in said.json()["outcomes"]} == {"unknown"}
    company.box.faults.clear()
    company.box.ledger.clear()
    report = report_of(company, plan)
    assert {each["outcome"] for each in report["outcomes"]} == {"applied"}
    assert company.box.ledger.writes() == []
