"""Columns no CRM holds, worked out per record from its activities and neighbours: what they are called and read from.

Conditions, clocks and evidence name them like any other column; :mod:`syncagent.hygiene.measures` builds their SQL and
:mod:`syncagent.hygiene.measures_python` says in plain Python what they mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from syncagent.language.conditions import ColumnType

Block: TypeAlias = Literal["activity", "handed", "return"]
"""What a derived column is worked out from: activities, the owner and the linked contact, or a lost deal's dates."""

AHEAD_DAYS_MAX = 365
"""An action dated later than this is a placeholder: it grants nothing until its day comes closer."""

LOGGED_AT_ONCE_S = 300
"""A task completed this soon after it was entered records what happened; it never was a next action."""

OWN_ACTIVITY_OBJECTS = frozenset({("salesforce", "Task"), ("salesforce", "Event"), ("hubspot", "tasks")})
"""The objects activities are read from, by system."""


@dataclass(frozen=True, slots=True)
class Derived:
    """One derived column: its name, its type and the block it is worked out in."""

    name: str
    type: ColumnType
    block: Block


@dataclass(frozen=True, slots=True)
class ActivitySource:
    """Where activities of a view's records come from: a view, and how its rows lead to the record.

    ``record`` is the column that names the record; in its place ``tied_to`` names the HubSpot object an association
    leads to, from where the link of ``pair`` leads on. ``shape`` is the form of the rows.
    """

    view: str
    shape: Literal["task", "event", "hubspot_task"]
    record: str = ""
    tied_to: str = ""
    pair: str = ""


_ACTIVITY: tuple[Derived, ...] = (
    Derived("has_next_action", "bool", "activity"),
    Derived("next_action_day", "day", "activity"),
    Derived("next_action_entered_day", "day", "activity"),
    Derived("last_next_action", "text", "activity"),
    Derived("last_activity_day", "day", "activity"),
    Derived("activity_count", "int", "activity"),
    Derived("attempts", "int", "activity"),
)

OPPORTUNITY_DERIVED: tuple[Derived, ...] = (*_ACTIVITY, Derived("return_day", "day", "return"))
"""Of an opportunity; ``return_day`` is when a lost one is to be taken up again."""

LEAD_DERIVED: tuple[Derived, ...] = (
    *_ACTIVITY,
    Derived("owner_department", "text", "handed"),
    Derived("handed_day", "day", "handed"),
)
"""Of a lead; ``handed_day`` is when HubSpot made its contact a marketing qualified lead."""

SOURCES: Mapping[str, tuple[ActivitySource, ...]] = {
    "opportunities": (
        ActivitySource("tasks", "task", record="what_id"),
        ActivitySource("events", "event", record="what_id"),
        ActivitySource("hubspot_tasks", "hubspot_task", tied_to="deals", pair="deal"),
    ),
    "leads": (
        ActivitySource("tasks", "task", record="who_id"),
        ActivitySource("events", "event", record="who_id"),
        ActivitySource("hubspot_tasks", "hubspot_task", tied_to="contacts", pair="person"),
    ),
}
"""The sources of each view's activities."""

NEXT_STEP_TEXTS: Mapping[str, tuple[str, ...]] = {"opportunities": ("next_step",), "leads": ()}
"""The text columns in which people write a next action with its date."""

RETURN_TEXTS = ("loss_detail", "next_step")
"""The text columns in which people write when a lost opportunity is to be taken up again."""
