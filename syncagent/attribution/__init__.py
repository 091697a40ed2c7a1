"""Which campaign earned which part of a deal: journeys, models, exact credit, and an answer for every yen."""

from syncagent.attribution.adjusting import convert, repeat_weights
from syncagent.attribution.allocate import Attribution, credit
from syncagent.attribution.campaign_report import INPUTS, CampaignInputs, CampaignReport, Input
from syncagent.attribution.campaigns import (
    CampaignResults,
    Cost,
    Earning,
    Fact,
    Linkage,
    Period,
    PlannedFigure,
    ResultRows,
    read_earnings,
    tabulate_results,
)
from syncagent.attribution.closing import Measure
from syncagent.attribution.conservation import Check, Total, check_conservation
from syncagent.attribution.documents import AttributionDocument, format_weight, to_document
from syncagent.attribution.explaining import REASONS, Explanation, ModelShares, Share, explain
from syncagent.attribution.facts import CountedRows, Gathered, MeetingRow, gather_facts
from syncagent.attribution.files import TextFile, read_journeys
from syncagent.attribution.hierarchy import Branch, roll_up
from syncagent.attribution.journeys import Grounds, JourneySet, Policy, arrange, build_journeys
from syncagent.attribution.lines import COST_CLASSES, KINDS, Line
from syncagent.attribution.models import DEFAULT_MODELS, MODELS, Model, custom_model, find_model, find_models
from syncagent.attribution.paths import Ties
from syncagent.attribution.results import UNATTRIBUTED, By, Summary, label_campaigns, summarise
from syncagent.attribution.rows import (
    CampaignMemberRow,
    CampaignRow,
    ContactRoleRow,
    CrmRows,
    OpportunityRow,
    PersonRow,
    StageRow,
)

__all__ = [
    "COST_CLASSES",
    "DEFAULT_MODELS",
    "INPUTS",
    "KINDS",
    "MODELS",
    "REASONS",
    "UNATTRIBUTED",
    "Attribution",
    "AttributionDocument",
    "Branch",
    "By",
    "CampaignInputs",
    "CampaignMemberRow",
    "CampaignReport",
    "CampaignResults",
    "CampaignRow",
    "Check",
    "ContactRoleRow",
    "Cost",
    "CountedRows",
    "CrmRows",
    "Earning",
    "Explanation",
    "Fact",
    "Gathered",
    "Grounds",
    "Input",
    "JourneySet",
    "Line",
    "Linkage",
    "Measure",
    "MeetingRow",
    "Model",
    "ModelShares",
    "OpportunityRow",
    "Period",
    "PersonRow",
    "PlannedFigure",
    "Policy",
    "ResultRows",
    "Share",
    "StageRow",
    "Summary",
    "TextFile",
    "Ties",
    "Total",
    "arrange",
    "build_journeys",
    "check_conservation",
    "convert",
    "credit",
    "custom_model",
    "explain",
    "find_model",
    "find_models",
    "format_weight",
    "gather_facts",
    "label_campaigns",
    "read_earnings",
    "read_journeys",
    "repeat_weights",
    "roll_up",
    "summarise",
    "tabulate_results",
    "to_document",
]
