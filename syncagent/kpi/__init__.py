"""What the numbers mean: metric definitions as data, weeks in the org's zone, and the pack built from both."""

from syncagent.kpi.actions import Action, propose_actions
from syncagent.kpi.deal_check import DealCheck, DealLine, deal_check_statement, decisions_statement, read_deals
from syncagent.kpi.featured import Featured, featured_statement, read_featured, story_statement
from syncagent.kpi.funnel import Funnel, Step, read_funnel
from syncagent.kpi.linkage import HOUSE, LINKAGE, HouseLine, LinkageLine, lacking_statement, read_house
from syncagent.kpi.load import Definitions, load_definitions, load_metrics
from syncagent.kpi.metric import Absent, Measure, Metric, Ratio, Words
from syncagent.kpi.pipeline import Pipeline, StageLine, pipeline_statement, read_pipeline, weigh
from syncagent.kpi.reading import Behind, Measured, Named, Reading, read_metrics, share
from syncagent.kpi.response import Response, read_response, response_statement
from syncagent.kpi.rules import PackRules
from syncagent.kpi.schema import kpi_schema
from syncagent.kpi.statement import Statement, measure_statement, records_statement
from syncagent.kpi.week import Week, parse_week, week_before, week_of, weeks_until
from syncagent.kpi.weekly import CampaignLine, HygieneLine, Pack

__all__ = [
    "HOUSE",
    "LINKAGE",
    "Absent",
    "Action",
    "Behind",
    "CampaignLine",
    "DealCheck",
    "DealLine",
    "Definitions",
    "Featured",
    "Funnel",
    "HouseLine",
    "HygieneLine",
    "LinkageLine",
    "Measure",
    "Measured",
    "Metric",
    "Named",
    "Pack",
    "PackRules",
    "Pipeline",
    "Ratio",
    "Reading",
    "Response",
    "StageLine",
    "Statement",
    "Step",
    "Week",
    "Words",
    "deal_check_statement",
    "decisions_statement",
    "featured_statement",
    "kpi_schema",
    "lacking_statement",
    "load_definitions",
    "load_metrics",
    "measure_statement",
    "parse_week",
    "pipeline_statement",
    "propose_actions",
    "read_deals",
    "read_featured",
    "read_funnel",
    "read_house",
    "read_metrics",
    "read_pipeline",
    "read_response",
    "records_statement",
    "response_statement",
    "share",
    "story_statement",
    "week_before",
    "week_of",
    "weeks_until",
    "weigh",
]
