"""Attribution goes to the CRMs through the plan: differences alone, once, and never when a sum does not come out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from syncagent.attribution import Attribution, Check
from syncagent.attribution import credit as real_credit
from syncagent.connectors.protocol import Write
from syncagent.sandbox import Sandbox
from tests.installation import DEAL_MAPPING, Agent, Json, install, opportunity_id, pass_days
from tests.operations.campaign_company import LOOSE, WON, make_campaign_company

FIRST = "SyncAgent_First_Touch_Campaign__c"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[tuple[Sandbox, Agent]]:
    with Sandbox(make_campaign_company()) as box:
        agent = install(tmp_path, box, mappings={"deal": DEAL_MAPPING})
        agent.do("pull")
        agent.apply(agent.plan("--only", "sync"))  # links the deals
        yield box, agent


def rows(box: Sandbox) -> dict[str, Json]:
    return {row["Id"]: row for row in box.world.dump().salesforce["Opportunity"]}


def properties(box: Sandbox, deal: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row["properties"] for row in box.world.dump().hubspot["deals"] if row["id"] == deal)
    return found


def test_won_deals_say_in_both_systems_which_campaign_brought_them(scene: tuple[Sandbox, Agent]) -> None:
    box, agent = scene
    plan = agent.plan("--only", "attribution")
    assert {change["origin"] for change in plan["changes"]} == {"attribution:first_touch", "attribution:u_shaped"}
    assert {change["record"]["id"] for change in plan["changes"]} == {
        opportunity_id(WON),
        opportunity_id(LOOSE),
        str(7000 + WON),
    }
    report = agent.apply(plan)
    assert {item["outcome"] for item in report["outcomes"]} == {"applied"}
    won, loose = rows(box)[opportunity_id(WON)], rows(box)[opportunity_id(LOOSE)]
    assert won[FIRST] == won["SyncAgent_Attribution_Campaign__c"] == "11月ウェビナー"
    assert won["SyncAgent_Attribution_Model__c"] == "u_shaped"
    assert won["SyncAgent_Attribution_Shares__c"] == "11月ウェビナー 100.00%"
    assert won["SyncAgent_Attributed_Amount__c"] == 1_200_000
    assert (loose.get(FIRST), loose["SyncAgent_Attribution_Shares__c"]) == (None, "(unattributed): no_person")
    assert loose["SyncAgent_Attributed_Amount__c"] == 0
    deal = properties(box, str(7000 + WON))
    assert deal["syncagent_first_touch_campaign"] == "11月ウェビナー"
    assert deal["syncagent_attributed_amount"] == "1200000"
    assert deal["syncagent_attribution_hash"] == won["SyncAgent_Attribution_Hash__c"]
    again = agent.plan("--only", "attribution")
    agent.do("pull")
    assert (again["changes"], agent.plan("--only", "attribution")["changes"]) == ([], [])


def test_a_value_changed_by_hand_is_put_right_and_an_undo_takes_all_back(scene: tuple[Sandbox, Agent]) -> None:
    box, agent = scene
    run = agent.apply(agent.plan("--only", "attribution"))["run"]
    before = rows(box)[opportunity_id(WON)]
    with agent.installation() as installation:
        changed = {FIRST: "展示会", "SyncAgent_Attributed_Amount__c": "1200000.00"}
        installation.connector("salesforce").write("Opportunity", [Write("1", "update", opportunity_id(WON), changed)])
    agent.do("pull")
    plan = agent.plan("--only", "attribution")
    assert [(item["field"], item["before"], item["after"]) for item in plan["changes"]] == [
        (FIRST, "展示会", "11月ウェビナー")
    ]
    agent.apply(plan)
    agent.do("undo", run)
    assert rows(box)[opportunity_id(WON)].get(FIRST) is None
    assert len(agent.plan("--only", "attribution")["changes"]) == 16
    agent.apply(agent.plan("--only", "attribution"))
    assert rows(box)[opportunity_id(WON)][FIRST] == before[FIRST]


def test_an_org_without_the_fields_is_left_alone(tmp_path: Path) -> None:
    with Sandbox(make_campaign_company(fields=False)) as box:
        agent = install(tmp_path, box, mappings={"deal": DEAL_MAPPING})
        said = agent.do("pull")
        assert FIRST in said.out
        assert agent.plan("--only", "attribution")["changes"] == []


def test_nothing_is_written_when_a_sum_does_not_come_out(
    scene: tuple[Sandbox, Agent], monkeypatch: pytest.MonkeyPatch
) -> None:
    _box, agent = scene

    def lose_a_yen(*arguments: Any) -> Attribution:  # noqa: ANN401 - passed through
        right = real_credit(*arguments)
        return replace(right, checks=(*right.checks, Check("first_touch", "JPY", 1, (opportunity_id(WON),))))

    monkeypatch.setattr("syncagent.operations.attribution.core.credit", lose_a_yen)
    plan = agent.plan("--only", "attribution")
    assert plan["changes"] == []
    assert [(item["brake"], item["measured"]) for item in plan["breaches"]] == [
        ("conservation", f"1 ({opportunity_id(WON)})")
    ]


def test_a_deal_that_is_not_won_any_more_is_emptied(scene: tuple[Sandbox, Agent]) -> None:
    box, agent = scene
    agent.apply(agent.plan("--only", "attribution"))
    with agent.installation() as installation:
        connector = installation.connector("salesforce")
        connector.write("Opportunity", [Write("1", "update", opportunity_id(WON), {"StageName": "P3 評価"})])
    pass_days(box, agent, 1)
    agent.do("pull")
    plan = agent.plan("--only", "attribution")
    assert {change["after"] for change in plan["changes"]} == {None}
    assert {change["record"]["id"] for change in plan["changes"]} == {opportunity_id(WON), str(7000 + WON)}
    assert {item["outcome"] for item in agent.apply(plan)["outcomes"]} == {"applied"}
    assert rows(box)[opportunity_id(WON)].get(FIRST) is None
    assert agent.plan("--only", "attribution")["changes"] == []


def test_without_a_file_for_it_nothing_is_written_back(scene: tuple[Sandbox, Agent]) -> None:
    _box, agent = scene
    (agent.folder / "mappings" / "attribution").mkdir()
    assert agent.plan("--only", "attribution")["changes"] == []
