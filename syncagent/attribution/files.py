"""Deals and touches from two comma-separated files, for trying the models without any CRM.

Times are ISO 8601; those without an offset are UTC, and a day without a time begins at 00:00 in the given zone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TypeVar

from syncagent.attribution.journeys import JourneySet, Policy, arrange
from syncagent.attribution.tables import Cell, Row, read_table
from syncagent.domain.journeys import Deal, Touchpoint
from syncagent.domain.money import Money
from syncagent.domain.time import start_of_day
from syncagent.errors import ConfigurationError, Problem

OPPORTUNITY_COLUMNS = ("opp_id", "amount_minor", "currency", "opp_created_ts", "closed_won_ts")
OPPORTUNITY_OPTIONS = ("lead_created_ts",)
TOUCH_COLUMNS = ("touch_id", "opp_id", "touch_ts", "campaign_id", "channel")
TOUCH_OPTIONS = ("person_id", "type")

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CURRENCY = re.compile(r"[A-Z]{3}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TextFile:
    """The name of a file, for messages, and its text."""

    name: str
    text: str


@dataclass(slots=True)
class _Reader:
    """Reads cells of one file and collects what is wrong with them."""

    file: str
    policy: Policy
    problems: list[Problem] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def complain(self, cell: Cell, message: str) -> None:
        self.problems.append(Problem(self.file, cell.line, cell.column, message))

    def attempt(self, cell: Cell, read: Callable[[str], T], otherwise: T) -> T:
        try:
            return read(cell.text)
        except ValueError as error:
            self.complain(cell, str(error))
            return otherwise

    def name(self, cell: Cell, what: str) -> str:
        if not cell.text:
            self.complain(cell, f"the {what} has no id")
        elif cell.text in self.seen:
            self.complain(cell, f"{what} {cell.text!r} appears twice; every row needs an id of its own")
        self.seen.add(cell.text)
        return cell.text

    def time(self, cell: Cell) -> tuple[datetime, bool]:
        return self.attempt(cell, self._read_time, (datetime.min.replace(tzinfo=UTC), False))

    def _read_time(self, text: str) -> tuple[datetime, bool]:
        try:
            if _DAY.fullmatch(text):
                return start_of_day(date.fromisoformat(text), self.policy.zone), True
            instant = datetime.fromisoformat(text)
            return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC), False
        except (ValueError, OverflowError):
            raise ValueError(
                f"{text!r} is not a time; write e.g. 2026-01-31 23:59:59 (UTC) or 2026-02-01T08:59:59+09:00"
            ) from None


def read_journeys(opportunities: TextFile, touches: TextFile, policy: Policy) -> JourneySet:
    """Read both files and arrange each deal's touches.

    Raises:
        ConfigurationError: every mistake found in either file, each as file:line:column.
    """
    problems: list[Problem] = []
    deals: list[Deal] = []
    by_deal: dict[str, list[Touchpoint]] = defaultdict(list)
    try:
        deals = read_deals(opportunities, policy)
    except ConfigurationError as error:
        problems += error.problems
    try:
        for deal, touch in read_touches(touches, {deal.id for deal in deals} if not problems else None, policy):
            by_deal[deal].append(touch)
    except ConfigurationError as error:
        problems += error.problems
    if problems:
        raise ConfigurationError(problems)
    ordered = sorted(deals, key=lambda deal: deal.id)
    return JourneySet(tuple(arrange(deal, by_deal[deal.id], policy, grade="file") for deal in ordered))


def read_deals(source: TextFile, policy: Policy) -> list[Deal]:
    """Read won deals, one row each; a blank ``lead_created_ts`` means that no lead is known."""
    reader = _Reader(source.name, policy)
    rows = read_table(source.text, source.name, OPPORTUNITY_COLUMNS, OPPORTUNITY_OPTIONS)
    deals = [_read_deal(row, reader) for row in rows]
    if reader.problems:
        raise ConfigurationError(reader.problems)
    return deals


def _read_deal(row: Row, reader: _Reader) -> Deal:
    lead = row["lead_created_ts"]
    return Deal(
        id=reader.name(row["opp_id"], "opportunity"),
        amount=Money(
            reader.attempt(row["amount_minor"], _read_amount, 0), reader.attempt(row["currency"], _read_currency, "")
        ),
        lead_created=reader.time(lead)[0] if lead.text else None,
        created=reader.time(row["opp_created_ts"])[0],
        closed=reader.time(row["closed_won_ts"])[0],
    )


def _read_amount(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII):
        raise ValueError(f"{text!r} is not an amount in the smallest unit of its currency; write e.g. 1200000 or -500")
    return int(text)


def _read_currency(text: str) -> str:
    if not _CURRENCY.fullmatch(text):
        raise ValueError(f"{text!r} is not a currency code; write three capital letters such as JPY")
    return text


def read_touches(source: TextFile, deals: set[str] | None, policy: Policy) -> list[tuple[str, Touchpoint]]:
    """Read touches with the deal each belongs to; deal names are not checked where ``deals`` is None.

    Rows that name their person (``person_id``) are freed of duplicates; rows that do not all count.
    """
    reader = _Reader(source.name, policy)
    touches = [
        _read_touch(row, deals, reader) for row in read_table(source.text, source.name, TOUCH_COLUMNS, TOUCH_OPTIONS)
    ]
    if reader.problems:
        raise ConfigurationError(reader.problems)
    return touches


def _read_touch(row: Row, deals: set[str] | None, reader: _Reader) -> tuple[str, Touchpoint]:
    deal = row["opp_id"]
    if deals is not None and deal.text not in deals:
        reader.complain(deal, f"opportunity {deal.text!r} is not in the opportunities file")
    at, date_only = reader.time(row["touch_ts"])
    touch = Touchpoint(
        id=reader.name(row["touch_id"], "touch"),
        at=at,
        campaign=row["campaign_id"].text,
        channel=row["channel"].text,
        person=row["person_id"].text,
        kind=row["type"].text,
        date_only=date_only,
    )
    return deal.text, touch
