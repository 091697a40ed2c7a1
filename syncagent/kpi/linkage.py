"""The linkage check and the house list: what can be traced, and who is in reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from syncagent.kpi.reading import NOTHING, Behind, share
from syncagent.kpi.rows import Row, number, text
from syncagent.kpi.statement import Statement

LinkName: TypeAlias = Literal["campaign", "person", "cost", "linked"]


@dataclass(frozen=True, slots=True)
class LinkageLine:
    """How many of a population carry a link, and the records that lack it."""

    name: LinkName
    part: int
    whole: int
    lacking: Behind = NOTHING

    @property
    def share(self) -> Decimal | None:
        """Give the percentage, None of an empty population."""
        return share(self.part, self.whole)


@dataclass(frozen=True, slots=True)
class HouseLine:
    """People of one group in the house list, and the companies they name."""

    name: Literal["leads", "following", "untouched"]
    people: int
    companies: int


_WON = """
    WITH won AS (
        SELECT o.id, o.name, o.campaign_id IS NOT NULL AS campaign, r.opportunity_id IS NOT NULL AS person,
               coalesce(c.cost_minor, 0) > 0 AS cost
        FROM opportunities AS o
        LEFT JOIN (SELECT DISTINCT opportunity_id FROM contact_roles) AS r ON r.opportunity_id = o.id
        LEFT JOIN campaigns AS c ON c.id = o.campaign_id
        WHERE o.is_won = true
    )"""

LINKAGE = Statement(
    f"""{_WON}
    SELECT count(*) AS won, count(*) FILTER (campaign) AS campaign, count(*) FILTER (person) AS person,
           count(*) FILTER (cost) AS cost, (SELECT count(*) FROM hubspot_contacts) AS contacts,
           (SELECT count(DISTINCT l.hubspot_id) FROM link AS l JOIN hubspot_contacts AS h ON h.id = l.hubspot_id
            WHERE l.hubspot_object = 'contacts') AS linked
    FROM won
    """,
    (),
)
"""Won deals with a campaign, a person and a campaign whose cost is known; HubSpot contacts linked to Salesforce."""

HOUSE = Statement(
    """
    SELECT name, count(*) AS people, count(DISTINCT company) AS companies FROM (
        SELECT l.company, unnest(CASE WHEN t.person IS NULL THEN ['leads', 'untouched'] ELSE ['leads', 'following'] END)
            AS name
        FROM leads AS l
        LEFT JOIN (SELECT DISTINCT who_id AS person FROM tasks WHERE is_closed) AS t ON t.person = l.id
        WHERE coalesce(l.is_converted, false) = false
    ) GROUP BY 1 ORDER BY 1
    """,
    (),
)
"""Leads that are still leads: all, those somebody called or wrote to, those nobody did."""


def lacking_statement(name: LinkName, limit: int) -> Statement:
    """Compile the list of won deals that lack a link, by name."""
    return Statement(f"{_WON} SELECT id, name FROM won WHERE NOT {name} ORDER BY name, id LIMIT $1", (limit,))


def read_house(rows: Iterable[Row]) -> tuple[HouseLine, ...]:
    """Read the answer to :data:`HOUSE`; a group nobody is in has its line all the same."""
    found = {text(row, "name"): row for row in rows}
    names: tuple[Literal["leads", "following", "untouched"], ...] = ("leads", "following", "untouched")
    return tuple(
        HouseLine(name, number(found[name], "people"), number(found[name], "companies"))
        if name in found
        else HouseLine(name, 0, 0)
        for name in names
    )
