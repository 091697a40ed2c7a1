"""Duplicates planted among an account's people.

Shared mailboxes, one address on two contacts and a lead, the same person twice in HubSpot.
"""

from dataclasses import dataclass, replace
from random import Random

from syncagent.sandbox.generate.audit import audit
from syncagent.sandbox.generate.companies import Company
from syncagent.sandbox.generate.people import Addresses, Person, free_mail, meet
from syncagent.sandbox.generate.workshop import Workshop

SAME_EMAIL_EVERY, SHARED_EVERY, TWICE_EVERY = 120, 90, 100


@dataclass(frozen=True, slots=True)
class Plotted:
    """A person and what was planted on them. An `alone` person has no HubSpot contact of their own."""

    person: Person
    alone: bool = False
    copied_lead: bool = False
    twice: bool = False


def plot_people(workshop: Workshop, rng: Random, company: Company, size: int) -> list[Plotted]:
    """The account's people, some of them entered twice or behind one address."""
    addresses = Addresses(company, rng)
    plotted = [Plotted(meet(rng, company, addresses)) for _ in range(size)]
    for place in range(size):
        before = plotted[place - 1].person if place else None
        if workshop.due("same email", SAME_EMAIL_EVERY):
            if before and before.email.endswith(company.domain) and not before.email.startswith("info@"):
                copy = replace(before, department=plotted[place].person.department, phone=plotted[place].person.phone)
                plotted[place] = Plotted(copy, alone=True, copied_lead=True)
            else:
                workshop.postpone("same email", SAME_EMAIL_EVERY)
        elif workshop.due("shared mailbox", SHARED_EVERY):
            if before and not plotted[place - 1].alone:
                mailbox = f"info@{company.domain}"
                plotted[place - 1] = replace(plotted[place - 1], person=replace(before, email=mailbox))
                plotted[place] = Plotted(replace(plotted[place].person, email=mailbox), alone=True)
                workshop.truth.plant("shared_mailbox", email=mailbox)
            else:
                workshop.postpone("shared mailbox", SHARED_EVERY)
        elif workshop.due("twice in hubspot", TWICE_EVERY):
            plotted[place] = replace(plotted[place], twice=True)
    return plotted


def write_copied_lead(workshop: Workshop, rng: Random, person: Person, company: Company, created: int) -> str:
    """Write the lead that carries an address two contacts already have."""
    identifier = workshop.ids.salesforce("Lead")
    owner = workshop.staff.pick(rng, "marketing", created)
    row = {
        "Id": identifier,
        "LastName": person.family,
        "FirstName": person.given,
        "Name": f"{person.family} {person.given}",
        "Company": company.registered_name,
        "Email": person.email,
        "Phone": person.phone,
        "Status": "Open - Not Contacted",
        "LeadSource": "名刺交換",
        "OwnerId": owner.user_id,
        "IsConverted": False,
        **audit(created, owner),
    }
    workshop.sheets.salesforce("Lead", row)
    workshop.truth.plant("same_email_on_two_contacts_and_a_lead", email=person.email, lead=identifier)
    return identifier


def second_address(rng: Random, person: Person) -> str:
    """The private address under which HubSpot knows the same person again."""
    family, given = person.romaji
    return free_mail(rng, family, given)
