"""What the campaign results count: people, meetings and deals with the campaigns they go back to.

A lead is any person, whatever records stand for it. A meeting is the first one held with a deal (or with a person who
has none yet); it is valid when sales related it to a deal. The source of each is the first campaign its people
responded to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from syncagent.attribution.campaigns import Fact
from syncagent.attribution.closing import Measure
from syncagent.attribution.journeys import JourneySet, Policy, build_journeys, touches_of
from syncagent.attribution.people import Directory
from syncagent.attribution.rows import CrmRows, OpportunityRow
from syncagent.domain.journeys import Journey, Touchpoint
from syncagent.domain.time import day_of

LINKED_GRADES = frozenset({"contact_role", "converted_lead"})
"""How a person counts as linked to a deal; everybody at the account is a guess."""


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting that was held, with the deal and the person it was entered for."""

    id: str
    at: datetime
    opportunity: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class CountedRows:
    """Everything facts are gathered from.

    ``followed`` are ids of leads somebody follows; ``targets`` ids of people who fit the target, None where nothing
    tells; ``primary`` is the campaign entered on a deal.
    """

    crm: CrmRows
    meetings: tuple[MeetingRow, ...] = ()
    followed: frozenset[str] = frozenset()
    targets: frozenset[str] | None = None
    primary: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts, the journeys by what became of the deals, and the day each person became a lead."""

    facts: tuple[Fact, ...]
    journeys: Mapping[Measure, JourneySet]
    lead_days: Mapping[str, date]


def gather_facts(rows: CountedRows, policy: Policy, as_of: datetime) -> Gathered:
    """Count what was there at ``as_of``; days are of the policy's zone."""
    return _Gatherer(rows, policy, as_of).gather()


class _Gatherer:
    """Looks up what several kinds of facts share."""

    def __init__(self, rows: CountedRows, policy: Policy, as_of: datetime) -> None:
        self._rows, self._policy, self._as_of = rows, policy, as_of
        self._directory = Directory(rows.crm)
        self._touches = touches_of(rows.crm, policy, as_of)
        self._first_seen = self._meet_everyone()
        measures: tuple[Measure, ...] = ("won", "open", "lost")
        self._journeys = {name: build_journeys(rows.crm, policy, as_of, name) for name in measures}
        self._by_deal = {
            journey.deal.id: (journey, built.grounds[journey.deal.id].people)
            for built in self._journeys.values()
            for journey in built.journeys
        }

    def gather(self) -> Gathered:
        facts = [*self._leads(), *self._meetings(), *self._deals()]
        return Gathered(tuple(facts), self._journeys, {who: self._day(at) for who, at in self._first_seen.items()})

    def _day(self, at: datetime) -> date:
        return day_of(at, self._policy.zone)

    def _meet_everyone(self) -> dict[str, datetime]:
        first: dict[str, datetime] = {}
        for person in self._rows.crm.people:
            winner = self._directory.identify(person.id)
            if person.created <= self._as_of:
                first[winner] = min(person.created, first.get(winner, person.created))
        return dict(sorted(first.items()))

    def _leads(self) -> Iterator[Fact]:
        followed = {self._directory.identify(one) for one in self._rows.followed}
        targets = {self._directory.identify(one) for one in self._rows.targets or ()}
        for person, at in self._first_seen.items():
            day = self._day(at)
            campaigns = campaigns_in_order(self._touches.get(person, ()))
            yield Fact(person, "lead", day, campaigns, day, (person,))
            if person in targets:
                yield Fact(person, "target_lead", day, campaigns, day, (person,))
            if person in followed:
                yield Fact(person, "follow_lead", day, campaigns, day, (person,))

    def _meetings(self) -> Iterator[Fact]:
        first: dict[str, MeetingRow] = {}
        for row in sorted(self._rows.meetings, key=lambda row: (row.at, row.id)):
            about = row.opportunity or (self._directory.identify(row.person) if row.person else row.id)
            if row.at <= self._as_of:
                first.setdefault(about, row)
        for row in first.values():
            people, campaigns = self._behind(row)
            cohort = self._cohort(people)
            yield Fact(row.id, "meeting", self._day(row.at), campaigns, cohort, people)
            if row.opportunity:
                yield Fact(row.id, "valid_meeting", self._day(row.at), campaigns, cohort, people)

    def _behind(self, row: MeetingRow) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give the people of a meeting and the campaigns they had met by then; the deal's where theirs are unknown."""
        people = (self._directory.identify(row.person),) if row.person else ()
        met = [touch for person in people for touch in self._touches.get(person, ()) if touch.at <= row.at]
        if met or row.opportunity not in self._by_deal:
            return people, campaigns_in_order(met)
        journey, group = self._by_deal[row.opportunity]
        return people or group, campaigns_in_order(touch for touch in journey.touches if touch.at <= row.at)

    def _deals(self) -> Iterator[Fact]:
        customers: dict[str, tuple[datetime, Fact]] = {}
        opportunities = {row.id: row for row in self._rows.crm.opportunities}
        won = {journey.deal.id for journey in self._journeys["won"].journeys}
        for deal, (journey, group) in sorted(self._by_deal.items()):
            people = group if journey.grade in LINKED_GRADES else ()
            campaigns = self._campaigns(journey, self._rows.primary.get(deal))
            cohort = self._cohort(people)
            yield Fact(deal, "deal", self._day(journey.deal.created), campaigns, cohort, people)
            if deal in won:
                fact = Fact(deal, "won", self._day(journey.deal.closed), campaigns, cohort, people)
                yield fact
                _keep_first(customers, opportunities[deal], journey, fact)
        for account, (_at, fact) in sorted(customers.items()):
            yield Fact(account, "new_customer", fact.day, fact.campaigns, fact.cohort_day, fact.people)

    @staticmethod
    def _campaigns(journey: Journey, primary: str | None) -> tuple[str, ...]:
        """Give the campaigns of a deal's people in order, then the one entered on the deal."""
        found = campaigns_in_order(journey.touches)
        return found if primary is None or primary in found else (*found, primary)

    def _cohort(self, people: Iterable[str]) -> date | None:
        days = [self._first_seen[person] for person in people if person in self._first_seen]
        return self._day(min(days)) if days else None


def _keep_first(customers: dict[str, tuple[datetime, Fact]], row: OpportunityRow, journey: Journey, fact: Fact) -> None:
    """Remember the deal that made an account a customer: the first one it won."""
    if row.account and (row.account not in customers or journey.deal.closed < customers[row.account][0]):
        customers[row.account] = (journey.deal.closed, fact)


def campaigns_in_order(touches: Iterable[Touchpoint]) -> tuple[str, ...]:
    """Name the campaigns of touches, each at its first, in order of time."""
    ordered: Sequence[Touchpoint] = sorted(touches, key=lambda touch: (touch.at, touch.id))
    return tuple(dict.fromkeys(touch.campaign for touch in ordered))
