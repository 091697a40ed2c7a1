"""A person at an account: the Salesforce contact, the lead it was converted from, and its HubSpot contact."""

from dataclasses import dataclass
from random import Random

from syncagent.sandbox.generate.audit import audit
from syncagent.sandbox.generate.duplicates import TWICE_EVERY, Plotted, second_address
from syncagent.sandbox.generate.moments import DAY, HOUR, LATEST, START, START_DAY, TODAY, date_text, day_of
from syncagent.sandbox.generate.opportunities import Place, Plan
from syncagent.sandbox.generate.pairing import twin_of
from syncagent.sandbox.generate.portal import Progress, write_contact
from syncagent.sandbox.generate.roles import Known
from syncagent.sandbox.generate.streams import chance, weighted
from syncagent.sandbox.generate.touches import Touch, first_met, later_touches, write_members
from syncagent.sandbox.generate.twins import Twin, fields_of, properties_of
from syncagent.sandbox.generate.vocabulary import shares
from syncagent.sandbox.generate.workshop import Workshop

STALE_LINK_EVERY = 12
_ANCHORED_CONVERTED, _OTHER_CONVERTED = 0.55, 0.05


@dataclass(frozen=True, slots=True)
class Arrival:
    """How somebody became a contact: met, entered, perhaps as a converted lead, for which opportunity."""

    met: int
    created: int
    converted: bool
    plan: Plan | None
    touches: list[Touch]


def arrive(workshop: Workshop, rng: Random, plan: Plan | None, opened: int) -> Arrival:
    """Somebody's arrival; who starts an opportunity was met before it, others at any time since."""
    if plan:
        limit = day_of(plan.walk.created)
        met, touches = first_met(workshop, rng, max(START_DAY, limit - 150), max(START_DAY, limit - 4))
        converted = chance(rng, _ANCHORED_CONVERTED)
        created = plan.walk.created - HOUR if converted else max(met, min(opened, plan.walk.created - HOUR))
        return Arrival(min(met, created), created, converted, plan, touches)
    met, touches = first_met(workshop, rng, max(START_DAY + 1, day_of(opened) - 60), TODAY - 4)
    converted = chance(rng, _OTHER_CONVERTED) and met + 10 * DAY < LATEST
    created = max(met + rng.randrange(3, 10) * DAY if converted else met, opened + HOUR)
    return Arrival(met, min(created, LATEST - DAY), converted, None, touches)


def write_person(
    workshop: Workshop, rng: Random, place: Place, plotted: Plotted, arrival: Arrival, *, customer_since: int | None
) -> Known:
    """Write everything about one person at the account."""
    contact_id = workshop.ids.salesforce("Contact")
    twin = twin_of(workshop, rng, plotted.person, contact_id, arrival.created, alone=plotted.alone)
    touches = later_touches(workshop, rng, arrival.touches, arrival.met, rng.choice((0, 0, 1, 1, 2, 3, 4)))
    lead_id = _write_converted_lead(workshop, rng, place, twin, arrival, contact_id) if arrival.converted else None
    write_members(workshop, [touch for touch in touches if lead_id and touch.at < arrival.created], lead_id, contact_id)
    write_members(
        workshop, [touch for touch in touches if not (lead_id and touch.at < arrival.created)], None, contact_id
    )
    modified = max(arrival.created + rng.randrange(1, 72) * HOUR, twin.changed.get("salesforce", 0))
    row = {
        "Id": contact_id,
        "AccountId": place.account,
        **fields_of(twin),
        "OwnerId": place.owner.user_id,
        "LeadSource": source_of(rng, arrival.touches),
        "SyncAgent_HubSpot_Id__c": twin.id_in_salesforce,
        **audit(arrival.created, workshop.staff.integration, modified, place.owner),
    }
    workshop.sheets.salesforce("Contact", row)
    workshop.note_owner("Contact", contact_id, place.owner)
    if twin.hubspot_id:
        _write_hubspot(workshop, rng, place, plotted, arrival, twin, contact_id, lead_id, customer_since)
    elif plotted.twice:
        workshop.postpone("twice in hubspot", TWICE_EVERY)
    return Known(contact_id, twin.hubspot_id, arrival.created, touches)


