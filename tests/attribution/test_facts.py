"""What the campaign results count: one person however many records, first meetings, deals with their campaigns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from syncagent.attribution import (
    CampaignInputs,
    CampaignMemberRow,
    CampaignRow,
    ContactRoleRow,
    CountedRows,
    CrmRows,
    Fact,
    MeetingRow,
    OpportunityRow,
    PersonRow,
    Policy,
    gather_facts,
)
from syncagent.domain.money import Money

ZONE = ZoneInfo("Asia/Tokyo")
START = datetime(2026, 1, 5, 9, tzinfo=ZONE)
NOW = datetime(2026, 11, 16, 8, tzinfo=ZONE)
POLICY = Policy(ZONE)


def at(days: int) -> datetime:
    return START + timedelta(days=days)


def day(days: int) -> date:
    return at(days).date()


def deal(
    name: str, created: int, *, closed: int | None = None, won: bool = True, account: str | None = "A1"
) -> OpportunityRow:
    close = day(closed if closed is not None else 400)
    return OpportunityRow(
        name, Money(100, "JPY"), at(created), close, account, won=closed is not None and won, closed=closed is not None
    )


def member(name: str, campaign: str, person: str, days: int, *, responded: bool = True) -> CampaignMemberRow:
    return CampaignMemberRow(name, campaign, person, at(days), responded=responded)


CRM = CrmRows(
    opportunities=(deal("O1", 20, closed=60),),
    people=(PersonRow("P1", "contact", at(2), "A1"), PersonRow("L1", "lead", at(0), successor="P1")),
    roles=(ContactRoleRow("O1", "P1"),),
    members=(
        member("M1", "web", "L1", 1),
        member("M2", "fair", "P1", 10),
        member("M3", "mail", "P1", 12, responded=False),
    ),
    campaigns=(CampaignRow("web", "Webinar", "Webinar"), CampaignRow("fair", "Fair", "Event")),
)
ROWS = CountedRows(CRM, meetings=(MeetingRow("E2", at(16), "O1", "P1"), MeetingRow("E1", at(15), "O1", "P1")))


def facts(rows: CountedRows, policy: Policy = POLICY, as_of: datetime = NOW) -> list[Fact]:
    return list(gather_facts(rows, policy, as_of).facts)


def of_kind(found: list[Fact], kind: str) -> list[Fact]:
    return [fact for fact in found if fact.kind == kind]


def test_a_converted_lead_and_its_contact_are_one_person_with_one_chain() -> None:
    both, source = ("web", "fair"), ("P1",)
    assert facts(ROWS) == [
        Fact("P1", "lead", day(0), both, day(0), source),
        Fact("E1", "meeting", day(15), both, day(0), source),
        Fact("E1", "valid_meeting", day(15), both, day(0), source),
        Fact("O1", "deal", day(20), both, day(0), source),
        Fact("O1", "won", day(60), both, day(0), source),
        Fact("A1", "new_customer", day(60), both, day(0), source),
    ]
    assert gather_facts(ROWS, POLICY, NOW).lead_days == {"P1": day(0)}


def test_followed_and_target_people_are_known_by_any_of_their_ids() -> None:
    found = facts(replace(ROWS, followed=frozenset({"L1"}), targets=frozenset({"P1"})))
    assert [fact.record for fact in of_kind(found, "follow_lead") + of_kind(found, "target_lead")] == ["P1", "P1"]


def test_what_comes_later_is_not_counted_yet() -> None:
    assert facts(ROWS, as_of=at(0) - timedelta(seconds=1)) == []
    early = facts(ROWS, as_of=at(15) + timedelta(hours=1))
    assert [(fact.kind, fact.campaigns) for fact in early] == [
        ("lead", ("web", "fair")),
        ("meeting", ("web", "fair")),
        ("valid_meeting", ("web", "fair")),
    ]
    still_open = facts(ROWS, as_of=at(30))
    assert [fact.kind for fact in still_open][-1] == "deal"


def test_excluded_channels_bring_nobody() -> None:
    found = facts(ROWS, replace(POLICY, excluded_channels=frozenset({"Webinar"})))
    assert {fact.campaigns for fact in found} == {("fair",)}


@pytest.mark.parametrize(
    ("meeting", "people", "campaigns", "valid"),
    [
        (MeetingRow("E", at(15), None, "L1"), ("P1",), ("web", "fair"), False),
        (MeetingRow("E", at(5), "O1", "P1"), ("P1",), ("web",), True),
        (MeetingRow("E", at(15), "O1", None), ("P1",), ("web", "fair"), True),
        (MeetingRow("E", at(15), "O1", "P9"), ("P9",), ("web", "fair"), True),
        (MeetingRow("E", at(15), "O9", "P9"), ("P9",), (), True),
        (MeetingRow("E", at(15)), (), (), False),
    ],
)
def test_a_meeting_goes_back_to_its_person_or_else_to_its_deal(
    meeting: MeetingRow, people: tuple[str, ...], campaigns: tuple[str, ...], valid: bool
) -> None:
    found = facts(replace(ROWS, meetings=(meeting,)))
    (held,) = of_kind(found, "meeting")
    assert (held.people, held.campaigns) == (people, campaigns)
    assert bool(of_kind(found, "valid_meeting")) is valid


def test_the_campaign_entered_on_a_deal_comes_after_those_its_people_met() -> None:
    assert {f.campaigns for f in of_kind(facts(replace(ROWS, primary={"O1": "mail"})), "won")} == {
        ("web", "fair", "mail")
    }
    assert {f.campaigns for f in of_kind(facts(replace(ROWS, primary={"O1": "web"})), "won")} == {("web", "fair")}


def test_an_account_is_a_new_customer_once_by_its_first_win() -> None:
    more = (
        deal("O0", 30, closed=90),
        deal("O2", 5, closed=40),
        deal("O3", 5, closed=30, account=None),
        deal("O4", 5, closed=20, won=False),
        deal("O5", 5),
    )
    found = facts(replace(ROWS, crm=replace(CRM, opportunities=(*CRM.opportunities, *more))))
    assert [(fact.record, fact.day) for fact in of_kind(found, "new_customer")] == [("A1", day(40))]
    assert [fact.record for fact in of_kind(found, "won")] == ["O0", "O1", "O2", "O3"]
    assert [fact.record for fact in of_kind(found, "deal")] == ["O0", "O1", "O2", "O3", "O4", "O5"]


def test_people_found_by_the_account_alone_are_no_link() -> None:
    found = facts(replace(ROWS, crm=replace(CRM, roles=())))
    (won,) = of_kind(found, "won")
    assert (won.people, won.cohort_day) == ((), None)
    assert won.campaigns == ("web", "fair")


def test_inputs_nobody_connected_are_named_and_zero_counts_as_connected() -> None:
    assert CampaignInputs().missing() == ("targets", "margin", "cost_classes", "clicks", "sales_cost", "plans")
    given = CampaignInputs(targets=frozenset(), sales_cost_minor=0, costs=())
    assert given.missing() == ("margin", "clicks", "plans")
