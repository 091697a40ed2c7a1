"""The SQL that brings a policy its rows: one statement over the analytic views, every value bound.

Rows: each record the condition holds for or cannot be decided for, once its clock is near the threshold, and each
record that still carries the policy's flag. Beside the view's columns: ``_matched`` (true, false, null = unknown),
``_clock_day`` (null = unknown), ``_history_day``, ``_population`` (records the condition holds for, whatever their
age), ``_counterpart`` and its flag fields.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from syncagent.domain.time import day_number
from syncagent.hygiene.policy import Policy
from syncagent.hygiene.views import VIEWS
from syncagent.language.sql import Binder, condition_sql

_MONTH_DAYS_MIN = 28

# The last entry into the current stage. A row that repeats the stage before it (an amount was edited) is no entry.
# Rows of one instant are read with the current stage last. If history ends in another stage the clock is unknown.
_STAGE_CLOCK = """
steps AS (
  SELECT h."id", h."at_us", h."day", h."stage" IS NOT DISTINCT FROM v."stage" AS here,
         h."stage" IS DISTINCT FROM LAG(h."stage") OVER (
           PARTITION BY h."id" ORDER BY h."at_us", h."stage" IS NOT DISTINCT FROM v."stage") AS entered
  FROM "stage_history" AS h JOIN {view} AS v ON v."id" = h."id"
  WHERE h."system" = {system} AND h."object" = {object}
),
clock AS (
  SELECT "id", MIN("day") AS history_day,
         CASE WHEN MAX("at_us") FILTER (WHERE here) = MAX("at_us")
              THEN MAX("day") FILTER (WHERE here AND entered) END AS clock_day
  FROM steps GROUP BY "id"
)"""

_COLUMN_CLOCK = """
clock AS (SELECT "id", {column} AS clock_day, CAST(NULL AS INTEGER) AS history_day FROM {view})"""

_ROWS = """
WITH {clock},
linked AS (
  SELECT "salesforce_id", MIN("hubspot_id") AS hubspot_id FROM "link" WHERE "pair" = {pair} GROUP BY "salesforce_id"
),
judged AS (SELECT v.*, ({condition}) AS "_matched" FROM {view} AS v),
counted AS (SELECT COUNT(*) AS population FROM judged WHERE "_matched")
SELECT j.*, c.clock_day AS "_clock_day", c.history_day AS "_history_day", n.population AS "_population",
       l.hubspot_id AS "_counterpart", o."flag" AS "_counterpart_flag",
       o."flag_since" AS "_counterpart_flag_since", o."flag_due" AS "_counterpart_flag_due"
FROM judged AS j CROSS JOIN counted AS n
LEFT JOIN clock AS c ON c."id" = j."id"
LEFT JOIN linked AS l ON l."salesforce_id" = j."id"
LEFT JOIN {counterpart} AS o ON o."id" = l.hubspot_id
WHERE (j."_matched" IS NOT FALSE AND (c.clock_day IS NULL OR c.clock_day <= {near}))
   OR CONTAINS(COALESCE(j."flag", ''), {code}) OR CONTAINS(COALESCE(o."flag", ''), {code})
ORDER BY j."id"
"""


@dataclass(frozen=True, slots=True)
class Query:
    """A statement with its numbered parameters ($1 is ``parameters[0]``)."""

    sql: str
    parameters: tuple[str | int | bool, ...]


def policy_query(policy: Policy, today: date) -> Query:
    """Compile a policy; ``today`` is the day in the org's zone."""
    view = policy.view
    binder = Binder(day_number(today))

    def bound(value: str | int) -> str:
        return binder.bind(value).sql("duckdb")

    name = _quoted(view.name)
    sql = _ROWS.format(
        clock=_clock(policy, name, bound).strip(),
        pair=bound(view.pair),
        condition=condition_sql(policy.condition, binder, "v").sql("duckdb"),
        view=name,
        counterpart=_quoted(VIEWS[view.counterpart].name),
        near=bound(day_number(_latest_start(policy, today))),
        code=bound(policy.action.flag),
    )
    return Query(sql.strip(), tuple(binder.values))


def _clock(policy: Policy, view: str, bound: Callable[[str], str]) -> str:
    clock = policy.clock
    if clock is not None and clock.kind == "stage":
        return _STAGE_CLOCK.format(view=view, system=bound(policy.view.system), object=bound(policy.view.object))
    column = "CAST(NULL AS INTEGER)"
    if clock is not None:
        column = _quoted("created_day" if clock.kind == "created" else clock.column)
    return _COLUMN_CLOCK.format(column=column, view=view)


def _latest_start(policy: Policy, today: date) -> date:
    """Give the latest day a clock may have started on for the record to matter today (months count 28 days)."""
    limit = policy.threshold
    wait = limit.days + limit.months * _MONTH_DAYS_MIN - policy.warn_days_before
    return today - timedelta(days=wait)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
