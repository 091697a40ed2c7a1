"""The unit cases of a policy, read and checked against its view."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from syncagent.domain.time import day_number
from syncagent.errors import ConfigurationError, Problem
from syncagent.hygiene.measures_python import Activity
from syncagent.hygiene.policy import Case, Policy
from syncagent.hygiene.schema import ActivitySection, CaseFile, CaseSection, PolicySection, Record
from syncagent.hygiene.views import View
from syncagent.language.conditions import ColumnType
from syncagent.language.yaml import Document, Path, nearest, problem_at, read_yaml, validate

_PYTHON: dict[ColumnType, type] = {"text": str, "int": int, "bool": bool, "day": int, "instant": int, "minor": int}


TODAY = date(2026, 11, 16)
"""The day cases play on, a Monday."""


def load_cases(text: str, file: str, policy: Policy) -> tuple[Case, ...]:
    """Read a file of further cases for a policy.

    Raises:
        ConfigurationError: every problem found, each with file, line and column.
    """
    document = read_yaml(text, file)
    cases = validate(CaseFile, document)
    problems = list(case_problems(cases, policy.view, document))
    if cases.policy != policy.name:
        problems.append(problem_at(document, ("policy",), f"these are cases of {cases.policy}, not of {policy.name}"))
    if problems:
        raise ConfigurationError(problems)
    return read_cases(cases)


def read_cases(section: PolicySection | CaseFile) -> tuple[Case, ...]:
    """Lay each case's record over the example."""
    return tuple(_case(case, {**section.example, **case.record}) for case in section.cases)


def case_problems(section: PolicySection | CaseFile, view: View, document: Document) -> Iterator[Problem]:
    """Find columns the view does not have, and values of the wrong type."""
    yield from _record_problems(section.example, ("example",), view, document)
    for index, case in enumerate(section.cases):
        yield from _record_problems(case.record, ("cases", index, "record"), view, document)


def _record_problems(record: Record, path: Path, view: View, document: Document) -> Iterator[Problem]:
    types = view.judged()
    worked_out = {column.name for column in view.derived if column.block != "handed"}
    for column, value in record.items():
        if column in worked_out:
            message = f"{column} is worked out, so a case cannot set it: give activities and texts instead"
            yield problem_at(document, (*path, column), message, key=True)
        elif column not in types:
            message = f"unknown column {column!r}: {nearest(column, types)}"
            yield problem_at(document, (*path, column), message, key=True)
        elif value is not None and type(value) is not _PYTHON.get(types[column]):
            hint = " (days count from today: -1 is yesterday)" if types[column] == "day" else ""
            yield problem_at(document, (*path, column), f"{column} is {types[column]}{hint}, not {value!r}")


def _case(section: CaseSection, record: Record) -> Case:
    warned, hold, down, expect = section.warned, section.hold, section.down, section.expect
    return Case(
        name=section.case,
        record=tuple(sorted(record.items())),
        age_days=section.age_days,
        mode=section.mode,
        warned_days_ago=warned.days_ago if warned else None,
        warned_due_in_days=warned.due_in_days if warned else 0,
        hold_until_in_days=hold.until_in_days if hold else None,
        hold_approved=hold.approved if hold else False,
        enforced_days_ago=section.enforced_days_ago,
        down_days=(down.from_days_ago, down.to_days_ago) if down else None,
        closed_days_ago=section.closed_days_ago,
        moved_since=section.moved_since,
        activities=tuple(map(_activity, section.activities)),
        state=expect.state,
        due_in_days=expect.due_in_days,
        closes=expect.closes,
        says=expect.says,
        flag=expect.flag,
        flag_due_in_days=expect.flag_due_in_days,
    )


def _activity(section: ActivitySection) -> Activity:
    entered = section.dated if section.entered is None else section.entered
    return Activity(
        kind=section.kind,
        subject=section.subject,
        dated=_day(section.dated),
        entered=_day(entered),
        done=_day(section.done),
        at_once=section.at_once,
    )


def _day(from_today: int | None) -> int | None:
    return None if from_today is None else day_number(TODAY) + from_today
