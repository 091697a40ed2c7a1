"""The weekly deal check: every open marketing-sourced deal with what is missing and a proposed decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from syncagent.domain.money import Money
from syncagent.kpi.rows import Row, day, number, some_number, text
from syncagent.kpi.rules import PackRules
from syncagent.kpi.statement import Statement
from syncagent.language.sql import Binder, condition_sql

Decision: TypeAlias = Literal["close", "return", "keep"]
DECISIONS: tuple[Decision, ...] = ("close", "return", "keep")
"""Close; hand back to inside sales; keep. In the order they are looked at."""

_HALF_A_YEAR = 183


@dataclass(frozen=True, slots=True)
class DealLine:
    """One deal: how many meetings, calls and tasks are on record, the last and the next one, days in its stage."""

    id: str
    name: str
    owner: str
    stage: str
    amount: Money | None
    logs: int
    last_on: date | None
    quiet_days: int | None
    next_on: date | None
    stage_days: int | None
    held_until: date | None
    decision: Decision


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """How many deals a decision is proposed for, and their amount in the org's currency."""

    decision: Decision
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class DealCheck:
    """The first deals of the list, the most pressing first, and all of them counted by decision."""

    lines: tuple[DealLine, ...] = ()
    totals: tuple[DecisionLine, ...] = ()

    @property
    def count(self) -> int:
        """Count all deals checked."""
        return sum(line.count for line in self.totals)


def deal_check_statement(rules: PackRules, *, today: int, limit: int) -> Statement:
    """Compile the list; the decision is made by the same statement, so that the totals agree with it.

    An approved hold keeps a deal; a stage unchanged for ``stale_days`` proposes to close it; no next action and no
    action for ``quiet_days`` proposes to hand it back to inside sales.
    """
    binder = Binder(today)
    checked = _checked(rules, binder)
    shown = binder.bind(limit).sql("duckdb")
    order = "array_position(['close', 'return', 'keep'], decision), amount_minor DESC NULLS LAST, id"
    return Statement(f"{checked} SELECT * FROM checked ORDER BY {order} LIMIT {shown}", tuple(binder.values))


def decisions_statement(rules: PackRules, *, today: int, currency: str) -> Statement:
    """Compile the totals by decision."""
    binder = Binder(today)
    checked = _checked(rules, binder)
    code = binder.bind(currency).sql("duckdb")
    amount = f"CAST(sum(amount_minor) FILTER (coalesce(currency, {code}) = {code}) AS BIGINT)"
    sql = f"{checked} SELECT decision, count(*) AS deals, {amount} AS amount_minor FROM checked GROUP BY 1"
    return Statement(sql, tuple(binder.values))


def _checked(rules: PackRules, binder: Binder) -> str:
    sourced = condition_sql(rules.sourced, binder, "opportunities").sql("duckdb")
    today, quiet, stale = (
        binder.bind(value).sql("duckdb") for value in (binder.today, rules.quiet_days, rules.stale_days)
    )
    return f"""
    WITH asked AS (SELECT * FROM opportunities WHERE is_closed = false AND {sourced}),
    done AS (
        SELECT what_id, count(*) AS logs, max(day) AS last_day FROM (
            SELECT what_id, coalesce(completed_day, due_day, created_day) AS day FROM tasks WHERE is_closed
            UNION ALL SELECT what_id, start_day FROM events WHERE start_day < {today}
        ) WHERE what_id IS NOT NULL AND day <= {today} GROUP BY 1
    ),
    ahead AS (
        SELECT id, min(day) AS next_day FROM (
            SELECT what_id AS id, due_day AS day FROM tasks WHERE NOT is_closed
            UNION ALL SELECT what_id, start_day FROM events
            UNION ALL SELECT id, {next_step_day("next_step", today)} FROM asked
        ) WHERE id IS NOT NULL AND day >= {today} GROUP BY 1
    ),
    moved AS (
        SELECT id, max(day) AS day FROM (
            SELECT id, day, stage IS DISTINCT FROM lag(stage) OVER (PARTITION BY id ORDER BY at_us) AS moves
            FROM stage_history WHERE system = 'salesforce' AND object = 'Opportunity'
        ) WHERE moves GROUP BY 1
    ),
    facts AS (
        SELECT asked.id, asked.name, coalesce(users.name, asked.owner_id) AS owner, asked.stage,
               asked.amount_minor, asked.currency, coalesce(done.logs, 0) AS logs, done.last_day,
               {today} - done.last_day AS quiet_days, ahead.next_day,
               {today} - coalesce(moved.day, asked.created_day) AS stage_days,
               CASE WHEN asked.hold_approved_by IS NOT NULL AND asked.hold_until >= {today} THEN asked.hold_until END
                   AS held_day
        FROM asked
        LEFT JOIN users ON users.id = asked.owner_id
        LEFT JOIN done ON done.what_id = asked.id
        LEFT JOIN ahead ON ahead.id = asked.id
        LEFT JOIN moved ON moved.id = asked.id
    ),
    checked AS (
        SELECT *, CASE
            WHEN held_day IS NOT NULL THEN 'keep'
            WHEN stage_days >= {stale} THEN 'close'
            WHEN next_day IS NULL AND coalesce(quiet_days >= {quiet}, true) THEN 'return'
            ELSE 'keep' END AS decision
        FROM facts
    )"""


def next_step_day(column: str, today: str) -> str:
    """Build the day number a next-step text names: 2026-11-20, 2026/11/20, 11/20 or 11月20日 (the nearest such day)."""
    pattern = r"'(\d{1,2})\s*[/月]\s*(\d{1,2})'"
    month, day_ = (f"regexp_extract({column}, {pattern}, {place})" for place in (1, 2))
    whole = rf"regexp_extract({column}, '(\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}})', 1)"

    def number_of(date_text: str) -> str:
        return f"(TRY_CAST({date_text} AS DATE) - DATE '1970-01-01')"

    year = f"year(DATE '1970-01-01' + CAST({today} AS INTEGER))"
    before, this, after = (number_of(f"({year} + {shift}) || '-' || {month} || '-' || {day_}") for shift in (-1, 0, 1))
    return f"""CASE WHEN {whole} <> '' THEN {number_of(f"replace({whole}, '/', '-')")}
        WHEN {month} = '' THEN NULL
        WHEN {this} < {today} - {_HALF_A_YEAR} THEN {after}
        WHEN {this} > {today} + {_HALF_A_YEAR} THEN {before}
        ELSE {this} END"""


def read_deals(rows: Iterable[Row], totals: Iterable[Row], currency: str) -> DealCheck:
    """Read the answers to both statements; every decision has its line, be it empty."""
    found = {text(row, "decision"): row for row in totals}
    return DealCheck(
        tuple(_line(row, currency) for row in rows),
        tuple(
            DecisionLine(
                decision,
                number(found[decision], "deals") if decision in found else 0,
                Money(number(found[decision], "amount_minor") if decision in found else 0, currency),
            )
            for decision in DECISIONS
        ),
    )


def _line(row: Row, currency: str) -> DealLine:
    amount = some_number(row, "amount_minor")
    return DealLine(
        id=text(row, "id"),
        name=text(row, "name"),
        owner=text(row, "owner"),
        stage=text(row, "stage"),
        amount=None if amount is None else Money(amount, text(row, "currency") or currency),
        logs=number(row, "logs"),
        last_on=day(row, "last_day"),
        quiet_days=some_number(row, "quiet_days"),
        next_on=day(row, "next_day"),
        stage_days=some_number(row, "stage_days"),
        held_until=day(row, "held_day"),
        decision=next(decision for decision in DECISIONS if decision == row["decision"]),
    )
