"""A stale deal from audit to close: warned in both systems, closed on the announced day, not before, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.installation import POLICY, SATO, opportunity_id, pass_days
from tests.operations.conftest import Company

FLAGS = ("SyncAgent_Flag__c", "SyncAgent_Flag_Since__c", "SyncAgent_Flag_Due__c")
DEAL_FLAGS = ("syncagent_flag", "syncagent_flag_since", "syncagent_flag_due")


def opportunity(company: Company, number: int = 1) -> dict[str, Any]:
    """Read an opportunity straight from the sandbox."""
    (row,) = (row for row in company.box.dump().salesforce["Opportunity"] if row["Id"] == opportunity_id(number))
    return row


def deal(company: Company, number: int = 1) -> dict[str, Any]:
    """Read a deal's properties straight from the sandbox."""
    (row,) = (row for row in company.box.dump().hubspot["deals"] if row["id"] == str(7000 + number))
    properties: dict[str, Any] = row["properties"]
    return properties


def cycle(company: Company) -> dict[str, Any]:
    """Pull, plan the policies, and apply what their standing approvals cover."""
    company.agent.do("pull")
    plan = company.agent.plan("--only", "policies")
    if plan["changes"]:
        company.agent.do("apply", plan["digest"])
    return plan


def states(plan: dict[str, Any]) -> dict[str, str]:
    """Give each opportunity's state under the policy."""
    return {each["record"]["id"]: each["state"] for each in plan["findings"] if each["policy"] == POLICY}


@pytest.fixture
def warned(company: Company) -> Company:
    """Audit, enforce and warn: opportunity 1 is 83 days in its stage today."""
    assert company.agent.plan("--only", "policies")["changes"] == []
    company.agent.do("policy", "enforce", POLICY, "--by", "山本")
    cycle(company)
    return company


def days(company: Company, count: int) -> dict[str, Any]:
    """Let days pass, with a cycle every three days at least (a longer silence is an outage); give the last plan."""
    plan: dict[str, Any] = {}
    while count:
        step = min(count, 3)
        pass_days(company.box, company.agent, step)
        plan, count = cycle(company), count - step
    return plan


def test_an_audit_finds_and_changes_nothing(company: Company) -> None:
    plan = cycle(company)
    assert states(plan) == {opportunity_id(1): "warned"}
    assert plan["changes"] == []
    assert company.box.ledger.writes() == []


def test_a_warning_stands_in_both_systems_with_since_and_due(warned: Company) -> None:
    assert [opportunity(warned)[name] for name in FLAGS] == [POLICY, "2026-08-25", "2026-11-23"]
    assert [deal(warned)[name] for name in DEAL_FLAGS] == [POLICY, "2026-08-25", "2026-11-23"]
    assert opportunity(warned)["StageName"] == "P3 評価"
    assert cycle(warned)["changes"] == []


def test_the_deal_is_closed_on_the_announced_day_and_not_before(warned: Company) -> None:
    assert states(days(warned, 6))[opportunity_id(1)] == "warned"
    assert opportunity(warned)["StageName"] == "P3 評価"
    assert states(days(warned, 1))[opportunity_id(1)] == "due"
    closed = opportunity(warned)
    assert (closed["StageName"], closed["Loss_Reason__c"]) == ("失注", "自動クローズ:停滞")
    assert closed["Loss_Detail__c"].startswith(
        f"Closed by policy {POLICY}: in stage P3 評価 since 2026-08-25 (90 days)"
    )
    assert closed["SyncAgent_Flag__c"] == deal(warned)["syncagent_flag"] == "recycle-nurture"
    guarded = [entry for entry in warned.box.ledger.writes("salesforce") if entry.path.endswith(opportunity_id(1))]
    assert guarded[-1].method == "PATCH"
    assert [opportunity(warned, 2)[name] for name in FLAGS] == [POLICY, "2026-09-01", "2026-11-30"]
    assert warned.agent.do("ledger", "verify").code == 0


