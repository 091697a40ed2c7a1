"""The SQL of derived columns: a few grouped joins for all records at once, only what a policy reads.

Activities of every source become rows of one form: ``id`` (the record), ``subject``, ``dated``, ``entered``,
``closed``, ``ended``, ``logged`` (written down afterwards, never a next action), ``attempt`` (call or mail) and
``meeting``. What the product itself wrote is left out, whoever's name it carries.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from syncagent.hygiene.dates_sql import dates_sql
from syncagent.hygiene.derived import (
    AHEAD_DAYS_MAX,
    LOGGED_AT_ONCE_S,
    NEXT_STEP_TEXTS,
    RETURN_TEXTS,
    SOURCES,
    ActivitySource,
    Block,
)
from syncagent.hygiene.views import View

Bind: TypeAlias = Callable[[str | int], str]
"""Gives the placeholder of a value."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What a query needs for its derived columns: table expressions, columns and joins onto ``v``."""

    tables: tuple[str, ...] = ()
    columns: str = ""
    joins: str = ""


_MOMENT = LOGGED_AT_ONCE_S * 1_000_000
_NOT_OURS = 'a."id" NOT IN (SELECT id FROM ours)'

_SHAPES: Mapping[str, str] = {
    "task": f"""
  SELECT a."{{record}}" AS id, a."subject" AS subject, a."due_day" AS dated, a."created_day" AS entered,
         COALESCE(a."is_closed", FALSE) AS closed,
         COALESCE(a."completed_day", CASE WHEN a."due_day" <= {{today}} THEN a."due_day" END, a."created_day") AS ended,
         COALESCE(a."is_closed" AND COALESCE(a."completed_us" - a."created_us" < {_MOMENT},
                                             a."due_day" <= a."created_day"), FALSE) AS logged,
         COALESCE(a."subtype" IN ('Call', 'Email'), FALSE) AS attempt, FALSE AS meeting
  FROM "tasks" AS a
  WHERE a."{{record}}" IN (SELECT "id" FROM candidates) AND {_NOT_OURS}
    AND COALESCE(a."created_by_id", '-') NOT IN (SELECT id FROM ours)""",
    "event": f"""
  SELECT a."{{record}}" AS id, a."subject" AS subject, a."start_day" AS dated, a."created_day" AS entered,
         FALSE AS closed, NULL AS ended, COALESCE(a."start_day" < a."created_day", FALSE) AS logged,
         FALSE AS attempt, TRUE AS meeting
  FROM "events" AS a
  WHERE a."{{record}}" IN (SELECT "id" FROM candidates) AND {_NOT_OURS}
    AND COALESCE(a."created_by_id", '-') NOT IN (SELECT id FROM ours)""",
    "hubspot_task": f"""
  SELECT t.record AS id, a."subject" AS subject, a."due_day" AS dated, a."created_day" AS entered,
         COALESCE(a."status" = 'COMPLETED', FALSE) AS closed,
         COALESCE(a."completed_day", CASE WHEN a."due_day" <= {{today}} THEN a."due_day" END, a."created_day") AS ended,
         COALESCE(a."status" = 'COMPLETED' AND COALESCE(a."completed_us" - a."created_us" < {_MOMENT},
                                                        a."due_day" <= a."created_day"), FALSE) AS logged,
         COALESCE(a."kind" IN ('CALL', 'EMAIL'), FALSE) AS attempt, FALSE AS meeting
  FROM "hubspot_tasks" AS a
  JOIN (SELECT DISTINCT s."from_id" AS task, k."salesforce_id" AS record
        FROM "association" AS s JOIN "link" AS k ON k."pair" = {{pair}} AND k."hubspot_id" = s."to_id"
        WHERE s."from_object" = 'tasks' AND s."to_object" = {{tied_to}}
          AND k."salesforce_id" IN (SELECT "id" FROM candidates)) AS t ON t.task = a."id"
  WHERE {_NOT_OURS}""",
}

_WRITTEN = """
  SELECT id, subject, dated, NULL AS entered, FALSE AS closed, NULL AS ended, FALSE AS logged, FALSE AS attempt,
         FALSE AS meeting
  FROM ({dates})"""

_TEXT = 'SELECT "id" AS id, "{column}" AS subject FROM candidates WHERE "{column}" IS NOT NULL'

_OURS = "ours AS (SELECT UNNEST(STRING_SPLIT({ours}, ' ')) AS id)"

