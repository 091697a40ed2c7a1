"""A plan as CSV and Excel: one row a change, one row a finding, one row a conflict."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from syncagent.domain.changes import Change
from syncagent.domain.plans import Plan
from syncagent.domain.records import Fields, Scalar
from syncagent.rendering.plan_text import PlanView
from syncagent.rendering.tables import Row, to_csv, to_xlsx
from syncagent.rendering.words import say

_CHANGE_COLUMNS = (
    "change", "system", "object", "record", "name", "operation", "field", "before", "after", "origin", "reason",
    "amount", "currency", "owner",
)  # fmt: skip
_FINDING_COLUMNS = ("policy", "system", "object", "record", "name", "state", "due", "evidence")


def plan_csv(plan: Plan, view: PlanView) -> str:
    """Render the plan's changes as CSV."""
    return to_csv(_header(_CHANGE_COLUMNS, view), _change_rows(plan, view))


def plan_xlsx(plan: Plan, view: PlanView) -> bytes:
    """Render changes, findings and conflicts as three sheets."""
    conflict_header = ("pair", "field", "salesforce", "hubspot", "salesforce_value", "hubspot_value", "reason")
    return to_xlsx(
        [
            (say(view.lang, "section.changes"), _header(_CHANGE_COLUMNS, view), _change_rows(plan, view)),
            (say(view.lang, "section.findings"), _header(_FINDING_COLUMNS, view), _finding_rows(plan, view)),
            (say(view.lang, "sheet.conflicts"), conflict_header, _conflict_rows(plan)),
        ]
    )


def _header(columns: tuple[str, ...], view: PlanView) -> list[str]:
    return [say(view.lang, f"csv.{column}") for column in columns]


def _change_rows(plan: Plan, view: PlanView) -> list[Row]:
    return [_change_row(change, view) for change in plan.changes]


def _change_row(change: Change, view: PlanView) -> Row:
    return [
        change.id,
        change.ref.system,
        change.ref.object,
        change.ref.id,
        view.names.get(change.ref),
        change.operation,
        change.field,
        change.before,
        _flat(change.after),
        change.origin,
        change.reason,
        str(change.money.to_decimal()) if change.money else None,
        change.money.currency if change.money else None,
        change.owner,
    ]


def _flat(value: Scalar | Fields) -> Scalar:
    return orjson.dumps(dict(value)).decode() if isinstance(value, Mapping) else value


def _finding_rows(plan: Plan, view: PlanView) -> list[Row]:
    return [
        [
            item.policy,
            item.ref.system,
            item.ref.object,
            item.ref.id,
            view.names.get(item.ref),
            say(view.lang, f"state.{item.state}"),
            item.due.isoformat() if item.due else None,
            "; ".join(fact.text for fact in item.evidence),
        ]
        for item in plan.findings
    ]


def _conflict_rows(plan: Plan) -> list[Row]:
    return [
        [
            item.pair,
            item.field,
            str(item.salesforce),
            str(item.hubspot),
            item.salesforce_value,
            item.hubspot_value,
            item.reason,
        ]
        for item in plan.conflicts
    ]
