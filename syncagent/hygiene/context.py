"""What a policy must know besides the records: the day, the exceptions, what was said before, when we ran."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from syncagent.domain.findings import Hold, Mode, WarningGiven
from syncagent.domain.records import RecordRef
from syncagent.domain.time import day_of
from syncagent.errors import Defect
from syncagent.hygiene.policy import Language


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of one evaluation of one policy.

    ``warnings`` holds this policy's warnings that reached a record. ``holds`` are the approved ones of the command
    line, expired ones included. ``closed`` tells when the product closed a record, by whichever policy, and
    ``own_reasons`` are the loss reasons its policies write. ``run_days`` are the days (org
    zone) of successful policy runs since the oldest of those warnings: a gap between them is an outage.
    ``history_since`` is the day stage history begins to be known. ``enforced_since`` is required in ``enforce``.
    """

    now: datetime
    zone: ZoneInfo
    mode: Mode
    currency: str
    language: Language = "en"
    enforced_since: datetime | None = None
    holds: tuple[Hold, ...] = ()
    warnings: Mapping[RecordRef, WarningGiven] = field(default_factory=dict)
    closed: Mapping[RecordRef, date] = field(default_factory=dict)
    own_reasons: frozenset[str] = frozenset()
    run_days: tuple[date, ...] = ()
    history_since: date | None = None

    def __post_init__(self) -> None:
        if self.mode == "enforce" and self.enforced_since is None:
            raise Defect("a policy is evaluated in enforce mode without the day it was enforced")

    @property
    def today(self) -> date:
        """The current day in the org's zone."""
        return day_of(self.now, self.zone)

    @property
    def enforced_day(self) -> date | None:
        """The day enforcement began, None before."""
        return None if self.enforced_since is None else day_of(self.enforced_since, self.zone)

    def was_down(self, since: date, days_max: int) -> bool:
        """Tell whether the product missed more than ``days_max`` days between ``since`` and today."""
        return any((after - before).days > days_max for before, after in pairwise(self._ran(since)))

    def _ran(self, since: date) -> Iterable[date]:
        return sorted({since, self.today, *(day for day in self.run_days if since < day <= self.today)})
