"""When a deal closed, and how surely we know it (attribution.md, P2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from syncagent.attribution.rows import OpportunityRow, StageRow
from syncagent.domain.time import start_of_day

Measure: TypeAlias = Literal["won", "open", "lost"]
"""Which deals are credited: those won by the as-of instant, the pipeline open at it, or those lost by it."""


@dataclass(frozen=True, slots=True)
class Close:
    """The end of a journey and where it comes from.

    ``grade`` is stage_history (the entry into the closed stage), close_date (the end of that day in the org's zone,
    for want of history) or as_of (the deal is open). ``state`` is the one as of the asked instant.
    """

    at: datetime
    grade: str
    state: Measure


def find_close(
    opportunity: OpportunityRow, history: Sequence[StageRow], as_of: datetime, zone: ZoneInfo
) -> Close | None:
    """Give the deal's close as of an instant; None for a deal that was not there yet.

    A deal closed after ``as_of`` was open then. A deal reopened and won again closed at its last entry into the won
    stage. Without history a deal counts as won from the start of its close date on, and until then as open.
    """
    if opportunity.created > as_of:
        return None
    ordered = sorted(history, key=lambda row: (row.at, row.won))
    known = [row for row in ordered if row.at <= as_of]
    state = _state_as_of(opportunity, known, later=len(known) < len(ordered))
    if state != "open" and known and _state_of(known[-1]) == state:
        return Close(_last_entry(known), "stage_history", state)
    if state == "lost" or (state == "won" and start_of_day(opportunity.close_date, zone) <= as_of):
        end = start_of_day(opportunity.close_date + timedelta(days=1), zone) - timedelta(microseconds=1)
        return Close(min(end, as_of), "close_date", state)
    return Close(as_of, "as_of", "open")


def _state_of(row: OpportunityRow | StageRow) -> Measure:
    if row.won:
        return "won"
    return "lost" if row.closed else "open"


def _state_as_of(opportunity: OpportunityRow, known: Sequence[StageRow], *, later: bool) -> Measure:
    """Give the record's own word, unless the history knows of changes after the asked instant."""
    if not later:
        return _state_of(opportunity)
    return _state_of(known[-1]) if known else "open"


def _last_entry(known: Sequence[StageRow]) -> datetime:
    """Give when the deal entered the state it is in, moves within that state aside."""
    entry = known[-1]
    for row in reversed(known):
        if _state_of(row) != _state_of(entry):
            break
        entry = row
    return entry.at
