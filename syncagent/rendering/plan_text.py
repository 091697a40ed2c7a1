"""A plan as a page of text, for the terminal: what will change, why, and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from zoneinfo import ZoneInfo

from syncagent.domain.changes import Change
from syncagent.domain.findings import Finding
from syncagent.domain.plans import Approval, Plan
from syncagent.domain.records import RecordRef, System
from syncagent.rendering.words import Language, say, show_instant, show_value

SHORT = 12
"""Digits of a digest people see and type."""


@dataclass(frozen=True, slots=True)
class PlanView:
    """What a view of a plan needs beside the plan: language, zone, people-readable names, approval state."""

    lang: Language
    zone: ZoneInfo
    names: Mapping[RecordRef, str] = field(default_factory=dict)
    approval: Approval | None = None
    standing: int = 0
    used_by: str | None = None
    rows_max: int | None = None


def plan_text(plan: Plan, view: PlanView) -> str:
    """Render the plan; with ``rows_max`` each rule shows at most so many changes."""
    return "\n".join(_lines(plan, view)) + "\n"


def _lines(plan: Plan, view: PlanView) -> Iterator[str]:
    lang, short = view.lang, plan.digest[:SHORT]
    yield say(lang, "plan.title", digest=short)
    made, expires = show_instant(plan.made_at, view.zone), show_instant(plan.expires_at, view.zone)
    yield "  " + say(lang, "plan.made", org=plan.org, made=made, expires=expires)
    if plan.undoes:
        yield "  " + say(lang, "plan.undoes", run=plan.undoes)
    yield "  " + say(lang, "plan.counts", **plan_counts(plan))
    yield "  " + say(lang, "plan.calls", **_both(plan.forecast))
    yield from _breaches(plan, lang)
    yield from _changes(plan, view)
    yield from _conflicts(plan, view)
    yield from _findings(plan, view)
    yield ""
    yield from _closing(plan, view)


def plan_counts(plan: Plan) -> dict[str, int]:
    """Count a plan's changes by operation and system, and its findings and conflicts."""
    kinds = Counter(change.operation for change in plan.changes)
    systems = Counter(change.ref.system for change in plan.changes)
    return {
        "changes": len(plan.changes),
        "updates": kinds["update"],
        "creates": kinds["create"],
        "archives": kinds["archive"],
        "salesforce": systems["salesforce"],
        "hubspot": systems["hubspot"],
        "findings": len(plan.findings),
        "conflicts": len(plan.conflicts),
    }


def _both(counts: Mapping[System, int]) -> dict[str, int]:
    return {"salesforce": counts.get("salesforce", 0), "hubspot": counts.get("hubspot", 0)}


def _breaches(plan: Plan, lang: Language) -> Iterator[str]:
    if plan.breaches:
        yield from ("", say(lang, "section.breaches"))
        for item in plan.breaches:
            values = {"brake": item.brake, "scope": item.scope, "measured": item.measured, "limit": item.limit}
            yield "  ! " + say(lang, "breach.line", **values)


def _changes(plan: Plan, view: PlanView) -> Iterator[str]:
    if not plan.changes:
        yield from ("", say(view.lang, "plan.empty"))
        return
    yield from ("", say(view.lang, "section.changes"))
    by_origin = sorted(plan.changes, key=lambda change: change.origin)
    for origin, group in groupby(by_origin, key=lambda change: change.origin):
        changes = list(group)
        yield "  " + say(view.lang, "origin.count", origin=origin, count=len(changes))
        records = [list(rows) for _key, rows in groupby(changes, key=_record_key)]
        shown = records[: view.rows_max]
        for rows in shown:
            yield from record_lines(rows, view)
        if len(shown) < len(records):
            rest = {"count": sum(map(len, records[len(shown) :])), "digest": plan.digest[:SHORT]}
            yield "    " + say(view.lang, "plan.more", **rest)


def _record_key(change: Change) -> tuple[str, str]:
    """Gather the changes of one record; each record to be created is one of its own."""
    return str(change.ref), change.id if change.operation == "create" else ""


