"""The facts behind a verdict, each with the sentence a rep could be shown."""

from __future__ import annotations

from collections.abc import Iterator

from syncagent.domain.changes import Evidence
from syncagent.domain.records import Scalar
from syncagent.domain.time import from_day_number
from syncagent.hygiene.context import Context
from syncagent.hygiene.policy import Policy, Route
from syncagent.hygiene.subjects import Subject
from syncagent.hygiene.texts import CLOCKS, column_name, days_text, say, statement
from syncagent.language.conditions import columns_read

_TOLD_APART = {"stage", "amount_minor", "currency"}


def fact(field: str, value: Scalar, text: str) -> Evidence:
    """Make a piece of evidence."""
    return Evidence(field, value, text)


def facts(policy: Policy, subject: Subject, route: Route | None, context: Context) -> Iterator[Evidence]:
    """List clock, its source, the money at stake, and the fields the policy and the row of its table looked at."""
    yield from _clock_facts(policy, subject, context)
    if subject.money is not None:
        yield fact("amount", str(subject.money), say("amount", context.language, value=subject.money))
    types = policy.view.judged()
    told = _TOLD_APART | ({policy.clock.day_column} if policy.clock is not None else set())
    read = (*columns_read(policy.condition), *(route.columns if route is not None else ()), *policy.shows)
    for column in dict.fromkeys(read):
        value = subject.values.get(column)
        if types[column] == "bool":
            text = statement(column, value, context.language)
            if text:
                yield fact(column, value, text)
        elif column not in told:
            yield _column_fact(column, types[column] == "day", subject, context)


def _clock_facts(policy: Policy, subject: Subject, context: Context) -> Iterator[Evidence]:
    since = subject.clock_day
    if policy.clock is None or since is None:
        return
    language, age = context.language, (context.today - since).days
    days = days_text(age, language)
    if policy.clock.kind != "stage":
        sentence = CLOCKS.get(policy.clock.day_column, "clock")
        text = say(sentence, language, since=since, days=days)
        yield fact("since", since.isoformat(), text)
        yield fact("age_days", age, text)
        return
    text = say("stage", language, value=subject.text("stage"), since=since, days=days)
    yield fact("stage", subject.text("stage"), text)
    yield fact("stage_since", since.isoformat(), text)
    yield fact("age_days", age, text)
    created, first = subject.day("created_day"), subject.history_day
    cut = created is not None and first is not None and first > created
    source = say("history_cut" if cut else "history_whole", language, day=first)
    yield fact("history", "stage_history", source)


def _column_fact(column: str, is_day: bool, subject: Subject, context: Context) -> Evidence:
    value = subject.values.get(column)
    if is_day and value is not None:
        value = from_day_number(int(value)).isoformat()
    shown = say("empty", context.language) if value is None else value
    name = column_name(column, context.language)
    return fact(column, value, say("column", context.language, field=name, value=shown))
