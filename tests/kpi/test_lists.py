"""Linkage, house list, featured leads and the actions proposed from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from syncagent.domain.money import Money
from syncagent.domain.records import Scalar
from syncagent.kpi import (
    HOUSE,
    LINKAGE,
    DealLine,
    Featured,
    PackRules,
    Reading,
    Week,
    featured_statement,
    lacking_statement,
    propose_actions,
    read_featured,
    read_house,
    story_statement,
)
from syncagent.kpi.featured import Touch
from syncagent.kpi.weekly import Pack
from tests.kpi.metrics import metric
from tests.kpi.warehouse import Warehouse, ids, on

TODAY = on("2026-11-16")
LAST = on("2026-11-15")


def test_linkage_counts_what_can_be_traced(house: Warehouse) -> None:
    house.add(
        "campaigns", {"id": "c1", "name": "展示会", "cost_minor": 5}, {"id": "c2", "name": "メール", "cost_minor": None}
    )
    house.add(
        "opportunities",
        {"id": "1", "name": "a", "is_won": True, "campaign_id": "c1"},
        {"id": "2", "name": "b", "is_won": True, "campaign_id": "c2"},
        {"id": "3", "name": "c", "is_won": True, "campaign_id": None},
        {"id": "4", "name": "d", "is_won": False, "campaign_id": None},
    )
    house.add("contact_roles", *({"id": f"r{n}", "opportunity_id": "1", "contact_id": f"{n}"} for n in range(2)))
    house.add("hubspot_contacts", {"id": "h1"}, {"id": "h2"})
    house.link(("person", "00Q", "contacts", "h1"), ("person", "003", "contacts", "h1"), ("deal", "006", "deals", "h2"))
    (row,) = house.rows(LINKAGE)
    assert dict(row) == {"won": 3, "campaign": 2, "person": 1, "cost": 1, "contacts": 2, "linked": 1}
    assert ids(house.rows(lacking_statement("campaign", 5))) == ["3"]
    assert ids(house.rows(lacking_statement("person", 5))) == ["2", "3"]
    assert ids(house.rows(lacking_statement("cost", 1))) == ["2"]


def test_the_house_list_counts_people_and_companies(house: Warehouse) -> None:
    house.add(
        "leads",
        {"id": "1", "company": "A", "is_converted": False},
        {"id": "2", "company": "A", "is_converted": None},
        {"id": "3", "company": "B", "is_converted": True},
        {"id": "4", "company": "C", "is_converted": False},
    )
    house.add("tasks", *({"id": f"t{n}", "who_id": "4", "is_closed": True} for n in range(2)))
    lines = read_house(house.rows(HOUSE))
    assert [(line.name, line.people, line.companies) for line in lines] == [
        ("leads", 3, 2),
        ("following", 1, 1),
        ("untouched", 2, 1),
    ]


def test_an_empty_house_list_has_its_lines(house: Warehouse) -> None:
    assert [(line.people, line.companies) for line in read_house(house.rows(HOUSE))] == [(0, 0)] * 3


def fill(house: Warehouse) -> None:
    house.add("users", {"id": "005", "name": "佐藤"})
    deal: dict[str, Scalar] = {
        "campaign_id": "c1",
        "owner_id": "005",
        "stage": "P1",
        "is_closed": False,
        "is_won": False,
    }
    lost: dict[str, Scalar] = {
        **deal,
        "is_closed": True,
        "close_day": LAST,
        "loss_reason": "競合",
        "competitor": "X社",
        "created_day": 1,
    }
    house.add(
        "opportunities",
        {**deal, "id": "small", "created_day": LAST, "amount_minor": 1, "name": "小"},
        {**deal, "id": "big", "created_day": LAST - 27, "amount_minor": 2, "name": "大", "next_step": "見積"},
        {**deal, "id": "too old", "created_day": LAST - 28, "amount_minor": 9},
        {**deal, "id": "no campaign", "created_day": LAST, "amount_minor": 9, "campaign_id": None},
        {**lost, "id": "lost", "amount_minor": None, "name": "失"},
        {**lost, "id": "won", "is_won": True, "amount_minor": 9},
    )
    lead: dict[str, Scalar] = {
        "is_converted": False,
        "owner_id": "q",
        "status": "Open",
        "lead_source": "展示会",
        "last_name": "林",
    }
    house.add(
        "leads",
        {**lead, "id": "quiet", "created_day": TODAY - 8, "company": "A"},
        {**lead, "id": "keen", "created_day": TODAY - 9, "company": "B"},
        {**lead, "id": "called", "created_day": TODAY - 8},
        {**lead, "id": "fresh", "created_day": TODAY - 6},
        {**lead, "id": "ancient", "created_day": TODAY - 91},
    )
    house.add("leads", {**lead, "id": "was", "_state": "converted", "_successor": "p1"})
    house.add("tasks", {"id": "t1", "who_id": "called", "is_closed": True})
    house.add("tasks", {"id": "t2", "what_id": "big", "is_closed": True, "due_day": LAST - 3})
    house.add("contact_roles", {"id": "r", "opportunity_id": "big", "contact_id": "p1"})
    house.add(
        "campaigns",
        {"id": "c1", "name": "EXPO", "channel": "展示会"},
        {"id": "c2", "name": "便り", "channel": "メール"},
    )
    answered: dict[str, Scalar] = {"responded": True}
    house.add(
        "campaign_members",
        {**answered, "id": "m1", "campaign_id": "c1", "lead_id": "was", "responded_day": LAST - 60},
        {**answered, "id": "m2", "campaign_id": "c2", "contact_id": "p1", "created_day": LAST - 50},
        {**answered, "id": "m3", "campaign_id": "c2", "contact_id": "p1", "created_day": LAST - 40},
        {**answered, "id": "m4", "campaign_id": "c1", "lead_id": "keen", "responded_day": LAST - 9},
        {**answered, "id": "m6", "campaign_id": "c2", "lead_id": "keen", "responded_day": LAST + 1},
        {"id": "m5", "campaign_id": "c2", "lead_id": "keen", "responded": False, "created_day": LAST - 9},
    )


def featured(house: Warehouse) -> tuple[Featured, ...]:
    rows = house.rows(featured_statement(PackRules(), first=LAST - 27, last=LAST, today=TODAY))
    return read_featured(rows, house.rows(story_statement(ids(rows), LAST)), "JPY")


def test_the_rule_proposes_one_of_each_kind(house: Warehouse) -> None:
    fill(house)
    opened, lost, neglected = featured(house)
    assert (opened.kind, opened.id, opened.amount, opened.owner) == ("became_deal", "big", Money(2, "JPY"), "佐藤")
    assert (opened.next_step, opened.logs, opened.last_on) == ("見積", 1, date(2026, 11, 12))
    assert (lost.kind, lost.id, lost.loss, lost.amount) == ("lost", "lost", "競合: X社", None)
    assert (neglected.kind, neglected.id, neglected.object, neglected.company) == ("neglected", "keen", "Lead", "B")
    assert (neglected.name, neglected.source, neglected.owner) == ("林", "展示会", "q")


def test_the_marketing_story_joins_lead_and_contact_by_first_response(house: Warehouse) -> None:
    fill(house)
    opened, lost, neglected = featured(house)
    assert opened.touches == (
        Touch("EXPO", "展示会", date(2026, 9, 16)),
        Touch("便り", "メール", date(2026, 9, 26)),
    )
    assert lost.touches == ()
    assert neglected.touches == (Touch("EXPO", "展示会", date(2026, 11, 6)),)


def test_an_empty_week_proposes_nothing(house: Warehouse) -> None:
    assert featured(house) == ()
    assert propose_actions((), (), date(2026, 11, 20)) == ()


LINE = DealLine("1", "案件", "佐藤", "P1", None, 1, None, None, None, 5, None, "keep")
LEAD = Featured("neglected", "Lead", "L", "林", "A社", "", None, (), "q", "Open", None, "", "", 0, None)


def test_actions_are_few_of_each_kind_and_tied_to_records() -> None:
    lines = [replace(LINE, id=f"{n}", decision="close") for n in range(3)]
    lines += [replace(LINE, id="r", decision="return"), replace(LINE, id="n")]
    lines += [replace(LINE, id="fine", next_on=date(2026, 12, 1))]
    lost = replace(LEAD, kind="lost", object="Opportunity", id="x")
    told = replace(lost, id="y", loss="競合")
    by = date(2026, 11, 20)
    actions = propose_actions(lines, [LEAD, lost, told, replace(LEAD, kind="became_deal")], by)
    assert [(action.what, action.record.ref) for action in actions] == [
        ("close", "salesforce/Opportunity/0"),
        ("close", "salesforce/Opportunity/1"),
        ("return", "salesforce/Opportunity/r"),
        ("next_action", "salesforce/Opportunity/n"),
        ("first_touch", "salesforce/Lead/L"),
        ("lost_reason", "salesforce/Opportunity/x"),
    ]
    assert {action.by for action in actions} == {by}
    assert {action.status for action in actions} == {"proposed"}
    assert actions[4].record.name == "A社 林"


def test_page_one_shows_the_focus_alone() -> None:
    readings = (Reading(metric("a", focus=True)), Reading(metric("b")))
    pack = Pack("o", Week(date(2026, 11, 9)), "Asia/Tokyo", "JPY", datetime(2026, 11, 16, tzinfo=UTC), readings)
    assert pack.focus == readings[:1]
