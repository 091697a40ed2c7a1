"""Read a KPI file; every mistake comes back with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syncagent.errors import ConfigurationError, Problem
from syncagent.kpi.metric import Absent, Measure, Metric, Ratio, Words
from syncagent.kpi.rules import MARKETING_SOURCED, PackRules
from syncagent.kpi.schema import KpiFile, MeasureSection, MetricSection, PackSection, WordsSection
from syncagent.language.conditions import ColumnType, Condition, ConditionError
from syncagent.language.conditions_check import check
from syncagent.language.where import parse_where
from syncagent.language.yaml import Document, nearest, problem_at, read_yaml, validate

FOCUS_MAX = 5
"""Page 1 shows five or fewer (rulebook, section 6)."""


@dataclass(frozen=True, slots=True)
class Definitions:
    """One KPI file as read; ``rules`` is None where the file gives none."""

    metrics: tuple[Metric, ...]
    rules: PackRules | None


def load_metrics(text: str | bytes, file: str, views: Mapping[str, Mapping[str, ColumnType]]) -> tuple[Metric, ...]:
    """Read the metrics of a file, checked against the columns of the analytic views.

    Raises:
        ConfigurationError: every problem as file:line:column.
    """
    return load_definitions(text, file, views).metrics


def load_definitions(text: str | bytes, file: str, views: Mapping[str, Mapping[str, ColumnType]]) -> Definitions:
    """Read the metrics of a file and the rules of the pack's lists.

    Raises:
        ConfigurationError: every problem as file:line:column.
    """
    document = read_yaml(text, file)
    whole = validate(KpiFile, document)
    problems: list[Problem] = []
    metrics = [_metric(section, place, document, views, problems) for place, section in enumerate(whole.metrics)]
    rules = None if whole.pack is None else _rules(whole.pack, document, views, problems)
    problems += _check_names(whole.metrics, document)
    if problems:
        raise ConfigurationError(problems)
    return Definitions(tuple(metrics), rules)


def _rules(
    section: PackSection,
    document: Document,
    views: Mapping[str, Mapping[str, ColumnType]],
    problems: list[Problem],
) -> PackRules:
    check_ = section.deal_check
    path = ("pack", "deal_check", "where")
    return PackRules(
        sourced=_condition(check_.where, path, document, views["opportunities"], problems) or MARKETING_SOURCED,
        quiet_days=check_.quiet_days,
        stale_days=check_.stale_days,
        neglected_days=section.neglected_days,
        zombie_policies=tuple(section.zombie_policies),
    )


def _check_names(sections: Sequence[MetricSection], document: Document) -> list[Problem]:
    problems: list[Problem] = []
    known = {section.id for section in sections}
    for place, section in enumerate(sections):
        problems += _check_ids(section, place, document, known)
        if section.id in {earlier.id for earlier in sections[:place]}:
            problems.append(problem_at(document, ("metrics", place, "id"), f"metric {section.id} is defined twice"))
    if sum(section.focus for section in sections) > FOCUS_MAX:
        problems.append(problem_at(document, ("metrics",), f"at most {FOCUS_MAX} metrics may be in focus"))
    following = {section.id: section.next for section in sections if section.next}
    for place, section in enumerate(sections):
        if section.next and _runs_in_a_circle(section.id, following):
            circle = f"the funnel runs in a circle from {section.id}"
            problems.append(problem_at(document, ("metrics", place, "next"), circle))
    return problems


def _runs_in_a_circle(start: str, following: Mapping[str, str]) -> bool:
    here = following.get(start)
    for _step in following:
        if here is None or here == start:
            break
        here = following.get(here)
    return here == start


def _metric(
    section: MetricSection,
    place: int,
    document: Document,
    views: Mapping[str, Mapping[str, ColumnType]],
    problems: list[Problem],
) -> Metric:
    if [section.measure, section.ratio, section.input].count(None) != 2:  # noqa: PLR2004  # all but one
        problems.append(problem_at(document, ("metrics", place), f"{section.id}: give one of measure, ratio, input"))
    formula: Measure | Ratio | Absent = Absent(Words("", ""))
    if section.measure is not None:
        formula = _measure(section.measure, place, document, views, problems)
    elif section.ratio is not None:
        formula = Ratio(section.ratio.of, section.ratio.to)
    elif section.input is not None:
        formula = Absent(_words(section.input))
    return Metric(
        id=section.id,
        label=_words(section.label),
        unit=section.unit,
        formula=formula,
        definition=_words(section.definition),
        condition=_words(section.condition),
        target=section.target,
        focus=section.focus,
        source=section.source,
        team=section.team,
        downstream=section.next,
    )


def _words(section: WordsSection) -> Words:
    return Words(section.en, section.ja)


def _measure(
    section: MeasureSection,
    place: int,
    document: Document,
    views: Mapping[str, Mapping[str, ColumnType]],
    problems: list[Problem],
) -> Measure:
    path: tuple[str | int, ...] = ("metrics", place, "measure")
    columns = views.get(section.over)
    if columns is None:
        hint = nearest(section.over, views)
        problems.append(problem_at(document, (*path, "over"), f"there is no view {section.over}: {hint}"))
        return Measure(section.over, section.kind)
    for key, name, kinds in (("in_week", section.in_week, ("day",)), ("column", section.column, ("int", "minor"))):
        if name is not None and columns.get(name) not in kinds:
            hint = nearest(name, [column for column, kind in columns.items() if kind in kinds])
            wanted = f"{section.over} has no {' or '.join(kinds)} column {name}: {hint}"
            problems.append(problem_at(document, (*path, key), wanted))
    if (section.kind == "sum") != (section.column is not None):
        problems.append(problem_at(document, path, "a sum names its column, a count has none"))
    where = _condition(section.where, (*path, "where"), document, columns, problems)
    money = section.column is not None and columns.get(section.column) == "minor"
    currency = "currency" if money and "currency" in columns else None
    return Measure(section.over, section.kind, where, section.column, section.in_week, currency)


def _condition(
    text: str | None,
    path: tuple[str | int, ...],
    document: Document,
    columns: Mapping[str, ColumnType],
    problems: list[Problem],
) -> Condition | None:
    if text is None:
        return None
    try:
        return check(parse_where(text), columns)
    except ConditionError as error:
        problems.append(problem_at(document, path, str(error)))
        return None


def _check_ids(section: MetricSection, place: int, document: Document, known: set[str]) -> list[Problem]:
    named: list[tuple[tuple[str, ...], str]] = [] if section.next is None else [(("next",), section.next)]
    if section.ratio is not None:
        named += [(("ratio", "of"), section.ratio.of), (("ratio", "to"), section.ratio.to)]
    return [
        problem_at(document, ("metrics", place, *path), f"there is no metric {name}: {nearest(name, known)}")
        for path, name in named
        if name not in known
    ]
