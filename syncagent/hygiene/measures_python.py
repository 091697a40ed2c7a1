"""What the derived columns mean, in plain Python: the reference their SQL must agree with, and the way cases run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from syncagent.domain.records import Scalar
from syncagent.hygiene.dates import dates_in
from syncagent.hygiene.derived import AHEAD_DAYS_MAX, NEXT_STEP_TEXTS, RETURN_TEXTS
from syncagent.hygiene.views import View

ActivityKind: TypeAlias = Literal["task", "call", "event", "hubspot-task", "hubspot-call"]


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity of a record; days are day numbers in the org's zone.

    ``done`` is the day a task was completed, None while it is open; ``at_once`` that it was entered as completed.
    """

    kind: ActivityKind
    subject: str
    dated: int | None
    entered: int | None
    done: int | None = None
    at_once: bool = False

    @property
    def closed(self) -> bool:
        """Tell whether it is a completed task; a meeting is never closed, it passes."""
        return self.done is not None

    def happened_on(self, today: int) -> int | None:
        """Give the day a person did it, at most today; None for what is still to come."""
        if self.done is not None:
            return min(self.done, today)
        return self.dated if self.kind == "event" and self.dated is not None and self.dated < today else None

    def is_ahead(self, today: int) -> bool:
        """Tell whether it is an open action dated today or later, within the horizon."""
        return not self.closed and self.dated is not None and today <= self.dated <= today + AHEAD_DAYS_MAX

    def planned(self, today: int) -> bool:
        """Tell whether it was entered as a next action rather than written down afterwards."""
        if self.dated is None or self.dated > today + AHEAD_DAYS_MAX or self.at_once:
            return False
        return self.entered is None or self.dated >= self.entered

    def moved_on(self, today: int) -> int | None:
        """Give the day it was entered, completed or lapsed, whichever is latest."""
        ended = min(self.done, today) if self.done is not None else None
        if not self.closed and self.dated is not None and self.dated < today:
            ended = self.dated
        return max((day for day in (self.entered, ended) if day is not None), default=None)


def measure(view: View, record: Mapping[str, Scalar], activities: Sequence[Activity], today: int) -> dict[str, Scalar]:
    """Work out the derived columns of one record; the columns of other records stand in ``record`` already."""
    everything = [*activities, *_written(record, NEXT_STEP_TEXTS[view.name], today)]
    values = _activity_columns(record, everything, today)
    if "return_day" in view.judged():
        closed_on = record.get("close_day")
        days = [one.dated for one in (*everything, *_written(record, RETURN_TEXTS, today)) if not one.closed]
        later = [day for day in days if day is not None and closed_on is not None and day > int(closed_on)]
        values["return_day"] = max(later, default=None)
    return values


def _activity_columns(record: Mapping[str, Scalar], everything: list[Activity], today: int) -> dict[str, Scalar]:
    ahead = min((one.dated for one in everything if one.dated is not None and one.is_ahead(today)), default=None)
    moves = [
        (day, one.subject)
        for one in everything
        if one.planned(today)
        for day in [one.moved_on(today)]
        if day is not None
    ]
    last = max(moves, default=(None, ""))
    created, since = record.get("created_day"), record.get("handed_day")
    happened = [(one, day) for one in everything for day in [one.happened_on(today)] if day is not None]
    counted = [one for one, day in happened if since is None or day >= int(since)]
    clock = [int(day) for day in (created, last[0]) if day is not None]
    return {
        "has_next_action": ahead is not None,
        "next_action_day": ahead,
        "next_action_entered_day": max(clock, default=None),
        "last_next_action": last[1] or None,
        "last_activity_day": max((day for _, day in happened), default=None),
        "activity_count": len(counted),
        "attempts": sum(1 for one in counted if one.kind in ("call", "hubspot-call")),
    }


def _written(record: Mapping[str, Scalar], columns: Sequence[str], today: int) -> Iterator[Activity]:
    """Read the dates in texts as actions whose day of entry nobody knows."""
    for column in columns:
        text = record.get(column)
        for day in dates_in(str(text), today) if text is not None else ():
            yield Activity("task", str(text), day, None)
