"""The weekly pack as data: everything on the page, and nothing about how it looks (rulebook, section 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from syncagent.domain.findings import FindingState
from syncagent.domain.money import Money
from syncagent.kpi.actions import Action
from syncagent.kpi.deal_check import DealCheck
from syncagent.kpi.featured import Featured
from syncagent.kpi.funnel import Funnel
from syncagent.kpi.linkage import HouseLine, LinkageLine
from syncagent.kpi.pipeline import Pipeline
from syncagent.kpi.reading import NOTHING, Behind, Reading
from syncagent.kpi.response import Response
from syncagent.kpi.rules import PackRules
from syncagent.kpi.week import Week


@dataclass(frozen=True, slots=True)
class HygieneLine:
    """Open findings of one policy in one state, with the amount of the deals concerned and the records."""

    policy: str
    state: FindingState
    count: int
    amount: Money
    behind: Behind = NOTHING


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """What one campaign earned, and how many deals that is (a sum of weights)."""

    name: str
    credit: Money
    deals: Decimal


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything on the page; ``weeks`` names the trend's weeks, the earliest first."""

    org: str
    week: Week
    zone: str
    currency: str
    made_at: datetime
    readings: tuple[Reading, ...]
    rules: PackRules = field(default_factory=PackRules)
    weeks: tuple[Week, ...] = ()
    funnel: Funnel = field(default_factory=Funnel)
    response: Response | None = None
    featured: tuple[Featured, ...] = ()
    actions: tuple[Action, ...] = ()
    deal_check: DealCheck = field(default_factory=DealCheck)
    house: tuple[HouseLine, ...] = ()
    pipeline: Pipeline = field(default_factory=Pipeline)
    hygiene: tuple[HygieneLine, ...] = ()
    campaigns: tuple[CampaignLine, ...] = ()
    linkage: tuple[LinkageLine, ...] = ()
    conflicts: int = 0

    @property
    def focus(self) -> tuple[Reading, ...]:
        """Give the numbers of page 1."""
        return tuple(reading for reading in self.readings if reading.metric.focus)
