"""Before a policy closes a deal its attribution is frozen; where that cannot be done, the deal is not closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncagent.attribution import DEFAULT_MODELS, JourneySet
from syncagent.sandbox import Sandbox
from syncagent.store import ledger, snapshots
from tests.installation import DEAL_MAPPING, POLICY, Agent, Json, install, opportunity_id, pass_days
from tests.operations.campaign_company import EXHIBITION, WEBINAR, make_campaign_company

CLOSED = opportunity_id(1)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[tuple[Sandbox, Agent]]:
    """An installation in which opportunity 1 was warned and is due today."""
    with Sandbox(make_campaign_company(fields=False)) as box:
        agent = install(tmp_path, box, mappings={"deal": DEAL_MAPPING})
        agent.do("pull")
        agent.do("plan", "--only", "policies")
        agent.do("policy", "enforce", POLICY, "--by", "山本")
        agent.apply(agent.plan("--only", "policies"))
        for days in (4, 3):  # a week without a plan would be an outage, after which warnings are given anew
            pass_days(box, agent, days)
            agent.do("pull")
            agent.do("plan", "--only", "policies")
        yield box, agent


def closing_plan(agent: Agent) -> Json:
    plan = agent.plan("--only", "policies")
    stages = [change for change in plan["changes"] if change["field"] == "StageName"]
    assert [change["record"]["id"] for change in stages] == [CLOSED]
    return plan


def stage_now(box: Sandbox) -> str:
    rows = {row["Id"]: row for row in box.world.dump().salesforce["Opportunity"]}
    return str(rows[CLOSED]["StageName"])


def test_a_close_leaves_the_credits_of_the_deal_behind(scene: tuple[Sandbox, Agent]) -> None:
    box, agent = scene
    plan = closing_plan(agent)
    report = agent.apply(plan)
    assert {item["outcome"] for item in report["outcomes"]} == {"applied"}
    assert stage_now(box) == "失注"
    with agent.installation() as installation, installation.store.read() as tx:
        (taken,) = snapshots.snapshots(tx)
        told = [entry.body for entry in ledger.entries(tx) if entry.kind == "snapshot"]
    assert (taken.opportunity, taken.run, taken.plan) == (CLOSED, report["run"], plan["digest"])
    assert taken.models == DEFAULT_MODELS
    assert taken.sound
    credits_ = taken.credits["credits"]
    assert isinstance(credits_, list)
    linear = {row["campaign"]: row["credit_minor"] for row in credits_ if row["model"] == "linear"}
    assert linear == {EXHIBITION: 600_000, WEBINAR: 600_000}
    assert (taken.credits["amount_minor"], taken.credits["currency"]) == (1_200_000, "JPY")
    assert told == [{"run": report["run"], "plan": plan["digest"], "deals": {CLOSED: taken.digest}}]


def test_a_deal_whose_credits_cannot_be_frozen_is_not_closed(
    scene: tuple[Sandbox, Agent], monkeypatch: pytest.MonkeyPatch
) -> None:
    box, agent = scene
    plan = closing_plan(agent)
    together = {change["id"] for change in plan["changes"] if change["origin"] == f"policy:{POLICY}"}
    with monkeypatch.context() as patch:
        patch.setattr("syncagent.operations.snapshots.core.build_journeys", lambda *_args: JourneySet(()))
        agent.do("approve", plan["digest"], "--by", "山本")
        said = agent.call("apply", plan["digest"], "--format", "json")
    outcomes = {item["change"]: item for item in said.json()["outcomes"]}
    closed = [change["id"] for change in plan["changes"] if change["record"]["id"] == CLOSED]
    for change in closed:
        assert outcomes[change]["outcome"] == "stale"
        assert outcomes[change]["message"].startswith("no attribution snapshot: the mirror knows no such open deal")
    assert said.code == 1
    assert together >= set(closed)
    assert stage_now(box) == "P3 評価"
    again = agent.apply(closing_plan(agent))
    assert {item["outcome"] for item in again["outcomes"]} == {"applied"}
    assert stage_now(box) == "失注"


def test_a_plan_that_closes_nothing_takes_no_snapshot(tmp_path: Path) -> None:
    with Sandbox(make_campaign_company(fields=False)) as box:
        agent = install(tmp_path, box, mappings={"deal": DEAL_MAPPING})
        agent.do("pull")
        agent.apply(agent.plan())
        with agent.installation() as installation, installation.store.read() as tx:
            assert snapshots.snapshots(tx) == []
