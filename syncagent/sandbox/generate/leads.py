"""Leads nobody has converted: nurtured, handed to sales and worked, handed and forgotten, closed."""

from dataclasses import dataclass
from random import Random

from syncagent.sandbox.generate.audit import audit
from syncagent.sandbox.generate.companies import Company
from syncagent.sandbox.generate.contacts import source_of
from syncagent.sandbox.generate.moments import (
    HOUR,
    LATEST,
    MINUTE,
    START,
    START_DAY,
    TODAY,
    at,
    date_text,
    day_of,
    next_workday,
    workday,
    working_moment,
)
from syncagent.sandbox.generate.pairing import twin_of
from syncagent.sandbox.generate.people import Addresses, meet
from syncagent.sandbox.generate.portal import Progress, write_company, write_contact
from syncagent.sandbox.generate.staff import Member
from syncagent.sandbox.generate.streams import chance, weighted
from syncagent.sandbox.generate.touches import first_met, later_touches, write_members
from syncagent.sandbox.generate.twins import fields_of, properties_of
from syncagent.sandbox.generate.work import call_lead
from syncagent.sandbox.generate.workshop import Workshop

_FATES = (("nurtured", 44), ("worked", 18), ("attempted", 8), ("neglected", 8), ("just_handed", 4), ("closed", 18))
_STATUS = {"worked": "Working - Contacted", "attempted": "Working - Contacted", "closed": "Closed - Not Converted"}
_SECOND_LEAD_SHARE, _IN_HUBSPOT_SHARE = 0.25, 0.65
_NEGLECT_DAYS = 7


@dataclass(frozen=True, slots=True)
class _Handling:
    """What became of a lead: owner, when it was handed to sales, the days of calls and whether somebody was reached."""

    fate: str
    owner: Member
    handed: int | None
    calls: tuple[tuple[int, bool], ...]


def write_leads(workshop: Workshop, wanted: int) -> None:
    """Write leads until the object has as many as wanted; some companies bring two."""
    number = 0
    while workshop.sheets.rows["Lead"] < wanted:
        rng = workshop.streams.of("lead", number)
        company, number = workshop.next_company(), number + 1
        addresses, company_id = Addresses(company, rng), None
        if chance(rng, _IN_HUBSPOT_SHARE):
            entered = working_moment(rng, workday(rng.randrange(START_DAY + 3, TODAY - 5)))
            company_id = write_company(workshop, company, created=entered, stage="lead", owner=None)
        for _ in range(1 + chance(rng, _SECOND_LEAD_SHARE)):
            if workshop.sheets.rows["Lead"] < wanted:
                _write_lead(workshop, rng, company, company_id, addresses)


def _write_lead(
    workshop: Workshop, rng: Random, company: Company, company_id: str | None, addresses: Addresses
) -> None:
    identifier, person = workshop.ids.salesforce("Lead"), meet(rng, company, addresses)
    fate = weighted(rng, _FATES)
    recent = fate == "just_handed"
    met, touches = first_met(workshop, rng, TODAY - 30 if recent else START_DAY + 1, TODAY - (2 if recent else 12))
    twin = twin_of(workshop, rng, person, identifier, met, alone=False)
    handling = _handle(workshop, rng, fate, met)
    touches = later_touches(workshop, rng, touches, met, rng.choice((0, 0, 0, 1, 2)))
    for day, connected in handling.calls:
        call_lead(workshop, rng, handling.owner, identifier, day, connected=connected)
    write_members(workshop, touches, identifier, None)
    last_call = at_day_end(handling.calls[-1][0]) if handling.calls else 0
    modified = max(handling.handed or 0, twin.changed.get("salesforce", 0), last_call)
    row = {
        "Id": identifier,
        **fields_of(twin),
        "Company": company.salesforce_name,
        "Status": _STATUS.get(fate, "Open - Not Contacted"),
        "LeadSource": source_of(rng, touches),
        "OwnerId": handling.owner.user_id,
        "IsConverted": False,
        "Industry": company.industry,
        "NumberOfEmployees": company.employees,
        "State": company.prefecture,
        "City": company.city,
        "LastActivityDate": date_text(handling.calls[-1][0]) if handling.calls else None,
        "SyncAgent_HubSpot_Id__c": twin.id_in_salesforce,
        **audit(max(met, START), workshop.staff.integration, modified, handling.owner),
    }
    workshop.sheets.salesforce("Lead", row)
    _note(workshop, identifier, twin.hubspot_id, handling)
    if twin.hubspot_id:
        write_contact(
            workshop,
            twin.hubspot_id,
            properties_of(twin),
            company=company,
            company_id=company_id,
            created=met,
            progress=_progress(met, handling),
            owner=handling.owner,
            salesforce_id=identifier if twin.hubspot_knows else None,
            source="OTHER_CAMPAIGNS" if touches else "OFFLINE",
            changed=twin.changed.get("hubspot"),
            history=twin.history,
        )


def at_day_end(day: int) -> int:
    """The last moment of a working day, when its calls have been entered."""
    return min(at(day, 19 * HOUR + 30 * MINUTE), LATEST)


def _handle(workshop: Workshop, rng: Random, fate: str, met: int) -> _Handling:
    if fate == "nurtured":
        return _Handling(fate, workshop.staff.pick(rng, "marketing", met), None, ())
    if fate == "just_handed":
        day = max(day_of(met), TODAY - rng.randrange(1, _NEGLECT_DAYS - 1))
    else:
        day = min(day_of(met) + rng.randrange(25), TODAY - _NEGLECT_DAYS - rng.randrange(1, 5))
    handed = max(working_moment(rng, max(day, day_of(met))), met)
    owner = workshop.staff.pick(rng, rng.choice(("sdr", "sdr", "bdr")), handed)
    if fate in ("neglected", "just_handed"):
        return _Handling(fate, owner, handed, ())
    attempts = rng.randrange(1, 4)
    days = [
        min(next_workday(day_of(handed) + 1 + number * 3 + rng.randrange(3)), day_of(LATEST))
        for number in range(attempts)
    ]
    days = sorted(max(call, day_of(handed)) for call in days)
    reached = fate == "worked" or (fate == "closed" and chance(rng, 0.6))  # share that said no themselves
    return _Handling(fate, owner, handed, tuple((call, reached and call == days[-1]) for call in days))


def _progress(met: int, handling: _Handling) -> Progress:
    if handling.handed is None:
        return [("lead", met)]
    stages = [("lead", met), ("marketingqualifiedlead", handling.handed)]
    if handling.fate == "worked":
        stages.append(("salesqualifiedlead", at_day_end(handling.calls[-1][0])))
    return stages


def _note(workshop: Workshop, identifier: str, hubspot_id: str | None, handling: _Handling) -> None:
    if handling.fate == "neglected" and handling.handed:
        workshop.truth.plant(
            "neglected_lead", lead=identifier, hubspot=hubspot_id, days=TODAY - day_of(handling.handed)
        )
    elif handling.fate == "attempted":
        workshop.truth.plant("attempted_never_reached", lead=identifier, last_attempt=date_text(handling.calls[-1][0]))
    elif handling.fate == "just_handed":
        workshop.truth.plant("handed_this_week", lead=identifier)
    workshop.note_owner("Lead", identifier, handling.owner)