def record_lines(changes: Sequence[Change], view: PlanView) -> Iterator[str]:
    """Render what one rule wants of one record: the record once, each field, and the reason where it changes."""
    first = changes[0]
    lang, sign = view.lang, {"create": "+", "update": "~", "archive": "-"}[first.operation]
    name = view.names.get(first.ref) or (view.names.get(first.counterpart) if first.counterpart else None)
    money = f"  {say(lang, 'money', money=first.money)}" if first.money else ""
    record = f"{first.ref} {name or ''}".rstrip()
    yield f"    {sign} {record}{money}"
    for reason, rows in groupby(changes, key=lambda change: change.reason):
        for change in rows:
            yield from _field_lines(change, lang)
        yield f"        {reason}"


def _field_lines(change: Change, lang: Language) -> Iterator[str]:
    if isinstance(change.after, Mapping):
        for field_name, value in sorted(change.after.items()):
            yield f"        {field_name}: {show_value(lang, value)}"
        yield f"        [{change.id}]"
    elif change.field is not None:
        values = f"{show_value(lang, change.before)} → {show_value(lang, change.after)}"
        yield f"        {change.field}: {values}  [{change.id}]"
    else:
        yield f"        [{change.id}]"


def _conflicts(plan: Plan, view: PlanView) -> Iterator[str]:
    if plan.conflicts:
        yield from ("", say(view.lang, "section.conflicts"))
    for item in plan.conflicts[: view.rows_max]:
        values = (show_value(view.lang, item.salesforce_value), show_value(view.lang, item.hubspot_value))
        words = {"salesforce": values[0], "hubspot": values[1], "reason": item.reason}
        yield f"  ? {item.salesforce} {view.names.get(item.salesforce, '')}".rstrip()
        yield "      " + say(view.lang, "conflict.line", pair=item.pair, field=item.field, **words)
    if view.rows_max is not None and len(plan.conflicts) > view.rows_max:
        rest = {"count": len(plan.conflicts) - view.rows_max, "digest": plan.digest[:SHORT]}
        yield "  " + say(view.lang, "plan.more", **rest)


def _findings(plan: Plan, view: PlanView) -> Iterator[str]:
    if plan.findings:
        yield from ("", say(view.lang, "section.findings"))
    for policy, group in groupby(plan.findings, key=lambda finding: finding.policy):
        findings = list(group)
        states = Counter(finding.state for finding in findings)
        summary = ", ".join(f"{say(view.lang, f'state.{state}')} {states[state]}" for state in sorted(states))
        yield "  " + say(view.lang, "finding.policy", policy=policy, count=len(findings), states=summary)
        for finding in findings[: view.rows_max]:
            yield from finding_lines(finding, view)
        if view.rows_max is not None and len(findings) > view.rows_max:
            rest = {"count": len(findings) - view.rows_max, "digest": plan.digest[:SHORT]}
            yield "    " + say(view.lang, "plan.more", **rest)


def finding_lines(finding: Finding, view: PlanView) -> Iterator[str]:
    """Render one finding with its evidence, one fact a line."""
    due = f"  {say(view.lang, 'finding.due', due=finding.due)}" if finding.due else ""
    name = view.names.get(finding.ref, "")
    yield f"    • {finding.ref} {name}  {say(view.lang, f'state.{finding.state}')}{due}"
    for text in dict.fromkeys(fact.text for fact in finding.evidence):
        yield f"        {text}"


def _closing(plan: Plan, view: PlanView) -> Iterator[str]:
    short = plan.digest[:SHORT]
    if view.used_by:
        yield say(view.lang, "plan.used", run=view.used_by)
    elif view.approval:
        left_out: Sequence[str] = view.approval.excluded
        excluded = say(view.lang, "plan.excluded", count=len(left_out)) if left_out else ""
        at = show_instant(view.approval.at, view.zone)
        yield say(view.lang, "plan.approved", who=view.approval.who, at=at, excluded=excluded)
    elif plan.changes:
        if plan.breaches:
            yield say(view.lang, "plan.next.breaches")
        if view.standing:
            yield say(view.lang, "plan.standing", count=view.standing, digest=short)
        yield say(view.lang, "plan.next.approve", digest=short)
