"""The verdict of one policy on one record: nothing, flagged, warned, due, held, or vetoed; and the evidence for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from syncagent.domain.changes import Evidence
from syncagent.domain.findings import FindingState
from syncagent.domain.time import day_number
from syncagent.hygiene.context import Context
from syncagent.hygiene.evidence import fact, facts
from syncagent.hygiene.holds import active_hold, holds_of, missing_parts
from syncagent.hygiene.notice import Notice, Stay, notice
from syncagent.hygiene.policy import Close, Policy, Route
from syncagent.hygiene.subjects import Flag, Subject
from syncagent.hygiene.texts import EMPTY_CLOCKS, column_name, message, say
from syncagent.language.conditions import columns_ordered
from syncagent.language.conditions_python import holds

MOVED_ON_ENTRIES_MIN = 2
"""Stage entries after a loss that show a deal has moved on: the reopening itself, and a move after it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a policy says about a record.

    ``state`` is None when it says nothing; ``flag`` is what the record shall show for this policy; ``close`` is set
    when today is the day; ``announces`` tells that the flag is a warning which is still to be given.
    """

    policy: Policy
    subject: Subject
    state: FindingState | None = None
    severity: Literal["info", "warning", "action"] = "info"
    evidence: tuple[Evidence, ...] = ()
    due: date | None = None
    flag: Flag | None = None
    close: Close | None = None
    announces: bool = False
    reason: str = ""


def judge(policy: Policy, subject: Subject, context: Context) -> Verdict:
    """Judge one record; the record's own past is in ``context`` under its reference."""
    reopened = _was_reopened(policy, subject, context)
    left_alone = reopened and subject.moves_after_loss < MOVED_ON_ENTRIES_MIN
    if reopened and not left_alone:
        subject = _from_stage_entry(subject)
    nothing = Verdict(policy, subject)
    if subject.matched is None:
        return _undecided(nothing, context)
    route = _route(policy, subject, context)
    if not subject.matched or (policy.action.routes and route is None):
        return nothing
    if policy.clock is not None and subject.clock_day is None:
        return _clock_unknown(nothing, context)
    stay = None if subject.clock_day is None else Stay.of(policy, subject.clock_day)
    if stay is not None and context.today < stay.warn_day:
        return nothing
    nothing = replace(nothing, evidence=tuple(facts(policy, subject, route, context)))
    given = holds_of(policy, subject, context)
    hold = active_hold(given, context)
    if hold is not None:
        text = say("held", context.language, day=hold.until, reason=hold.reason, who=hold.approved_by)
        return _with(nothing, FindingState.HELD, fact("hold_until", hold.until.isoformat(), text), due=hold.until)
    nothing = replace(nothing, evidence=(*nothing.evidence, *_requested_hold(policy, subject, context)))
    if stay is None or policy.action.close is None:
        return _flagged(nothing, route, context)
    if left_alone:
        closed = context.closed.get(subject.ref)
        text = say("reopened", context.language, day="" if closed is None else f" ({closed})")
        return _with(nothing, FindingState.VETOED, fact("is_closed", False, text))
    return _noticed(nothing, notice(policy, stay, context.warnings.get(subject.ref), given, context), context)


def _with(verdict: Verdict, state: FindingState, evidence: Evidence, due: date | None = None) -> Verdict:
    return replace(verdict, state=state, evidence=(*verdict.evidence, evidence), due=due)


def _undecided(verdict: Verdict, context: Context) -> Verdict:
    """An ordering comparison met an empty field: name the fields, propose nothing."""
    empty = [name for name in columns_ordered(verdict.policy.condition) if verdict.subject.values.get(name) is None]
    names = ", ".join(column_name(column, context.language) for column in empty)
    text = say("unknown", context.language, field=names)
    return _with(verdict, FindingState.FLAGGED, fact(", ".join(empty), None, text))


