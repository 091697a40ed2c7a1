"""How fast new leads are answered, and how many nobody answered."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from syncagent.kpi.reading import share
from syncagent.kpi.rows import Row, number, some_number
from syncagent.kpi.statement import Statement

FIRST_TOUCH_MINUTES = 5
"""Inquiries want a first touch within five minutes (rulebook, section 2: speed-to-lead)."""


@dataclass(frozen=True, slots=True)
class Response:
    """Leads that came in some weeks: how many were touched, after how many minutes, how many were neglected.

    ``old`` counts the leads that are old enough to be called neglected.
    """

    leads: int
    touched: int
    within: int
    median_minutes: int | None
    p90_minutes: int | None
    old: int
    neglected: int

    @property
    def neglected_share(self) -> Decimal | None:
        """Give the neglected leads in percent of those old enough."""
        return share(self.neglected, self.old)

    @property
    def within_share(self) -> Decimal | None:
        """Give the leads answered in time in percent of all."""
        return share(self.within, self.leads)


TOUCHES = """
    SELECT who_id AS person, created_us FROM tasks WHERE is_closed AND who_id IS NOT NULL
    UNION ALL SELECT who_id, created_us FROM events WHERE who_id IS NOT NULL"""
"""Every logged activity with a person: a closed task (call, mail) or a meeting entered in the calendar."""


def response_statement(first: int, last: int, *, today: int, neglected_days: int) -> Statement:
    """Compile the answer times of the leads created from day ``first`` to ``last``, converted ones included."""
    return Statement(
        f"""
        WITH arrived AS (
            SELECT id, "_successor" AS contact, created_us, created_day, is_converted FROM leads_all
            WHERE "_state" IN ('live', 'converted') AND created_day BETWEEN $1 AND $2
        ), touches AS ({TOUCHES}), met AS (
            SELECT arrived.id, touches.created_us FROM arrived JOIN touches ON touches.person = arrived.id
            UNION ALL
            SELECT arrived.id, touches.created_us FROM arrived JOIN touches ON touches.person = arrived.contact
        ), answered AS (
            SELECT arrived.*, (first.at - arrived.created_us) // 60000000 AS minutes FROM arrived
            LEFT JOIN (
                SELECT met.id, min(met.created_us) AS at FROM met JOIN arrived USING (id)
                WHERE met.created_us >= arrived.created_us GROUP BY 1
            ) AS first ON first.id = arrived.id
        )
        SELECT count(*) AS leads, count(minutes) AS touched,
               count(*) FILTER (minutes < {FIRST_TOUCH_MINUTES}) AS within,
               quantile_disc(minutes, 0.5) AS median_minutes, quantile_disc(minutes, 0.9) AS p90_minutes,
               count(*) FILTER (old) AS old, count(*) FILTER (old AND minutes IS NULL AND NOT converted) AS neglected
        FROM (SELECT *, coalesce(is_converted, false) AS converted, created_day <= $3 AS old FROM answered)
        """,
        (first, last, today - neglected_days),
    )


def read_response(row: Row) -> Response:
    """Read the answer to :func:`response_statement`."""
    return Response(
        leads=number(row, "leads"),
        touched=number(row, "touched"),
        within=number(row, "within"),
        median_minutes=some_number(row, "median_minutes"),
        p90_minutes=some_number(row, "p90_minutes"),
        old=number(row, "old"),
        neglected=number(row, "neglected"),
    )