_MEASURED = """
weighed AS (
  SELECT a.id, a.subject, a.attempt, NOT a.closed AND a.dated BETWEEN {today} AND {latest} AS ahead, a.dated,
         a.dated <= {latest} AND COALESCE(a.dated >= a.entered, TRUE) AND NOT a.logged AS planned,
         GREATEST(a.entered, CASE WHEN a.closed THEN LEAST(a.ended, {today})
                                  WHEN a.dated < {today} THEN a.dated END) AS moved,
         CASE WHEN a.closed THEN LEAST(a.ended, {today}) WHEN a.meeting AND a.dated < {today} THEN a.dated END AS done
  FROM (SELECT * FROM activities) AS a
),
measured AS (
  SELECT w.id, MIN(w.dated) FILTER (WHERE w.ahead) AS next_day,
         MAX({{'day': w.moved, 'subject': COALESCE(w.subject, '')}})
           FILTER (WHERE w.planned AND w.moved IS NOT NULL) AS last_plan,
         MAX(w.done) AS last_done,
         COUNT(w.done) FILTER (WHERE w.done >= {since}) AS done_count,
         COUNT(w.done) FILTER (WHERE w.attempt AND w.done >= {since}) AS attempts
  FROM weighed AS w {joined} GROUP BY w.id
)"""

_MEASURED_COLUMNS = """, m.next_day IS NOT NULL AS "has_next_action", m.next_day AS "next_action_day",
       GREATEST(v."created_day", m.last_plan.day) AS "next_action_entered_day",
       NULLIF(m.last_plan.subject, '') AS "last_next_action", m.last_done AS "last_activity_day",
       COALESCE(m.done_count, 0) AS "activity_count", COALESCE(m.attempts, 0) AS "attempts\""""

_HANDED = """
handed AS (
  SELECT v."id" AS id, u."department" AS department, MAX(c."qualified_day") AS handed_day
  FROM candidates AS v LEFT JOIN "users" AS u ON u."id" = v."owner_id"
  LEFT JOIN "link" AS k ON k."pair" = {pair} AND k."salesforce_id" = v."id"
  LEFT JOIN "hubspot_contacts" AS c ON c."id" = k."hubspot_id"
  GROUP BY v."id", u."department"
)"""

_RETURN = """
taken_up AS (
  SELECT d.id, MAX(d.dated) AS return_day
  FROM (SELECT id, dated FROM ({dates})
        UNION ALL SELECT id, dated FROM activities WHERE NOT closed) AS d
  JOIN candidates AS v ON v."id" = d.id AND d.dated > v."close_day"
  GROUP BY d.id
)"""


def measures(view: View, columns: Iterable[str], bind: Bind, today: int, ours: Collection[str]) -> Measures:
    """Build what the ``columns`` need for the records of the table ``candidates``; without any, nothing is built.

    ``ours`` holds the ids of activities the product wrote and of the users it writes as.
    """
    wanted = set(columns)
    blocks: set[Block] = {column.block for column in view.derived if column.name in wanted}
    if not blocks:
        return Measures()
    placed = bind(today) if blocks != {"handed"} else ""  # a value that is bound and not used is an error
    tables: list[str] = []
    shown: list[str] = []
    joins: list[str] = []
    leads_on = "handed_day" in view.judged()
    if blocks & {"activity", "return"}:
        tables += [_OURS.format(ours=bind(" ".join(sorted(ours)))), _activities(view, bind, placed)]
    if "handed" in blocks or (leads_on and "activity" in blocks):
        tables.append(_HANDED.format(pair=bind(view.pair)).strip())
        shown.append(', h.department AS "owner_department", h.handed_day AS "handed_day"')
        joins.append('LEFT JOIN handed AS h ON h.id = v."id"')
    if "activity" in blocks:
        since = "COALESCE(h.handed_day, w.done)" if leads_on else "w.done"
        joined = "LEFT JOIN handed AS h ON h.id = w.id" if leads_on else ""
        latest = f"{placed} + {AHEAD_DAYS_MAX}"
        tables.append(_MEASURED.format(today=placed, latest=latest, since=since, joined=joined).strip())
        shown.append(_MEASURED_COLUMNS)
        joins.append('LEFT JOIN measured AS m ON m.id = v."id"')
    if "return" in blocks:
        texts = " UNION ALL ".join(_TEXT.format(column=column) for column in RETURN_TEXTS)
        tables.append(_RETURN.format(dates=dates_sql(texts, placed)).strip())
        shown.append(', r.return_day AS "return_day"')
        joins.append('LEFT JOIN taken_up AS r ON r.id = v."id"')
    return Measures(tuple(tables), "".join(shown), " ".join(joins))


def _activities(view: View, bind: Bind, today: str) -> str:
    parts = [_source(source, bind, today) for source in SOURCES[view.name]]
    texts = [_TEXT.format(column=column) for column in NEXT_STEP_TEXTS[view.name]]
    parts += [_WRITTEN.format(dates=dates_sql(text, today)) for text in texts]
    return f"activities AS ({' UNION ALL '.join(parts)})"


def _source(source: ActivitySource, bind: Bind, today: str) -> str:
    if source.tied_to:
        return _SHAPES[source.shape].format(today=today, pair=bind(source.pair), tied_to=bind(source.tied_to))
    return _SHAPES[source.shape].format(today=today, record=source.record)
