"""When a deal closed, and how surely we know it (attribution.md, P2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from syncagent.attribution.rows import OpportunityRow, StageRow
from syncagent.domain.time import start_of_day


@dataclass(frozen=True, slots=True)
class Close:
    """The end of a journey and where it comes from.

    ``grade`` is stage_history (the entry into the won stage), close_date (the end of that day in the org's zone, for
    want of history) or as_of (the deal is open). ``won`` is the state as of the asked instant.
    """

    at: datetime
    grade: str
    won: bool


def find_close(
    opportunity: OpportunityRow, history: Sequence[StageRow], as_of: datetime, zone: ZoneInfo
) -> Close | None:
    """Give the deal's close as of an instant; None for a deal that was not there yet or is lost.

    A deal won after ``as_of`` was open then. A deal reopened and won again closed at its last entry into the won
    stage. Without history a deal counts as won from the start of its close date on, and until then as open.
    """
    if opportunity.created > as_of:
        return None
    ordered = sorted(history, key=lambda row: (row.at, row.won))
    known = [row for row in ordered if row.at <= as_of]
    won, closed = _state_as_of(opportunity, known, later=len(known) < len(ordered))
    if won and known and known[-1].won:
        return Close(_last_entry(known), "stage_history", won=True)
    if won and start_of_day(opportunity.close_date, zone) <= as_of:
        end = start_of_day(opportunity.close_date + timedelta(days=1), zone) - timedelta(microseconds=1)
        return Close(min(end, as_of), "close_date", won=True)
    return None if closed and not won else Close(as_of, "as_of", won=False)


def _state_as_of(opportunity: OpportunityRow, known: Sequence[StageRow], *, later: bool) -> tuple[bool, bool]:
    """Tell (won, closed): the record's own word, unless the history knows of changes after the asked instant."""
    if not later:
        return opportunity.won, opportunity.closed
    return (known[-1].won, known[-1].closed) if known else (False, False)


def _last_entry(known: Sequence[StageRow]) -> datetime:
    entry = known[-1].at
    for row in reversed(known):
        if not row.won:
            break
        entry = row.at
    return entry
