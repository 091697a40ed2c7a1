"""Opportunity rows with their history, contact roles, activities and HubSpot deal."""

from dataclasses import dataclass
from random import Random
from typing import Any

from syncagent.sandbox.generate.activities import write_task
from syncagent.sandbox.generate.audit import audit
from syncagent.sandbox.generate.companies import Company
from syncagent.sandbox.generate.deals import link_of, stage_of, write_deal
from syncagent.sandbox.generate.moments import TODAY, date_text, day_of, next_workday, salesforce_time
from syncagent.sandbox.generate.next_actions import NextAction, write_next_action
from syncagent.sandbox.generate.outcomes import Outcome, outcome_of, qualification_of
from syncagent.sandbox.generate.portal import CONTACT_TO_DEAL, DEAL_TO_COMPANY
from syncagent.sandbox.generate.roles import Known, buying_group, source_campaign, write_roles
from syncagent.sandbox.generate.routes import Deck, Route, route
from syncagent.sandbox.generate.staff import Member
from syncagent.sandbox.generate.streams import weighted
from syncagent.sandbox.generate.vocabulary import shares, words
from syncagent.sandbox.generate.walks import Step, Walk, walk
from syncagent.sandbox.generate.work import Desk, write_past_work
from syncagent.sandbox.generate.workshop import Workshop

_SEATS_MOST, _PRICE_MOST = 3_000, 60_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """An opportunity before it is written."""

    id: str
    walk: Walk
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Place:
    """The account an opportunity or a person belongs to, in both systems."""

    company: Company
    account: str
    company_id: str | None
    owner: Member


def plan_opportunities(workshop: Workshop, deck: Deck, numbers: range, company: Company) -> list[Plan]:
    """Decide what is sold to the company, in order of time; who has bought before is sold more of it."""
    drafts: list[tuple[Route, Random]] = []
    for number in numbers:
        rng = workshop.streams.of("opportunity", number)
        drafts.append((route(rng, deck.deal(workshop)), rng))
    drafts.sort(key=lambda draft: draft[0].moments[0])
    plans: list[Plan] = []
    for way, rng in drafts:
        bought = any(plan.walk.won_at and plan.walk.won_at < way.moments[0] for plan in plans)
        plans.append(_plan(workshop, rng, way, company, customer=bought))
    return plans


def _plan(workshop: Workshop, rng: Random, way: Route, company: Company, *, customer: bool) -> Plan:
    product, per_head, smallest = rng.choice(words("deals")["products"])
    purpose, kind, part = weighted(rng, shares("deals", "customer_purposes" if customer else "purposes"))
    seats = min(company.employees, _SEATS_MOST) * (0.2 + 0.5 * rng.random())
    price = int(min(_PRICE_MOST, max(smallest, per_head * seats)) * part)
    name = f"{company.short_name} {product} {purpose}"
    return Plan(workshop.ids.salesforce("Opportunity"), walk(rng, way, price), name, kind)


def write_opportunity(
    workshop: Workshop, rng: Random, plan: Plan, place: Place, people: list[Known], owner: Member
) -> None:
    """Write everything about one opportunity in both systems."""
    walked = plan.walk
    group = buying_group(workshop, rng, plan.id, walked, people)
    write_roles(workshop, rng, plan.id, walked, group)
    _write_history(workshop, plan, owner)
    link = link_of(rng, walked)
    deal = None if link == "none" else workshop.ids.hubspot("deals")
    if deal:
        write_deal(
            workshop, rng, deal, walked, link=link, name=plan.name, kind=plan.kind, opportunity=plan.id, owner=owner
        )
        _associate(workshop, deal, place, group)
    outcome = outcome_of(workshop, rng, plan.id, walked)
    known = [(person.contact_id, person.hubspot_id) for person in group or people[:1]]
    workshop.note_owner("Opportunity", plan.id, owner)
    active = workshop.staff.manager(owner.team) if owner.leaves else owner
    desk = Desk(active, plan.id, place.account, known, deal)
    last_day, action = _write_activities(workshop, rng, plan, desk, outcome)
    campaign = source_campaign(workshop, rng, plan.id, walked, people)
    row = {
        **_row(plan, place, owner),
        "CampaignId": campaign.id if campaign else None,
        "NextStep": action.text,
        "SyncAgent_HubSpot_Id__c": deal if link in ("both", "salesforce_knows") else None,
        **outcome.fields,
        **qualification_of(workshop.streams.of("qualification", walked.created), walked),
        "LastActivityDate": date_text(max(last_day, action.event_day)),
        **audit(walked.created, owner, max(walked.steps[-1].at, action.typed)),
    }
    workshop.sheets.salesforce("Opportunity", row)