def test_a_stage_move_cancels_and_clears_the_flags(warned: Company) -> None:
    days(warned, 3)
    warned.box.edit("salesforce", "Opportunity", opportunity_id(1), {"StageName": "P1 課題認識"}, SATO)
    days(warned, 1)
    assert [opportunity(warned).get(name) for name in FLAGS] == [None, None, None]
    assert [deal(warned).get(name) or None for name in DEAL_FLAGS] == [None, None, None]
    days(warned, 4)
    assert opportunity(warned)["StageName"] == "P1 課題認識"


def test_a_hold_given_on_the_command_line_prevents_the_close(warned: Company) -> None:
    words = ("--until", "2026-12-25", "--reason", "稟議待ち", "--approved-by", "山本")
    warned.agent.do("hold", opportunity_id(1), "--policy", POLICY, *words)
    plan = days(warned, 8)
    assert states(plan)[opportunity_id(1)] == "held"
    assert opportunity(warned)["StageName"] == "P3 評価"
    assert "稟議待ち" in warned.agent.do("holds").out


def test_a_hold_requested_in_the_crm_counts_when_it_is_approved(warned: Company) -> None:
    asked = {"SyncAgent_Hold_Until__c": "2026-12-25", "SyncAgent_Hold_Reason__c": "稟議待ち"}
    warned.box.edit("salesforce", "Opportunity", opportunity_id(1), asked, SATO)
    assert states(days(warned, 1))[opportunity_id(1)] == "warned"
    approved = {"SyncAgent_Hold_Approved_By__c": "山本"}
    warned.box.edit("salesforce", "Opportunity", opportunity_id(1), approved, SATO)
    assert states(days(warned, 7))[opportunity_id(1)] == "held"
    assert opportunity(warned)["StageName"] == "P3 評価"


def test_an_edit_between_plan_and_apply_saves_the_deal_whole(warned: Company) -> None:
    days(warned, 6)
    pass_days(warned.box, warned.agent, 1)
    warned.agent.do("pull")
    plan = warned.agent.plan("--only", "policies")
    warned.box.edit("salesforce", "Opportunity", opportunity_id(1), {"StageName": "P1 課題認識"}, SATO)
    said = warned.agent.call("apply", plan["digest"], "--format", "json")
    assert said.code == 1
    mine = {each["id"] for each in plan["changes"] if each["record"]["id"] == opportunity_id(1)}
    outcomes = {each["outcome"] for each in said.json()["outcomes"] if each["change"] in mine}
    assert outcomes == {"stale"}
    kept = opportunity(warned)
    assert (kept["StageName"], kept.get("Loss_Reason__c")) == ("P1 課題認識", None)


def test_undo_opens_a_closed_deal_again_and_it_is_not_closed_a_second_time(warned: Company) -> None:
    before = opportunity(warned)
    days(warned, 6)
    days(warned, 1)
    run = next(word for word in warned.agent.do("status").out.split() if word.startswith("run-"))
    warned.agent.do("undo", run)
    again = opportunity(warned)
    names = ("StageName", "Loss_Reason__c", "Loss_Detail__c", *FLAGS)
    assert [again.get(name) for name in names] == [before.get(name) for name in names]
    assert opportunity_id(1) not in states(days(warned, 1))  # it entered its stage anew
    assert opportunity(warned)["StageName"] == "P3 評価"


def test_a_policy_nobody_audited_is_not_enforced(company: Company) -> None:
    said = company.agent.call("policy", "enforce", POLICY, "--by", "山本")
    assert said.code == 2
    assert "was not audited yet: run `syncagent plan --only policies`" in said.err


def test_an_unknown_policy_is_answered_with_the_nearest(company: Company) -> None:
    said = company.agent.call("policy", "enforce", "stage-stale-9", "--by", "山本")
    assert said.code == 2
    assert POLICY in said.err
