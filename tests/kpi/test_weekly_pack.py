"""The pack of a generated org against a count of the org's own files: pull, plan, report, both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from syncagent.operations.report import weekly_pack
from syncagent.rendering.pack import pack_html
from syncagent.rendering.pack_json import pack_json
from syncagent.sandbox import Sandbox
from syncagent.sandbox.generate import generate
from tests.installation import Agent, install
from tests.rendering.standing_alone import assert_stands_alone

WEEK = "2026-W43"
TOKYO = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True, slots=True)
class Org:
    """The files of the org and an agent that has pulled it and judged it."""

    files: Path
    agent: Agent

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Read one object's file."""
        lines = (self.files / "salesforce" / f"{name}.jsonl").read_bytes().splitlines()
        return [orjson.loads(line) for line in lines]

    def document(self, *words: str) -> dict[str, Any]:
        """Ask for the pack as JSON."""
        found: dict[str, Any] = self.agent.do("report", "weekly", "--week", WEEK, "--format", "json", *words).json()
        return found


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    folder = tmp_path_factory.mktemp("pack")
    generate(folder / "org", seed=7, contacts=300)
    with Sandbox(folder / "org") as box:
        agent = install(folder / "agent", box)
        agent.do("pull")
        agent.do("plan", "--only", "policies", "--format", "json")
        yield Org(folder / "org", agent)


def in_week(value: str) -> bool:
    day = (
        datetime.fromisoformat(value).astimezone(TOKYO).date() if "T" in value else datetime.fromisoformat(value).date()
    )
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02}" == WEEK


def test_numbers_agree_with_a_count_of_the_files(org: Org) -> None:
    numbers = {row["id"]: row for row in org.document()["metrics"]}
    leads, deals = org.rows("Lead"), org.rows("Opportunity")
    came = [row for row in leads if in_week(row["CreatedDate"])]
    opened = [row for row in deals if in_week(row["CreatedDate"])]
    closed = [row for row in deals if row["IsClosed"] and in_week(row["CloseDate"])]
    still_open = [row for row in deals if not row["IsClosed"]]
    assert came, "the week must hold something"
    assert numbers["new_leads"]["value"] == len(came)
    assert {shown["id"] for shown in numbers["new_leads"]["records"]["shown"]} == {row["Id"] for row in came}
    assert numbers["meetings_held"]["value"] == sum(in_week(row["StartDateTime"]) for row in org.rows("Event"))
    assert numbers["new_opportunities"]["value"] == len(opened)
    assert numbers["new_pipeline_amount"]["value"] == sum(row.get("Amount") or 0 for row in opened)
    assert numbers["closed_count"]["value"] == len(closed)
    assert numbers["won_count"]["value"] == sum(row["IsWon"] for row in closed)
    assert numbers["open_pipeline_count"]["value"] == len(still_open)
    assert numbers["open_pipeline_amount"]["value"] == sum(row.get("Amount") or 0 for row in still_open)


def test_lists_agree_with_a_count_of_the_files(org: Org) -> None:
    document, deals = org.document(), org.rows("Opportunity")
    still_open = [row for row in deals if not row["IsClosed"]]
    assert document["deal_check"]["count"] == sum(bool(row.get("CampaignId")) for row in still_open)
    assert sum(line["count"] for line in document["deal_check"]["decisions"]) == document["deal_check"]["count"]
    assert document["pipeline"]["amount_minor"] == sum(row.get("Amount") or 0 for row in still_open)
    weighted = sum((row.get("Amount") or 0) * row["Probability"] for row in still_open)
    assert document["pipeline"]["weighted_minor"] == (weighted + 50) // 100
    assert document["pipeline"]["clean_amount_minor"] < document["pipeline"]["amount_minor"]
    won = [row for row in deals if row["IsWon"]]
    assert document["linkage"]["campaign"]["whole"] == len(won)
    assert document["linkage"]["campaign"]["part"] == sum(bool(row.get("CampaignId")) for row in won)
    assert document["house_list"][0]["people"] == sum(not row["IsConverted"] for row in org.rows("Lead"))
    assert document["segments"] == []
    assert document["bottleneck"]["from"] in {row["id"] for row in document["metrics"]}


def test_page_in_both_languages(org: Org) -> None:
    with org.agent.installation() as installation:
        pack = weekly_pack(installation, WEEK)
        again = weekly_pack(installation, WEEK)
    assert pack_json(pack) == pack_json(again)
    owners = {line.owner for line in pack.featured} | {line.who for line in pack.actions}
    assert owners
    for lang in ("ja", "en"):
        page = pack_html(pack, lang)
        assert_stands_alone(page)
        assert all(owner in page for owner in owners)


def test_a_week_of_the_far_past_is_empty_and_sensible(org: Org) -> None:
    with org.agent.installation() as installation:
        pack = weekly_pack(installation, "2001-W01")
    flows = [reading for reading in pack.readings if reading.metric.is_flow]
    assert {reading.value for reading in flows} == {0}
    assert pack.response is not None
    assert pack.response.median_minutes is None
    assert_stands_alone(pack_html(pack, "en"))
