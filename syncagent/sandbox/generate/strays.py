"""People only HubSpot knows: subscribers and form fillers that were never handed over."""

from random import Random

from syncagent.sandbox.generate.companies import Company
from syncagent.sandbox.generate.moments import START_DAY, TODAY, workday, working_moment
from syncagent.sandbox.generate.people import Addresses, meet
from syncagent.sandbox.generate.portal import Progress, write_company, write_contact
from syncagent.sandbox.generate.streams import chance, weighted
from syncagent.sandbox.generate.workshop import Workshop

_STAGES = (("subscriber", 45), ("lead", 45), ("marketingqualifiedlead", 10))
_SOURCES = (
    ("ORGANIC_SEARCH", 34),
    ("PAID_SEARCH", 20),
    ("DIRECT_TRAFFIC", 18),
    ("EMAIL_MARKETING", 10),
    ("REFERRALS", 8),
    ("SOCIAL_MEDIA", 6),
    ("OFFLINE", 4),
)


def write_strays(workshop: Workshop, wanted: int) -> None:
    """Write the wanted number of people, half of them with a company."""
    for number in range(wanted):
        rng = workshop.streams.of("stray", number)
        _write_stray(workshop, rng, workshop.next_company())


def _write_stray(workshop: Workshop, rng: Random, company: Company) -> None:
    person = meet(rng, company, Addresses(company, rng))
    created = working_moment(rng, workday(rng.randrange(START_DAY + 3, TODAY - 1)))
    company_id = None
    if chance(rng, 0.5):  # share HubSpot made a company for
        company_id = write_company(workshop, company, created=created, stage="lead", owner=None)
    stage = weighted(rng, _STAGES)
    values = {"firstname": person.given, "lastname": person.family, "email": person.email}
    if stage != "subscriber":
        values |= {"phone": person.phone, "jobtitle": person.title, "department": person.department}
    owner = workshop.staff.pick(rng, "marketing", created) if stage == "marketingqualifiedlead" else None
    identifier = workshop.ids.hubspot("contacts")
    progress: Progress = [(stage, created)]
    write_contact(
        workshop,
        identifier,
        values,
        company=company,
        company_id=company_id,
        created=created,
        progress=progress,
        owner=owner,
        source=weighted(rng, _SOURCES),
    )
    workshop.truth.plant("only_in_hubspot", hubspot=identifier)
