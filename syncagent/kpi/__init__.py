"""What the numbers mean: metric definitions as data, weeks in the org's zone, and the pack built from both."""

from syncagent.kpi.load import load_metrics
from syncagent.kpi.metric import Measure, Metric, Ratio, Words
from syncagent.kpi.schema import kpi_schema
from syncagent.kpi.statement import Statement, measure_statement
from syncagent.kpi.week import Week, parse_week, week_before, week_of
from syncagent.kpi.weekly import Pack, Reading, build_pack

__all__ = [
    "Measure",
    "Metric",
    "Pack",
    "Ratio",
    "Reading",
    "Statement",
    "Week",
    "Words",
    "build_pack",
    "kpi_schema",
    "load_metrics",
    "measure_statement",
    "parse_week",
    "week_before",
    "week_of",
]
