"""Who one person is across leads, contacts and merges, and who stood behind a deal (attribution.md, P1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from syncagent.attribution.rows import ContactRoleRow, CrmRows, OpportunityRow, PersonRow


@dataclass(frozen=True, slots=True)
class BuyingGroup:
    """The people behind a deal, how they were found, and the oldest creation date among all their records.

    ``grade`` is contact_role, converted_lead, account or none. ``late`` names contacts whose role was entered after
    the close: they are reported and do not count.
    """

    people: frozenset[str]
    grade: str
    lead_created: datetime | None = None
    late: tuple[str, ...] = ()


class Directory:
    """Looks people up by any id they ever had."""

    def __init__(self, rows: CrmRows) -> None:
        self._rows = {person.id: person for person in rows.people}
        self._oldest: dict[str, datetime] = {}
        self._of_account: dict[str, set[str]] = defaultdict(set)
        self._of_conversion: dict[str, set[str]] = defaultdict(set)
        self._roles: dict[str, list[ContactRoleRow]] = defaultdict(list)
        for person in rows.people:
            self._enter(person)
        for role in rows.roles:
            self._roles[role.opportunity].append(role)

    def _enter(self, person: PersonRow) -> None:
        winner = self.identify(person.id)
        self._oldest[winner] = min(person.created, self._oldest.get(winner, person.created))
        account = self._rows[winner].account if winner in self._rows else person.account
        if account:
            self._of_account[account].add(winner)
        if person.kind == "lead" and person.opportunity:
            self._of_conversion[person.opportunity].add(winner)

    def identify(self, person: str) -> str:
        """Follow conversions and merges to the id that lives on; a circle ends at its smallest id."""
        seen = [person]
        while (row := self._rows.get(seen[-1])) and row.successor:
            if row.successor in seen:
                return min(seen[seen.index(row.successor) :])
            seen.append(row.successor)
        return seen[-1]

    def find_group(self, opportunity: OpportunityRow, closed: datetime) -> BuyingGroup:
        """Find the people behind a deal: contact roles, else the converted lead's contact, else the account."""
        timely: set[str] = set()
        late: set[str] = set()
        for role in self._roles.get(opportunity.id, ()):
            (late if role.created and role.created > closed else timely).add(self.identify(role.contact))
        flagged = tuple(sorted(late - timely))
        converted = self._of_conversion.get(opportunity.id, set())
        of_account = self._of_account.get(opportunity.account or "", set())
        for people, grade in ((timely, "contact_role"), (converted, "converted_lead"), (of_account, "account")):
            if people:
                return BuyingGroup(frozenset(people), grade, self._first_seen(people), flagged)
        return BuyingGroup(frozenset(), "none", late=flagged)

    def _first_seen(self, people: Iterable[str]) -> datetime | None:
        return min((self._oldest[person] for person in people if person in self._oldest), default=None)
