"""The SQL that brings a policy its rows: one statement over the analytic views, every value bound.

Rows: each record the condition holds for or cannot be decided for, once its clock is near the threshold, and each
record that still carries the policy's flag. Beside the view's columns: ``_matched`` (true, false, null = unknown),
``_clock_day`` (null = unknown), ``_history_day``, ``_population`` (records the condition holds for, whatever their
age), ``_counterpart`` and its flag fields. A policy that closes also gets ``_stage_day`` (entry into the current stage)
and ``_moves_after_loss`` (stage entries since the record was last closed as lost). Derived columns are there where the
policy reads them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from syncagent.domain.time import day_number
from syncagent.hygiene.measures import Bind, measures
from syncagent.hygiene.policy import Policy
from syncagent.hygiene.views import VIEWS
from syncagent.language.conditions import AllOf, Condition, columns_read
from syncagent.language.sql import Binder, condition_sql

_MONTH_DAYS_MIN = 28

# The last entry into the current stage. A row that repeats the stage before it (an amount was edited) is no entry.
# Rows of one instant are read with the current stage last. If history ends in another stage the day is unknown.
_STAGES = """
steps AS (
  SELECT h."id", h."at_us", h."day", h."stage", h."stage" IS NOT DISTINCT FROM v."stage" AS here,
         h."stage" IS DISTINCT FROM LAG(h."stage") OVER (
           PARTITION BY h."id" ORDER BY h."at_us", h."stage" IS NOT DISTINCT FROM v."stage") AS entered
  FROM "stage_history" AS h JOIN {view} AS v ON v."id" = h."id"
  WHERE h."system" = {system} AND h."object" = {object}
),
losses AS (SELECT "id", MAX("at_us") AS lost_us FROM steps WHERE "stage" = {lost} GROUP BY "id"),
stay AS (
  SELECT s."id", MIN("day") AS history_day,
         CASE WHEN MAX("at_us") FILTER (WHERE here) = MAX("at_us")
              THEN MAX("day") FILTER (WHERE here AND entered) END AS stage_day,
         COUNT(*) FILTER (WHERE entered AND "at_us" > lost_us) AS moves_after_loss
  FROM steps AS s LEFT JOIN losses AS x ON x."id" = s."id" GROUP BY s."id"
)"""

_NO_STAGES = """
stay AS (SELECT "id", NULL AS history_day, NULL AS stage_day, NULL AS moves_after_loss FROM {view} WHERE FALSE)"""

# The records whose derived columns can matter: whatever those say, the condition is false for all others.
_CANDIDATES = "candidates AS (SELECT * FROM {view} AS v WHERE ({kept}) IS NOT FALSE)"

_ROWS = """
WITH {tables},
linked AS (
  SELECT "salesforce_id", MIN("hubspot_id") AS hubspot_id FROM "link" WHERE "pair" = {pair} GROUP BY "salesforce_id"
),
measured_rows AS (SELECT v.*{columns} FROM {view} AS v {joins}),
judged AS (SELECT v.*, ({condition}) AS "_matched" FROM measured_rows AS v),
counted AS (SELECT COUNT(*) AS population FROM judged WHERE "_matched"),
timed AS (
  SELECT j.*, {clock} AS "_clock_day", s.history_day AS "_history_day", s.stage_day AS "_stage_day",
         s.moves_after_loss AS "_moves_after_loss"
  FROM judged AS j LEFT JOIN stay AS s ON s."id" = j."id"
)
SELECT t.*, n.population AS "_population", l.hubspot_id AS "_counterpart", o."flag" AS "_counterpart_flag",
       o."flag_since" AS "_counterpart_flag_since", o."flag_due" AS "_counterpart_flag_due"
FROM timed AS t CROSS JOIN counted AS n
LEFT JOIN linked AS l ON l."salesforce_id" = t."id"
LEFT JOIN {counterpart} AS o ON o."id" = l.hubspot_id
WHERE (t."_matched" IS NOT FALSE AND (t."_clock_day" IS NULL OR t."_clock_day" <= {near})) OR {flagged}
ORDER BY t."id"
"""


@dataclass(frozen=True, slots=True)
class Query:
    """A statement with its numbered parameters ($1 is ``parameters[0]``)."""

    sql: str
    parameters: tuple[str | int | bool, ...]


def policy_query(policy: Policy, today: date, ours: Collection[str] = ()) -> Query:
    """Compile a policy; ``today`` is the day in the org's zone.

    ``ours`` holds the ids of tasks and events the product wrote and of the users it writes as: they never count.
    """
    view = policy.view
    binder = Binder(day_number(today))

    def bound(value: str | int) -> str:
        return binder.bind(value).sql("duckdb")

    name = _quoted(view.name)
    derived = measures(view, policy.columns, bound, day_number(today), ours)
    tables = [_stages(policy, name, bound), *derived.tables]
    if derived.tables:
        kept = condition_sql(_stored_part(policy), binder, "v").sql("duckdb")
        tables.insert(0, _CANDIDATES.format(view=name, kept=kept))
    sql = _ROWS.format(
        tables=",\n".join(tables),
        columns=derived.columns,
        joins=derived.joins,
        clock=_clock(policy),
        pair=bound(view.pair),
        condition=condition_sql(policy.condition, binder, "v").sql("duckdb"),
        view=name,
        counterpart=_quoted(VIEWS[view.counterpart].name),
        near=bound(day_number(_latest_start(policy, today))),
        flagged=" OR ".join(_carries(bound(code)) for code in policy.action.codes),
    )
    return Query(sql.strip(), tuple(binder.values))


def _stored_part(policy: Policy) -> Condition:
    """Give the part of the condition that must hold whatever the derived columns say."""
    stored = policy.view.types()
    parts = _conjuncts(policy.condition)
    return AllOf(tuple(part for part in parts if all(column in stored for column in columns_read(part))))


def _conjuncts(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, AllOf):
        for part in condition.parts:
            yield from _conjuncts(part)
    else:
        yield condition


def _stages(policy: Policy, view: str, bound: Bind) -> str:
    """Read stage history where the clock or the memory of an earlier close needs it."""
    close, clock = policy.action.close, policy.clock
    if close is None and (clock is None or clock.kind != "stage"):
        return _NO_STAGES.format(view=view).strip()
    lost = bound("" if close is None else close.stage)
    system, object_name = bound(policy.view.system), bound(policy.view.object)
    return _STAGES.format(view=view, system=system, object=object_name, lost=lost).strip()


def _clock(policy: Policy) -> str:
    clock = policy.clock
    if clock is None:
        return "CAST(NULL AS INTEGER)"
    return "s.stage_day" if clock.kind == "stage" else "j." + _quoted(clock.day_column)


def _carries(code: str) -> str:
    return f"CONTAINS(COALESCE(t.\"flag\", ''), {code}) OR CONTAINS(COALESCE(o.\"flag\", ''), {code})"


def _latest_start(policy: Policy, today: date) -> date:
    """Give the latest day a clock may have started on for the record to matter today (months count 28 days)."""
    limit = policy.threshold
    wait = limit.days + limit.months * _MONTH_DAYS_MIN - policy.warn_days_before
    return today - timedelta(days=wait)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