def _clock_unknown(verdict: Verdict, context: Context) -> Verdict:
    """No start of the clock is known: unknown is neither zero nor for ever."""
    clock = verdict.policy.clock
    if clock is not None and clock.kind != "stage":
        column = clock.day_column
        text = say(
            EMPTY_CLOCKS.get(column, "clock_empty"), context.language, field=column_name(column, context.language)
        )
        return _with(verdict, FindingState.FLAGGED, fact(column, None, text))
    known = context.history_since
    day = say("no_history", context.language) if known is None else known.isoformat()
    text = say("clock_unknown", context.language, day=day)
    return _with(verdict, FindingState.FLAGGED, fact("stage_since", None, text))


def _requested_hold(policy: Policy, subject: Subject, context: Context) -> Iterator[Evidence]:
    missing = missing_parts(subject) if policy.holds_allowed else ()
    if missing:
        names = ", ".join(say(column, context.language) for column in missing)
        yield fact("hold_until", subject.text("hold_until"), say("hold_incomplete", context.language, missing=names))


def _was_reopened(policy: Policy, subject: Subject, context: Context) -> bool:
    """Open again after the product closed it: the journal says so, or one of our loss reasons still stands on it."""
    close = policy.action.close
    if close is None:
        return False
    return subject.ref in context.closed or subject.text("loss_reason") in {close.reason, *context.own_reasons}


def _from_stage_entry(subject: Subject) -> Subject:
    """Judge a reopened deal that moved on anew, from the day it entered its present stage at the earliest."""
    days = [day for day in (subject.clock_day, subject.stage_day) if day is not None]
    return replace(subject, clock_day=max(days, default=None))


def _route(policy: Policy, subject: Subject, context: Context) -> Route | None:
    """Give the first row of the action table that holds."""
    today = day_number(context.today)
    return next((row for row in policy.action.routes if holds(row.condition, subject.values, today)), None)


def _flagged(verdict: Verdict, route: Route | None, context: Context) -> Verdict:
    policy, subject = verdict.policy, verdict.subject
    code, due, evidence = policy.action.flag, None, verdict.evidence
    if route is not None:
        code, due = route.code, subject.day(route.due) if route.due else None
        evidence = (*evidence, fact("route", code, route.label.text(context.language)))
    shown_since = subject.flag.since if code in subject.flag.codes else None
    since = subject.clock_day or shown_since or context.today
    return replace(
        verdict,
        state=FindingState.FLAGGED,
        severity="warning" if code == policy.action.flag else "info",
        evidence=evidence,
        due=due,
        flag=Flag((code,), since, due),
        reason=message(policy.messages.warn, policy, subject, context.language, context.today, due),
    )


def _noticed(verdict: Verdict, given: Notice, context: Context) -> Verdict:
    """Warn, keep the warning, or act; the evidence says which warning the action rests on."""
    policy, subject, language = verdict.policy, verdict.subject, context.language
    evidence = list(verdict.evidence)
    if given.given_on is None:
        days = {"warn": policy.warn_days_before, "grace": policy.grace_days, "day": _hold_day(verdict, context)}
        evidence.append(fact("notice", given.cause, say(given.cause, language, **days)))
    else:
        text = say("warned", language, day=given.given_on, due=given.announced)
        evidence.append(fact("warned_on", given.given_on.isoformat(), text))
        if given.acts_on > given.announced:
            text = say("late_warning", language, due=given.acts_on)
            evidence.append(fact("acts_on", given.acts_on.isoformat(), text))
    closes = given.given_on is not None and context.today >= given.acts_on
    words = policy.messages.act if closes else policy.messages.warn
    return replace(
        verdict,
        state=FindingState.DUE if closes else FindingState.WARNED,
        severity="action" if closes else "warning",
        evidence=tuple(evidence),
        due=given.acts_on,
        flag=None if closes else Flag((policy.action.flag,), subject.clock_day, given.announced),
        close=policy.action.close if closes else None,
        announces=given.given_on is None,
        reason=message(words, policy, subject, language, context.today, given.acts_on),
    )


def _hold_day(verdict: Verdict, context: Context) -> date | None:
    given = holds_of(verdict.policy, verdict.subject, context)
    return max((hold.until for hold in given), default=None)
