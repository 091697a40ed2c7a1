"""Featured leads: the rule proposes one that became a deal, one lost, one neglected; people talk about about three."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from syncagent.domain.money import Money
from syncagent.kpi.response import TOUCHES
from syncagent.kpi.rows import Row, day, number, some_number, text
from syncagent.kpi.rules import PackRules
from syncagent.kpi.statement import Statement
from syncagent.language.sql import Binder, condition_sql

Kind: TypeAlias = Literal["became_deal", "lost", "neglected"]

LOOK_BACK_DAYS = 28
"""Deals opened or lost in the four weeks that end with the asked one are candidates."""
NEGLECTED_DAYS_MAX = 90
"""A lead nobody touched for longer is no news."""


@dataclass(frozen=True, slots=True)
class Touch:
    """One campaign in the marketing story, on the day of the first response."""

    campaign: str
    channel: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Featured:
    """One proposal: the marketing story beside the sales notes.

    ``on`` is the day it was opened, lost, or came as a lead.
    """

    kind: Kind
    object: Literal["Opportunity", "Lead"]
    id: str
    name: str
    company: str
    source: str
    on: date | None
    touches: tuple[Touch, ...]
    owner: str
    stage: str
    amount: Money | None
    next_step: str
    loss: str
    logs: int
    last_on: date | None


def featured_statement(rules: PackRules, *, first: int, last: int, today: int) -> Statement:
    """Compile the proposals of a week: the largest deal opened and lost, the neglected lead with most responses."""
    binder = Binder(today)
    sourced = condition_sql(rules.sourced, binder, "opportunities").sql("duckdb")
    since, until, oldest, newest = (
        binder.bind(value).sql("duckdb")
        for value in (first, last, today - NEGLECTED_DAYS_MAX, today - rules.neglected_days)
    )
    opened = f"created_day BETWEEN {since} AND {until} AND is_closed = false AND {sourced}"
    lost = f"close_day BETWEEN {since} AND {until} AND is_closed = true AND is_won = false AND {sourced}"
    return Statement(
        f"""
        WITH touches AS ({TOUCHES}),
        deals AS (
            {_deals("became_deal", "created_day", opened)}
            UNION ALL {_deals("lost", "close_day", lost)}
        ),
        neglected AS (
            SELECT 'neglected' AS kind, 'Lead' AS object, l.id, concat_ws(' ', l.last_name, l.first_name) AS name,
                   l.company, l.lead_source AS source, l.created_day AS on_day, l.owner_id, l.status AS stage,
                   NULL AS amount_minor, NULL AS currency, NULL AS next_step, NULL AS loss,
                   row_number() OVER (ORDER BY coalesce(m.responses, 0) DESC, l.created_day DESC, l.id) AS place
            FROM leads AS l
            LEFT JOIN (SELECT lead_id, count(*) AS responses FROM campaign_members WHERE responded = true GROUP BY 1)
                AS m ON m.lead_id = l.id
            WHERE coalesce(l.is_converted, false) = false AND l.created_day BETWEEN {oldest} AND {newest}
              AND l.id NOT IN (SELECT person FROM touches)
        ),
        chosen AS (SELECT * FROM deals WHERE place = 1 UNION ALL SELECT * FROM neglected WHERE place = 1),
        logged AS (
            SELECT what_id, count(*) AS logs, max(day) AS last_day FROM (
                SELECT what_id, coalesce(completed_day, due_day, created_day) AS day FROM tasks WHERE is_closed
                UNION ALL SELECT what_id, start_day FROM events
            ) WHERE what_id IN (SELECT id FROM chosen) AND day <= {binder.bind(today).sql("duckdb")} GROUP BY 1
        )
        SELECT chosen.*, coalesce(users.name, chosen.owner_id) AS owner, coalesce(logs, 0) AS logs, last_day
        FROM chosen LEFT JOIN users ON users.id = chosen.owner_id LEFT JOIN logged ON logged.what_id = chosen.id
        ORDER BY array_position(['became_deal', 'lost', 'neglected'], kind)
        """,
        tuple(binder.values),
    )


def _deals(kind: Kind, on_day: str, where: str) -> str:
    return f"""
            SELECT '{kind}' AS kind, 'Opportunity' AS object, id, name, NULL AS company, lead_source AS source,
                   {on_day} AS on_day, owner_id, stage, amount_minor, currency, next_step,
                   concat_ws(': ', loss_reason, competitor, loss_detail) AS loss,
                   row_number() OVER (ORDER BY amount_minor DESC NULLS LAST, id) AS place
            FROM opportunities WHERE {where}"""


def story_statement(subjects: Sequence[str], last: int) -> Statement:
    """Compile the campaigns that reached the people of deals (by contact role) or leads, up to day ``last``.

    Each campaign stands on the day of its first response.
    """
    return Statement(
        """
        WITH asked AS (SELECT unnest(string_split($1, ',')) AS id),
        roles AS (SELECT opportunity_id, contact_id FROM contact_roles WHERE opportunity_id IN (FROM asked)),
        people AS (
            SELECT opportunity_id AS subject, contact_id AS person FROM roles
            UNION SELECT r.opportunity_id, l.id FROM roles AS r JOIN leads_all AS l ON l."_successor" = r.contact_id
            UNION SELECT id, id FROM leads WHERE id IN (FROM asked)
        ),
        met AS (
            SELECT campaign_id, contact_id AS person, coalesce(responded_day, created_day) AS day
            FROM campaign_members WHERE responded = true
            UNION ALL SELECT campaign_id, lead_id, coalesce(responded_day, created_day)
            FROM campaign_members WHERE responded = true
        )
        SELECT people.subject, campaigns.name, campaigns.channel, min(met.day) AS day
        FROM people JOIN met USING (person) JOIN campaigns ON campaigns.id = met.campaign_id
        WHERE met.day <= $2
        GROUP BY ALL ORDER BY 1, 4, 2
        """,
        (",".join(subjects), last),
    )


def read_featured(rows: Iterable[Row], stories: Iterable[Row], currency: str) -> tuple[Featured, ...]:
    """Read the answers to both statements."""
    told: dict[str, list[Touch]] = {}
    for row in stories:
        touch = Touch(text(row, "name"), text(row, "channel"), day(row, "day"))
        told.setdefault(text(row, "subject"), []).append(touch)
    return tuple(_featured(row, tuple(told.get(text(row, "id"), ())), currency) for row in rows)


def _featured(row: Row, touches: tuple[Touch, ...], currency: str) -> Featured:
    kinds: tuple[Kind, ...] = ("became_deal", "lost", "neglected")
    amount = some_number(row, "amount_minor")
    return Featured(
        kind=next(kind for kind in kinds if kind == row["kind"]),
        object="Opportunity" if row["object"] == "Opportunity" else "Lead",
        id=text(row, "id"),
        name=text(row, "name"),
        company=text(row, "company"),
        source=text(row, "source"),
        on=day(row, "on_day"),
        touches=touches,
        owner=text(row, "owner"),
        stage=text(row, "stage"),
        amount=None if amount is None else Money(amount, text(row, "currency") or currency),
        next_step=text(row, "next_step"),
        loss=text(row, "loss"),
        logs=number(row, "logs"),
        last_on=day(row, "last_day"),
    )
