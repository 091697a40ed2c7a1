"""What may not be applied is refused in words, with the documented exit code, and nothing is written."""

from __future__ import annotations

from typing import Any
from unittest import mock

import orjson

from tests.installation import Agent, Said, pass_days
from tests.operations.conftest import Company
from tests.operations.test_sync_cycle import edit_hubspot, edit_salesforce


def make_plan(company: Company) -> dict[str, Any]:
    for number in (1, 2, 3):
        edit_salesforce(company, number, Title="部長")
    company.agent.do("pull")
    company.box.ledger.clear()
    return company.agent.plan("--only", "sync")


def approve(company: Company, plan: dict[str, Any], *words: str) -> None:
    company.agent.do("approve", plan["digest"], "--by", "山本", *words)


def refused(company: Company, said: Said, code: int, *words: str) -> None:
    """Prove that a command was refused in one message and wrote nothing."""
    assert said.code == code, said
    assert said.err.startswith("syncagent: ")
    assert said.err.count("\n") == 1
    for word in words:
        assert word in said.err
    assert company.box.ledger.writes() == []


def test_an_unapproved_plan(company: Company) -> None:
    plan = make_plan(company)
    said = company.agent.call("apply", plan["digest"])
    refused(company, said, 1, "is not approved; nothing was written", f"syncagent approve {plan['digest'][:12]}")


def test_a_plan_applied_twice(company: Company) -> None:
    plan = make_plan(company)
    company.agent.apply(plan)
    company.box.ledger.clear()
    refused(company, company.agent.call("apply", plan["digest"]), 1, "was already applied by run run-0001")
    refused(company, company.agent.call("approve", plan["digest"], "--by", "x"), 1, "was already applied")


def test_an_expired_plan(company: Company) -> None:
    plan = make_plan(company)
    approve(company, plan)
    pass_days(company.box, company.agent, 4)
    said = company.agent.call("apply", plan["digest"])
    refused(company, said, 1, "expired at 2026-11-18T23:00:00+00:00; make a new plan with `syncagent plan`")


def test_a_plan_edited_by_hand(company: Company) -> None:
    plan = make_plan(company)
    approve(company, plan)
    plan["changes"][0]["after"] = "社長"
    path = company.agent.folder / "plan.json"
    path.write_bytes(orjson.dumps(plan))
    refused(company, company.agent.call("apply", str(path)), 1, "was changed after it was made")


def test_a_file_that_is_no_plan(company: Company) -> None:
    path = company.agent.folder / "plan.json"
    for text in ("[]", "{}", "no JSON at all"):
        path.write_text(text, encoding="utf-8")
        refused(company, company.agent.call("apply", str(path)), 1, "this is not a plan syncagent made")


def test_a_plan_of_another_org(company: Company) -> None:
    plan = make_plan(company)
    path = company.agent.folder / "plan.json"
    path.write_bytes(orjson.dumps(plan))
    other = Agent(company.agent.folder, dict(company.agent.variables))
    other.write_settings(org="other")
    refused(company, other.call("apply", str(path)), 1, "was not made by this installation's state for org other")
    refused(company, other.call("apply", plan["digest"]), 2, "there is no plan")


def test_a_plan_of_another_configuration(company: Company) -> None:
    plan = make_plan(company)
    approve(company, plan)
    path = company.agent.folder / "mappings" / "person.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# reviewed\n", encoding="utf-8")
    refused(company, company.agent.call("apply", plan["digest"]), 1, "made with other mappings or policies")


def test_a_plan_nobody_made(company: Company) -> None:
    refused(company, company.agent.call("apply", "feedbeef"), 2, "there is no plan feedbeef", "syncagent status")


def test_excluded_rows_are_left_out_and_proposed_again(company: Company) -> None:
    plan = make_plan(company)
    left_out = plan["changes"][1]
    report = company.agent.apply(plan, "--exclude", left_out["id"][:8])
    assert {each["change"] for each in report["outcomes"]} == {each["id"] for each in plan["changes"]} - {
        left_out["id"]
    }
    assert [each["id"] for each in company.agent.plan("--only", "sync")["changes"]] == [left_out["id"]]


def test_an_exclusion_that_names_no_row(company: Company) -> None:
    plan = make_plan(company)
    said = company.agent.call("approve", plan["digest"], "--by", "山本", "--exclude", "zzz")
    refused(company, said, 2, "--exclude zzz names no change of plan")


def test_a_breached_brake_needs_a_person_to_say_so(company: Company) -> None:
    company.agent.write_settings(changes_max="2")
    plan = make_plan(company)
    assert [each["brake"] for each in plan["breaches"]] == ["changes_max"]
    said = company.agent.call("approve", plan["digest"], "--by", "山本")
    refused(company, said, 1, "brake changes_max (plan): 3 is over the limit 2", "--accept-breaches")
    refused(company, company.agent.call("apply", plan["digest"]), 1, "is not approved")
    company.agent.apply(plan, "--accept-breaches")


def test_two_plans_of_one_moment_are_applied_one_after_the_other(company: Company) -> None:
    edit_hubspot(company, 4, jobtitle="社長")
    first = make_plan(company)
    second = company.agent.plan("--only", "policies")
    company.agent.apply(first)
    said = company.agent.do("approve", second["digest"], "--by", "山本")
    assert said.code == 0
    report = company.agent.do("apply", second["digest"], "--format", "json").json()
    assert report["run"] == "run-0002"


def test_a_plan_waits_until_an_interrupted_run_is_finished(company: Company) -> None:
    plan = make_plan(company)
    approve(company, plan)
    with mock.patch("syncagent.operations.apply.verify_run", side_effect=KeyboardInterrupt):
        assert company.agent.call("apply", plan["digest"]).code == 1
    company.box.ledger.clear()
    refused(company, company.agent.call("plan"), 1, f"run `syncagent apply {plan['digest'][:12]}` again, then plan")
    company.agent.do("apply", plan["digest"])
    assert company.box.ledger.writes() == []
    assert company.agent.plan("--only", "sync")["changes"] == []
