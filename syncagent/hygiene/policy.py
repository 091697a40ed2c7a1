"""A policy as the program holds it: checked, frozen, and free of the file it came from."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from syncagent.domain.findings import Mode
from syncagent.domain.money import Money
from syncagent.domain.records import Scalar
from syncagent.hygiene.measures_python import Activity
from syncagent.hygiene.views import JUDGED, View
from syncagent.language.conditions import Condition, columns_read

Language: TypeAlias = Literal["en", "ja"]
ClockKind: TypeAlias = Literal["stage", "created", "field"]

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Words:
    """The same text in both languages."""

    en: str
    ja: str

    def text(self, language: Language) -> str:
        """Give the text in one language."""
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True, slots=True)
class Threshold:
    """How long the clock may run: a number of days, or of calendar months."""

    days: int = 0
    months: int = 0

    def reached_on(self, since: date) -> date:
        """Give the first day on which the threshold is reached (day counts are >=)."""
        return add_months(since, self.months) + timedelta(days=self.days)


def add_months(day: date, months: int) -> date:
    """Go forward by calendar months; 31 August and six months give the last day of February."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Clock:
    """What is timed: the last entry into the current stage, the creation, or a day column (``column``)."""

    kind: ClockKind
    column: str = ""

    @property
    def day_column(self) -> str:
        """The day column a clock other than the stage's starts from."""
        return self.column or "created_day"


@dataclass(frozen=True, slots=True)
class Close:
    """Closing as lost: the stage, the product's own reason value, and the detail that names the policy."""

    stage: str
    reason: str
    detail: Words


@dataclass(frozen=True, slots=True)
class Route:
    """One row of an action table: for which records, the code they get, the day it is due, and why.

    ``due`` names a day column; empty where nothing is due.
    """

    condition: Condition
    code: str
    due: str
    label: Words

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns the row reads."""
        return tuple(dict.fromkeys((*columns_read(self.condition), *([self.due] if self.due else []))))


@dataclass(frozen=True, slots=True)
class Action:
    """What a policy proposes: a flag with its reason code; on the due day a close; then a recycle flag.

    With ``routes`` the first row that holds gives the code in place of ``flag``; a record no row speaks of is left
    alone. A row whose code is the ``flag`` asks people for something, any other merely sorts. ``digest`` lists the
    finding in its owner's digest.
    """

    flag: str
    close: Close | None = None
    recycle: str = ""
    routes: tuple[Route, ...] = ()
    digest: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that are this policy's own to set and to clear."""
        return tuple(dict.fromkeys((self.flag, *(route.code for route in self.routes))))


@dataclass(frozen=True, slots=True)
class Brakes:
    """Limits on one plan; beyond any of them an enforced policy waits for a person."""

    changes_max: int | None = None
    share_max_percent: int | None = None
    money_max: Money | None = None
    per_owner_max: int | None = None


@dataclass(frozen=True, slots=True)
class Messages:
    """The sentences a person reads when a record is flagged or warned, and when the policy acts."""

    warn: Words
    act: Words


@dataclass(frozen=True, slots=True)
class Case:
    """One unit case: a record, its past in days before today, and what must come of it."""

    name: str
    record: tuple[tuple[str, Scalar], ...]
    age_days: int | None
    mode: Mode
    warned_days_ago: int | None
    warned_due_in_days: int
    hold_until_in_days: int | None
    hold_approved: bool
    enforced_days_ago: int
    down_days: tuple[int, int] | None
    closed_days_ago: int | None
    moved_since: bool
    activities: tuple[Activity, ...]
    state: str
    due_in_days: int | None
    closes: bool
    says: str = ""
    flag: str | None = None
    flag_due_in_days: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """One hygiene policy; ``revision`` names its meaning: it changes with anything but mode, texts and cases."""

    name: str
    version: int
    revision: str
    mode: Mode
    label: Words
    text: Words
    source: str
    over: str
    condition: Condition
    clock: Clock | None
    threshold: Threshold
    warn_days_before: int
    grace_days: int
    outage_days_max: int
    holds_allowed: bool
    action: Action
    brakes: Brakes
    messages: Messages
    precedence: int
    shows: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()

    @property
    def view(self) -> View:
        """The view the policy runs over."""
        return JUDGED[self.over]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns the policy reads: in its condition, its routes and its clock, and those its findings show."""
        found = [*columns_read(self.condition), *self.shows]
        found += [column for route in self.action.routes for column in route.columns]
        if self.clock is not None and self.clock.kind != "stage":
            found.append(self.clock.day_column)
        return tuple(dict.fromkeys(found))

    @property
    def origin(self) -> str:
        """The origin its changes carry."""
        return f"policy:{self.name}"
