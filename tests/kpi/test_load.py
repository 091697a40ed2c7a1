"""A KPI file that is wrong is refused with the line and column of each mistake."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from syncagent.errors import ConfigurationError
from syncagent.kpi import Absent, Measure, PackRules, Ratio, kpi_schema, load_definitions, load_metrics
from syncagent.kpi.load import FOCUS_MAX
from syncagent.operations.views import columns_of_views

SHIPPED = Path(__file__).parents[2] / "policies" / "kpi" / "weekly.yaml"
VIEWS = columns_of_views()
SMALL = """\
version: 1
metrics:
  - id: won
    label: {en: Won, ja: 受注}
    unit: deals
    next: money
    measure: {over: opportunities, where: is_won = true, in_week: close_day}
    definition: {en: Deals won, ja: 受注した案件}
    condition: {en: Won, ja: 受注}
  - id: money
    label: {en: Money, ja: 金額}
    unit: money
    target: 3000000
    measure: {over: opportunities, kind: sum, column: amount_minor}
    definition: {en: Money, ja: 金額}
    condition: {en: All, ja: 全件}
  - id: rate
    label: {en: Rate, ja: 率}
    unit: percent
    ratio: {of: won, to: won}
    definition: {en: Share, ja: 割合}
    condition: {en: All, ja: 全件}
"""


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_metrics(text, "k.yaml", VIEWS)
    return [str(problem) for problem in caught.value.problems]


def changed(old: str, new: str) -> list[str]:
    assert old in SMALL
    return problems(SMALL.replace(old, new, 1))


def test_a_file_reads_into_metrics() -> None:
    won, money, rate = load_metrics(SMALL, "k.yaml", VIEWS)
    assert isinstance(won.formula, Measure)
    assert (won.formula.in_week, won.is_flow, won.downstream) == ("close_day", True, "money")
    assert isinstance(money.formula, Measure)
    assert (money.formula.currency, money.is_flow, money.target) == ("currency", False, Decimal(3000000))
    assert rate.formula == Ratio("won", "won")
    assert not rate.is_flow


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("over: opportunities, where", "over: oportunities, where", "k.yaml:7:21: there is no view oportunities"),
        ("is_won = true", "is_wonn = true", "k.yaml:7:43: unknown field is_wonn"),
        ("in_week: close_day", "in_week: closeday", "k.yaml:7:67: opportunities has no day column closeday"),
        ("in_week: close_day", "in_week: stage", "k.yaml:7:67: opportunities has no day column stage"),
        ("column: amount_minor", "column: name", "has no int or minor column name"),
        ("kind: sum, column: amount_minor", "kind: sum", "k.yaml:14:14: a sum names its column, a count has none"),
        ("kind: sum, column", "kind: count, column", "a sum names its column, a count has none"),
        ("id: money", "id: won", "k.yaml:10:9: metric won is defined twice"),
        ("next: money", "next: monye", "k.yaml:6:11: there is no metric monye: did you mean 'money'"),
        ("target: 3000000", "next: won", "k.yaml:6:11: the funnel runs in a circle from won"),
        ("{of: won, to: won}", "{of: one, to: won}", "k.yaml:20:17: there is no metric one"),
        ("{of: won, to: won}", "{of: won, to: none}", "k.yaml:20:26: there is no metric none"),
        ("    ratio: {of: won, to: won}\n", "", "rate: give one of measure, ratio, input"),
        ("    target: 3000000\n", "    ratio: {of: won, to: won}\n", "money: give one of measure, ratio, input"),
        ("unit: deals", "unit: deal", "k.yaml:5:11:"),
        ("id: won", "id: Won", "k.yaml:3:9:"),
        ("version: 1", "version: 2", "k.yaml:1:10:"),
        ("ja: 受注}", "jp: 受注}", "k.yaml:4:"),
        ("version: 1", "version: 1\npack: {deal_check: {where: stag = 'x'}}", "k.yaml:2:28: unknown field stag"),
        ("version: 1", "version: 1\npack: {neglected_days: 0}", "k.yaml:2:24:"),
    ],
)
def test_a_mistake_has_a_place(old: str, new: str, expected: str) -> None:
    found = changed(old, new)
    assert any(expected in problem for problem in found), found


def test_every_mistake_is_told_at_once() -> None:
    assert len(problems(SMALL.replace("is_won", "is_wun").replace("to: won", "to: wun"))) == 2


def test_a_circle_elsewhere_is_told_at_its_own_place_alone() -> None:
    text = SMALL.replace("target: 3000000", "next: rate").replace("ratio: {of", "next: money\n    ratio: {of")
    assert [problem.split(":")[1] for problem in problems(text)] == ["13", "20"]


def test_at_most_five_stand_on_page_one() -> None:
    first = SMALL.split("  - id: money", maxsplit=1)[0].removeprefix("version: 1\nmetrics:\n")
    one = first.replace("    next: money\n", "")
    many = "".join(one.replace("id: won", f"id: won{n}\n    focus: true") for n in range(FOCUS_MAX + 1))
    assert any("at most 5 metrics may be in focus" in problem for problem in problems(f"version: 1\nmetrics:\n{many}"))


def test_shipped_file() -> None:
    definitions = load_definitions(SHIPPED.read_bytes(), str(SHIPPED), VIEWS)
    assert sum(metric.focus for metric in definitions.metrics) == FOCUS_MAX
    assert [metric.id for metric in definitions.metrics if isinstance(metric.formula, Absent)] == ["target_leads"]
    assert definitions.rules == PackRules(), "the shipped rules are the defaults"


def test_rules_are_absent_where_a_file_gives_none() -> None:
    assert load_definitions(SMALL, "k.yaml", VIEWS).rules is None
    given = load_definitions(
        SMALL.replace("version: 1", "version: 1\npack: {zombie_policies: [a, b]}"), "k.yaml", VIEWS
    )
    assert given.rules == PackRules(zombie_policies=("a", "b"))


def test_the_schema_describes_every_key() -> None:
    text = str(kpi_schema())
    for key in ("metrics", "measure", "ratio", "input", "in_week", "team", "next", "deal_check"):
        assert f"'{key}'" in text