def _row(plan: Plan, place: Place, owner: Member) -> dict[str, Any]:
    last, stage = plan.walk.steps[-1], stage_of(plan.walk.steps[-1].stage)
    return {
        "Id": plan.id,
        "Name": plan.name,
        "AccountId": place.account,
        "OwnerId": owner.user_id,
        **_money(last),
        "CloseDate": date_text(last.close_day),
        "Type": plan.kind,
        "IsClosed": plan.walk.closed_at is not None,
        "IsWon": last.stage == "won",
        "ForecastCategoryName": stage["forecast"][1],
        "IsPrivate": False,
        "LastStageChangeDate": salesforce_time(plan.walk.moves[-1].at),
    }


def _money(step: Step) -> dict[str, Any]:
    stage = stage_of(step.stage)
    return {
        "StageName": stage["name"],
        "Amount": step.amount,
        "Probability": stage["probability"],
        "ExpectedRevenue": None if step.amount is None else step.amount * stage["probability"] // 100,
        "ForecastCategory": stage["forecast"][0],
    }


def _write_history(workshop: Workshop, plan: Plan, owner: Member) -> None:
    for step in plan.walk.steps:
        row = {
            "Id": workshop.ids.salesforce("OpportunityHistory"),
            "OpportunityId": plan.id,
            **_money(step),
            "CloseDate": date_text(step.close_day),
            "CreatedDate": salesforce_time(step.at),
            "CreatedById": owner.user_id,
            "SystemModstamp": salesforce_time(step.at),
            "IsDeleted": False,
        }
        workshop.sheets.salesforce("OpportunityHistory", row)


def _associate(workshop: Workshop, deal: str, place: Place, group: list[Known]) -> None:
    if place.company_id:
        workshop.sheets.associate(f"deals/{deal}", f"companies/{place.company_id}", *DEAL_TO_COMPANY)
    for person in group:
        if person.hubspot_id:
            workshop.sheets.associate(f"contacts/{person.hubspot_id}", f"deals/{deal}", CONTACT_TO_DEAL)


def _write_activities(
    workshop: Workshop, rng: Random, plan: Plan, desk: Desk, outcome: Outcome
) -> tuple[int, NextAction]:
    """Write past and coming activities; returns the day of the last past one, and the next action."""
    card, walked, first = plan.walk.card, plan.walk, next_workday(day_of(plan.walk.created) + 1)
    if walked.closed_at:
        last = day_of(walked.closed_at)
        write_past_work(workshop, rng, desk, min(first, last), last)
        if outcome.return_day:
            day = outcome.return_day
            who = desk.people[0][0]
            write_task(
                workshop,
                desk.owner,
                "再アプローチ",
                due=day,
                created=walked.closed_at,
                who=who,
                what=plan.id,
                account=desk.account,
            )
        return last, NextAction()
    last = max(first, TODAY - (card["quiet"] if "quiet" in card else _quiet_days(rng, walked)))
    write_past_work(workshop, rng, desk, first, last)
    workshop.truth.plant(
        "open_opportunity",
        opportunity=plan.id,
        stage=stage_of(walked.steps[-1].stage)["name"],
        days_in_stage=TODAY - day_of(walked.moves[-1].at),
        next_action=card["next"],
        days_without_next_action=card.get("quiet"),
        close=date_text(walked.steps[-1].close_day),
        hold=card.get("hold"),
    )
    return last, write_next_action(workshop, rng, walked, desk)


def _quiet_days(rng: Random, walked: Walk) -> int:
    """How long ago somebody last worked on it; calls do not keep a zombie alive, so zombies get some too."""
    return rng.randrange(5, 45) if walked.card["next"] in ("none", "stale_text") else rng.randrange(2, 20)
