"""One account with everything about it: company, people, converted leads, opportunities, in both systems."""

from dataclasses import replace
from random import Random

from syncagent.sandbox.generate.audit import audit
from syncagent.sandbox.generate.companies import Company
from syncagent.sandbox.generate.contacts import Arrival, arrive, write_person
from syncagent.sandbox.generate.duplicates import Plotted, plot_people, write_copied_lead
from syncagent.sandbox.generate.moments import DAY, START, START_DAY, TODAY, workday, working_moment
from syncagent.sandbox.generate.opportunities import Place, Plan, plan_opportunities, write_opportunity
from syncagent.sandbox.generate.portal import write_company
from syncagent.sandbox.generate.routes import Deck
from syncagent.sandbox.generate.staff import Member
from syncagent.sandbox.generate.streams import chance, weighted
from syncagent.sandbox.generate.workshop import Workshop

CONTACTS_PER_OPPORTUNITY = 5
_NUMBER_SHARE, _NUMBER_IN_HUBSPOT_SHARE, _WEBSITE_SHARE = 0.55, 0.3, 0.85
_SIZES = ((1, 20), (2, 24), (3, 20), (4, 14), (5, 9), (6, 6), (8, 5), (12, 2))


class Book:
    """Opens accounts until the wanted number of contacts is reached, with one opportunity to every five contacts."""

    def __init__(self, workshop: Workshop, contacts: int) -> None:
        self._workshop = workshop
        self._wanted = contacts
        self._contacts = self._opportunities = self._accounts = 0
        self._deck = Deck()

    def fill(self) -> None:
        """Write all accounts."""
        while self._contacts < self._wanted:
            rng = self._workshop.streams.of("account", self._accounts)
            self._accounts += 1
            size = min(weighted(rng, _SIZES), self._wanted - self._contacts)
            self._contacts += size
            self._open(rng, size)

    def _open(self, rng: Random, size: int) -> None:
        company = self._workshop.next_company()
        plans = self._plans(rng, company)
        write_account(self._workshop, rng, company, plans, size)

    def _plans(self, rng: Random, company: Company) -> list[Plan]:
        """The account's share of opportunities; some accounts leave theirs to the next."""
        pending = self._contacts // CONTACTS_PER_OPPORTUNITY - self._opportunities
        if self._contacts < self._wanted and chance(rng, 0.4):  # share of accounts that leave them
            return []
        first = self._opportunities
        self._opportunities += pending
        return plan_opportunities(self._workshop, self._deck, range(first, self._opportunities), company)


def write_account(workshop: Workshop, rng: Random, company: Company, plans: list[Plan], size: int) -> None:
    """Write one account, its people and its opportunities."""
    account = workshop.ids.salesforce("Account")
    opened = _opened(rng, plans)
    owner = workshop.staff.pick(rng, "field", opened)
    people = plot_people(workshop, rng, company, size)
    arrivals = [arrive(workshop, rng, plans[place] if place < len(plans) else None, opened) for place in range(size)]
    won = [plan.walk.won_at for plan in plans if plan.walk.won_at]
    stage = "customer" if won else "opportunity" if plans else "lead"
    company_id = _write_both(workshop, rng, company, account, opened, owner, stage)
    place = Place(company, account, company_id, owner)
    known = [
        write_person(workshop, rng, place, plotted, arrival, customer_since=min(won, default=None))
        for plotted, arrival in zip(people, arrivals, strict=True)
    ]
    _write_copies(workshop, rng, place, people, arrivals)
    for number, plan in enumerate(plans):
        first = number % size
        seller = workshop.staff.pick(rng, "field", plan.walk.steps[-1].at) if number else owner
        write_opportunity(workshop, rng, plan, place, [known[first], *known[:first], *known[first + 1 :]], seller)


def _opened(rng: Random, plans: list[Plan]) -> int:
    """When the account was entered: a quarter came over on the first days, none later than its first opportunity."""
    early = chance(rng, 0.25)  # share moved over from the old spreadsheet
    moment = working_moment(rng, workday(rng.randrange(START_DAY + 1, START_DAY + 8 if early else TODAY - 12)))
    return max(START, min([moment, *(plan.walk.created for plan in plans)]))


def _write_both(
    workshop: Workshop, rng: Random, company: Company, account: str, opened: int, owner: Member, stage: str
) -> str | None:
    """Write the Salesforce account and mostly a HubSpot company, linked, only alike, or alike by name alone."""
    link = weighted(rng, (("both", 66), ("domain", 14), ("name", 6), ("none", 14)))
    number_known, number_in_hubspot = chance(rng, _NUMBER_SHARE), chance(rng, _NUMBER_IN_HUBSPOT_SHARE)
    company_id = None
    if link != "none":
        company_id = write_company(
            workshop,
            company,
            created=opened,
            stage=stage,
            owner=owner,
            salesforce_id=account if link == "both" else None,
            known_number=number_in_hubspot,
            known_domain=link != "name",
        )
        if company.salesforce_name != company.hubspot_name:
            workshop.truth.plant(
                "company_spelling",
                salesforce=account,
                hubspot=company_id,
                in_salesforce=company.salesforce_name,
                in_hubspot=company.hubspot_name,
            )
    modified = min(opened + rng.randrange(1, 40) * DAY, working_moment(rng, TODAY - 3))
    row = {
        "Id": account,
        "Name": company.salesforce_name,
        "Type": "Customer - Direct" if stage == "customer" else "Prospect",
        "Industry": company.industry,
        "NumberOfEmployees": company.employees,
        "Phone": company.phone,
        "Website": f"https://www.{company.domain}" if chance(rng, _WEBSITE_SHARE) else None,
        "BillingCountry": "日本",
        "BillingPostalCode": company.postal_code,
        "BillingState": company.prefecture,
        "BillingCity": company.city,
        "BillingStreet": company.street,
        "OwnerId": owner.user_id,
        "Corporate_Number__c": company.corporate_number if number_known else None,
        "SyncAgent_HubSpot_Id__c": company_id if link == "both" else None,
        **audit(opened, owner, modified),
    }
    workshop.sheets.salesforce("Account", row)
    workshop.note_owner("Account", account, owner)
    return company_id


def _write_copies(
    workshop: Workshop, rng: Random, place: Place, people: list[Plotted], arrivals: list[Arrival]
) -> None:
    """Where two contacts share a personal address, a lead has it too."""
    for plotted, arrival in zip(people, arrivals, strict=True):
        if plotted.copied_lead:
            met = min(arrival.created + 30 * DAY, working_moment(rng, TODAY - 2))
            write_copied_lead(workshop, rng, replace(plotted.person, department=""), place.company, met)
