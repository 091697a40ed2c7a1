"""Read a KPI file; every mistake comes back with its place."""

from __future__ import annotations

from collections.abc import Mapping

from syncagent.errors import ConfigurationError, Problem
from syncagent.kpi.metric import Measure, Metric, Ratio, Words
from syncagent.kpi.schema import KpiFile, MeasureSection, MetricSection, WordsSection
from syncagent.language.conditions import ColumnType, Condition, ConditionError
from syncagent.language.conditions_check import check
from syncagent.language.where import parse_where
from syncagent.language.yaml import Document, nearest, problem_at, read_yaml, validate

FOCUS_MAX = 5
"""Page 1 shows five or fewer (rulebook, section 6)."""


def load_metrics(text: str | bytes, file: str, views: Mapping[str, Mapping[str, ColumnType]]) -> tuple[Metric, ...]:
    """Read the metrics of a file, checked against the columns of the analytic views.

    Raises:
        ConfigurationError: every problem as file:line:column.
    """
    document = read_yaml(text, file)
    sections = validate(KpiFile, document).metrics
    problems: list[Problem] = []
    metrics = [_metric(section, place, document, views, problems) for place, section in enumerate(sections)]
    known = {section.id for section in sections}
    for place, section in enumerate(sections):
        problems += _check_ids(section, place, document, known)
        if section.id in {earlier.id for earlier in sections[:place]}:
            problems.append(problem_at(document, ("metrics", place, "id"), f"metric {section.id} is defined twice"))
    if sum(section.focus for section in sections) > FOCUS_MAX:
        problems.append(problem_at(document, ("metrics",), f"at most {FOCUS_MAX} metrics may be in focus"))
    if problems:
        raise ConfigurationError(problems)
    return tuple(metrics)


def _metric(
    section: MetricSection,
    place: int,
    document: Document,
    views: Mapping[str, Mapping[str, ColumnType]],
    problems: list[Problem],
) -> Metric:
    if (section.measure is None) == (section.ratio is None):
        problems.append(problem_at(document, ("metrics", place), f"{section.id}: give either measure or ratio"))
    formula: Measure | Ratio = Ratio("", "")
    if section.measure is not None:
        formula = _measure(section.measure, place, document, views, problems)
    elif section.ratio is not None:
        formula = Ratio(section.ratio.of, section.ratio.to)
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
        problems.append(problem_at(document, (*path, "over"), f"there is no view {section.over}{hint}"))
        return Measure(section.over, section.kind)
    for key, name, kinds in (("in_week", section.in_week, ("day",)), ("column", section.column, ("int", "minor"))):
        if name is not None and columns.get(name) not in kinds:
            hint = nearest(name, [column for column, kind in columns.items() if kind in kinds])
            wanted = f"{section.over} has no {' or '.join(kinds)} column {name}{hint}"
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
    if section.ratio is None:
        return []
    return [
        problem_at(document, ("metrics", place, "ratio", key), f"there is no metric {name}{nearest(name, known)}")
        for key, name in (("of", section.ratio.of), ("to", section.ratio.to))
        if name not in known
    ]
