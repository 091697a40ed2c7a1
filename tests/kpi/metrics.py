"""Metrics in one line."""

from __future__ import annotations

from decimal import Decimal

from syncagent.kpi import Absent, Measure, Metric, Ratio, Words
from syncagent.kpi.metric import Team, Unit

COUNT = Measure("opportunities", "count", in_week="close_day")


def metric(
    name: str,
    formula: Measure | Ratio | Absent = COUNT,
    *,
    unit: Unit = "deals",
    target: Decimal | None = None,
    downstream: str | None = None,
    focus: bool = False,
    team: Team = "everyone",
) -> Metric:
    """Make a metric whose words are its name."""
    words = Words(f"{name} en", f"{name} 日")
    about = Words(f"what {name} means", f"{name}の定義")
    how = Words(f"how {name} is read", f"{name}の抽出条件")
    return Metric(name, words, unit, formula, about, how, target, focus, "", team, downstream)