def source_of(rng: Random, touches: list[Touch]) -> str:
    """The lead source: the first campaign's type, or how people come without one."""
    source: str = touches[0].campaign.type if touches else weighted(rng, shares("leads", "sources"))
    return source


def _write_hubspot(
    workshop: Workshop,
    rng: Random,
    place: Place,
    plotted: Plotted,
    arrival: Arrival,
    twin: Twin,
    contact_id: str,
    lead_id: str | None,
    customer_since: int | None,
) -> None:
    hubspot_id = twin.hubspot_id or ""
    values, salesforce_id = properties_of(twin), contact_id
    if lead_id and twin.hubspot_knows and workshop.due("stale link", STALE_LINK_EVERY):
        salesforce_id = lead_id
        workshop.truth.plant("link_to_converted_lead", hubspot=hubspot_id, lead=lead_id, contact=contact_id)
    progress = _progress(arrival, customer_since)
    write_contact(
        workshop,
        hubspot_id,
        values,
        company=place.company,
        company_id=place.company_id,
        created=arrival.met,
        progress=progress,
        owner=place.owner,
        salesforce_id=salesforce_id if twin.hubspot_knows else None,
        source="OTHER_CAMPAIGNS" if arrival.touches else "OFFLINE",
        changed=twin.changed.get("hubspot"),
        history=twin.history,
    )
    if twin.link in ("hubspot_knows", "salesforce_knows"):
        workshop.truth.plant(
            "link_known_to_one_side",
            salesforce=contact_id,
            hubspot=hubspot_id,
            known_to=twin.link.removesuffix("_knows"),
        )
    if plotted.twice:
        second = workshop.ids.hubspot("contacts")
        again = {**values, "email": second_address(rng, plotted.person), "department": ""}
        created = min(arrival.met + 60 * DAY, LATEST - DAY)
        write_contact(
            workshop,
            second,
            again,
            company=place.company,
            company_id=None,
            created=created,
            progress=[("lead", created)],
            owner=None,
            source="ORGANIC_SEARCH",
        )
        workshop.truth.plant("same_person_twice_in_hubspot", first=hubspot_id, second=second, salesforce=contact_id)


def _progress(arrival: Arrival, customer_since: int | None) -> Progress:
    steps = [("lead", arrival.met)]
    if arrival.plan:
        steps.append(("salesqualifiedlead", max(arrival.met, arrival.plan.walk.created - 2 * DAY)))
        steps.append(("opportunity", arrival.plan.walk.created))
    if customer_since and customer_since > steps[-1][1]:
        steps.append(("customer", customer_since))
    return steps


def _write_converted_lead(
    workshop: Workshop, rng: Random, place: Place, twin: Twin, arrival: Arrival, contact_id: str
) -> str:
    """Write the lead this contact was converted from, as it stood then."""
    identifier = workshop.ids.salesforce("Lead")
    owner = workshop.staff.pick(rng, rng.choice(("sdr", "sdr", "bdr")), arrival.created)
    row = {
        "Id": identifier,
        **fields_of(twin),
        "Company": place.company.salesforce_name,
        "Status": "Closed - Converted",
        "LeadSource": source_of(rng, arrival.touches),
        "OwnerId": owner.user_id,
        "State": place.company.prefecture,
        "City": place.company.city,
        "IsConverted": True,
        "ConvertedDate": date_text(day_of(arrival.created)),
        "ConvertedAccountId": place.account,
        "ConvertedContactId": contact_id,
        "ConvertedOpportunityId": arrival.plan.id if arrival.plan else None,
        "SyncAgent_HubSpot_Id__c": twin.id_in_salesforce,
        **audit(max(arrival.met, START), workshop.staff.integration, arrival.created, owner),
    }
    workshop.sheets.salesforce("Lead", row)
    workshop.note_owner("Lead", identifier, owner)
    return identifier
