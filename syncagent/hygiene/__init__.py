"""Hygiene policies: what is wrong with a record, and what would put it right.

``load_policy`` reads a file, ``policy_query`` compiles it to SQL over the views of ``VIEWS``, ``evaluate`` (or
``judge_rows`` and ``combine`` for several policies) turns the rows into findings and proposed changes, and
``run_cases`` runs a policy's own unit cases. Everything here is pure.
"""

from syncagent.hygiene.cases import CaseFailure, run_cases
from syncagent.hygiene.context import Context
from syncagent.hygiene.lifecycle import Evaluation, Judgement, combine, evaluate, judge_rows
from syncagent.hygiene.load import load_policy, policy_schema
from syncagent.hygiene.load_cases import load_cases
from syncagent.hygiene.policy import Brakes, Policy, Words
from syncagent.hygiene.select import Query, policy_query
from syncagent.hygiene.views import VIEWS, Column, View

__all__ = [
    "VIEWS",
    "Brakes",
    "CaseFailure",
    "Column",
    "Context",
    "Evaluation",
    "Judgement",
    "Policy",
    "Query",
    "View",
    "Words",
    "combine",
    "evaluate",
    "judge_rows",
    "load_cases",
    "load_policy",
    "policy_query",
    "policy_schema",
    "run_cases",
]
