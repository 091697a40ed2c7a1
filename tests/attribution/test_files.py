"""What is read from the two files, and what is said about mistakes in them."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from syncagent.attribution import Policy, TextFile, read_journeys
from syncagent.errors import ConfigurationError

FILE = Path(__file__).parents[1] / "cases" / "attribution" / "files.yaml"
POLICY = Policy(ZoneInfo("Asia/Tokyo"))
DEALS = "opp_id,amount_minor,currency,opp_created_ts,closed_won_ts\nO1,100,JPY,2026-02-01,2026-03-31 09:00:00\n"
TOUCHES = "touch_id,opp_id,touch_ts,campaign_id,channel\nT1,O1,2026-03-01,C1,Email\n"


class FileCase(TypedDict, total=False):
    name: str
    opportunities: str
    touch_file: str
    touches: list[str]
    errors: list[str]


CASES: list[FileCase] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))


def sources(case: FileCase) -> tuple[TextFile, TextFile]:
    deals = TextFile("deals.csv", case.get("opportunities", DEALS))
    return deals, TextFile("touches.csv", case.get("touch_file", TOUCHES))


@pytest.mark.parametrize("case", [case for case in CASES if "touches" in case], ids=lambda case: case["name"])
def test_read(case: FileCase) -> None:
    journeys = read_journeys(*sources(case), POLICY).journeys
    assert [touch.id for journey in journeys for touch in journey.touches] == case["touches"]
    assert {journey.grade for journey in journeys} == {"file"}


@pytest.mark.parametrize("case", [case for case in CASES if "errors" in case], ids=lambda case: case["name"])
def test_complain(case: FileCase) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_journeys(*sources(case), POLICY)
    assert str(caught.value).splitlines() == case["errors"]
