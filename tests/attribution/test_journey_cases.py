"""Which touches count for a deal, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Literal, TypedDict
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from syncagent.attribution import (
    CampaignMemberRow,
    CampaignRow,
    ContactRoleRow,
    CrmRows,
    JourneySet,
    Measure,
    OpportunityRow,
    PersonRow,
    Policy,
    StageRow,
    build_journeys,
)
from syncagent.domain.money import Money

FILE = Path(__file__).parents[1] / "cases" / "attribution" / "journeys.yaml"
ZONE = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 16, 8, tzinfo=ZONE)
JANUARY = datetime(2026, 1, 5, 9, tzinfo=ZONE)
DEAL = OpportunityRow(
    "O1", Money(1000, "JPY"), datetime(2026, 2, 1, tzinfo=ZONE), date(2026, 3, 31), "A1", won=True, closed=True
)


class PersonCase(TypedDict, total=False):
    id: str
    kind: Literal["lead", "contact"]
    created: str
    account: str | None
    successor: str
    opportunity: str


class MemberCase(TypedDict, total=False):
    id: str
    person: str
    day: date
    created: str
    responded: bool


class RoleCase(TypedDict, total=False):
    contact: str
    created: str


class StageCase(TypedDict, total=False):
    at: str
    won: bool
    closed: bool


OPENED = StageCase(at="2026-02-01T00:00:00+09:00")
WON = StageCase(at="2026-03-31T18:00:00+09:00", won=True, closed=True)


class PolicyCase(TypedDict, total=False):
    responded_only: bool
    excluded_channels: list[str]


class JourneyCase(TypedDict, total=False):
    name: str
    as_of: str
    measure: Measure
    policy: PolicyCase
    opportunity: dict[str, bool]
    people: list[PersonCase]
    roles: list[RoleCase]
    members: list[MemberCase]
    stages: list[StageCase]
    campaigns: list[str]  # an empty list: the campaign was deleted
    touches: list[str]
    dropped: dict[str, str]
    reason: str
    grade: str
    close: str
    closed: str
    channel: str
    late_roles: list[str]
    lead_created: str | None
    tie_share: float
    absent: bool


def load_cases() -> list[JourneyCase]:
    yaml = YAML(typ="safe")
    yaml.constructor.add_constructor(
        "tag:yaml.org,2002:timestamp",
        lambda loader, node: (
            date.fromisoformat(node.value) if len(node.value) == 10 else str(loader.construct_scalar(node))
        ),
    )
    cases: list[JourneyCase] = yaml.load(FILE.read_text(encoding="utf-8"))
    return cases


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def person(case: PersonCase) -> PersonRow:
    created = instant(case["created"]) if "created" in case else JANUARY
    return PersonRow(
        case["id"],
        case.get("kind", "contact"),
        created,
        case.get("account", "A1"),
        case.get("successor"),
        case.get("opportunity"),
    )


def member(case: MemberCase) -> CampaignMemberRow:
    created = instant(case["created"]) if "created" in case else datetime(2026, 6, 1, tzinfo=ZONE)
    return CampaignMemberRow(
        case["id"], "C1", case.get("person", "P1"), created, case.get("day"), case.get("responded", True)
    )


def role(case: RoleCase) -> ContactRoleRow:
    return ContactRoleRow("O1", case["contact"], instant(case["created"]) if "created" in case else None)


def stage(case: StageCase) -> StageRow:
    return StageRow("O1", instant(case["at"]), case.get("won", False), case.get("closed", False))


def rows_of(case: JourneyCase) -> CrmRows:
    state = case.get("opportunity", {})
    people: list[PersonCase] = case.get("people", [PersonCase(id="P1")])
    roles: list[RoleCase] = case.get("roles", [RoleCase(contact="P1")])
    members: list[MemberCase] = case.get("members", [MemberCase(id="M1", day=date(2026, 2, 10))])
    stages: list[StageCase] = case.get("stages", [OPENED, WON])
    return CrmRows(
        opportunities=(replace(DEAL, won=state.get("won", True), closed=state.get("closed", True)),),
        people=tuple(person(entry) for entry in people),
        roles=tuple(role(entry) for entry in roles),
        members=tuple(member(entry) for entry in members),
        campaigns=() if "campaigns" in case else (CampaignRow("C1", "Expo", "Event"),),
        stages=tuple(stage(entry) for entry in stages),
    )


def build(case: JourneyCase) -> JourneySet:
    settings = case.get("policy", {})
    policy = Policy(
        ZONE,
        responded_only=settings.get("responded_only", True),
        excluded_channels=frozenset(settings.get("excluded_channels", [])),
    )
    as_of = instant(case["as_of"]) if "as_of" in case else NOW
    return build_journeys(rows_of(case), policy, as_of, case.get("measure", "won"))


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case["name"])
def test_case(case: JourneyCase) -> None:
    built = build(case)
    assert len(built.journeys) == (0 if case.get("absent") else 1)
    for journey in built.journeys:
        assert [touch.id for touch in journey.touches] == case.get("touches", [])
        assert {drop.touch.id: drop.reason for drop in journey.dropped} == case.get("dropped", {})
        assert journey.reason == case.get("reason", "")
        assert journey.grade == case.get("grade", "contact_role")
        assert built.grounds["O1"].group == journey.grade
        assert built.grounds["O1"].close == case.get("close", built.grounds["O1"].close)
        assert list(built.grounds["O1"].late_roles) == case.get("late_roles", [])
        assert {touch.channel for touch in journey.touches} <= {case.get("channel", "Event")}
        assert built.tie_share == case.get("tie_share", 0)
        if "closed" in case:
            assert journey.deal.closed == instant(case["closed"])
        if "lead_created" in case:
            expected = case["lead_created"]
            assert journey.deal.lead_created == (instant(expected) if expected else None)


def two_deals() -> CrmRows:
    rows = rows_of({"stages": []})
    later = replace(DEAL, id="O0", close_date=date(2026, 6, 30))
    roles = (ContactRoleRow("O1", "P1"), ContactRoleRow("O0", "P1"))
    return replace(rows, opportunities=(later, DEAL), roles=roles)


def test_several_deals_share_their_touches_by_default() -> None:
    built = build_journeys(two_deals(), Policy(ZONE), NOW)
    assert [[touch.id for touch in journey.touches] for journey in built.journeys] == [["M1"], ["M1"]]


def test_consumed_touches_count_for_the_next_close_alone() -> None:
    built = build_journeys(two_deals(), Policy(ZONE, consume=True), NOW)
    second, first = built.journeys
    assert (second.deal.id, first.deal.id) == ("O0", "O1")
    assert [touch.id for touch in first.touches] == ["M1"]
    assert second.touches == ()
    assert [(drop.touch.id, drop.reason) for drop in second.dropped] == [("M1", "consumed")]
    assert (first.reason, second.reason) == ("", "no_touch")


def test_a_consumed_path_keeps_its_earlier_reason() -> None:
    rows = replace(two_deals(), members=())
    built = build_journeys(rows, Policy(ZONE, consume=True), NOW)
    assert {journey.reason for journey in built.journeys} == {"no_touch"}


def test_no_journeys_have_no_ties() -> None:
    assert JourneySet(()).tie_share == 0
