"""What follows from a plan's own changes is in the same plan, and is made only if they were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syncagent.sandbox import Sandbox
from tests.installation import DEAL_MAPPING, POLICY, SATO, Agent, install, make_company, opportunity_id, pass_days

STAGED = f"""{DEAL_MAPPING}
  stage:
    salesforce: StageName
    hubspot: dealstage
    transform: picklist
    rule: salesforce
    values:
      P1 課題認識: p1
      P3 評価: p3
      失注: lost
"""


@pytest.fixture
def closing(tmp_path: Path) -> Iterator[tuple[Sandbox, Agent, dict[str, Any]]]:
    """Bring one warned deal to the day on which it is closed, with the plan of that day."""
    with Sandbox(make_company(deals=(83,))) as box:
        agent = install(tmp_path / "agent", box, mappings={"deal": STAGED})
        agent.do("pull")
        agent.plan()
        agent.do("policy", "enforce", POLICY, "--by", "山本")
        agent.apply(agent.plan())
        for days in (3, 4):  # a product that was not running in between would have to warn again
            agent.plan("--only", "policies")
            pass_days(box, agent, days)
        agent.do("pull")
        yield box, agent, agent.plan()


def by_field(plan: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(change["record"]["system"], change["field"]): change for change in plan["changes"]}


def stages(box: Sandbox) -> tuple[object, object]:
    dump = box.dump()
    return dump.salesforce["Opportunity"][0]["StageName"], dump.hubspot["deals"][0]["properties"]["dealstage"]


def test_a_close_takes_the_deal_of_the_other_system_with_it(closing: tuple[Sandbox, Agent, dict[str, Any]]) -> None:
    box, agent, plan = closing
    close, follow = by_field(plan)["salesforce", "StageName"], by_field(plan)["hubspot", "dealstage"]
    assert follow["after"] == "lost"
    assert follow["requires"] == [close["id"]]
    assert follow["origin"] == "merge:deal.stage"
    report = agent.apply(plan, "--accept-breaches")
    assert {row["outcome"] for row in report["outcomes"]} == {"applied"}
    assert stages(box) == ("失注", "lost")
    agent.do("pull")
    assert agent.plan()["changes"] == []


def test_what_follows_is_not_written_when_the_close_dropped_out(
    closing: tuple[Sandbox, Agent, dict[str, Any]],
) -> None:
    box, agent, plan = closing
    agent.do("approve", plan["digest"], "--by", "山本", "--accept-breaches")
    box.edit("salesforce", "Opportunity", opportunity_id(1), {"StageName": "P1 課題認識"}, SATO)
    said = agent.call("apply", plan["digest"], "--format", "json")
    follow = by_field(plan)["hubspot", "dealstage"]
    (row,) = [row for row in said.json()["outcomes"] if row["change"] == follow["id"]]
    assert said.code == 1
    assert row["outcome"] == "stale"
    assert "only follows from change" in row["message"]
    assert stages(box) == ("P1 課題認識", "p3")


def test_what_follows_is_not_written_when_the_close_was_excluded(
    closing: tuple[Sandbox, Agent, dict[str, Any]],
) -> None:
    box, agent, plan = closing
    excluded = [part for change in plan["changes"] if not change["requires"] for part in ("--exclude", change["id"])]
    agent.do("approve", plan["digest"], "--by", "山本", "--accept-breaches", *excluded)
    agent.call("apply", plan["digest"])
    assert stages(box) == ("P3 評価", "p3")
