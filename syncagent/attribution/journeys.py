"""From rows to journeys: which touches of which people lead to a deal, and which were dropped (P1 to P8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from syncagent.attribution.closing import Close, Measure, find_close
from syncagent.attribution.people import BuyingGroup, Directory
from syncagent.attribution.rows import CampaignMemberRow, CampaignRow, CrmRows, OpportunityRow, StageRow
from syncagent.domain.journeys import Deal, Dropped, Journey, Touchpoint
from syncagent.domain.time import start_of_day

DELETED = "(deleted)"
_PATH_REASONS = ("outside_window", "after_close", "excluded_channel")


@dataclass(frozen=True, slots=True)
class Policy:
    """What counts as a touch, with the defaults of attribution.md.

    Salesforce relates every member status to a deal; ours is to count only people who responded, since being put
    on a list is nothing they did. ``consume`` lets a touch count only for the next deal that closed after it.
    """

    zone: ZoneInfo
    lookback_days: int = 365
    responded_only: bool = True
    excluded_channels: frozenset[str] = frozenset()
    consume: bool = False


@dataclass(frozen=True, slots=True)
class Grounds:
    """How surely a journey is known: the grades of its close and buying group, and contacts whose role came late.

    ``people`` is the buying group.
    """

    close: str
    group: str
    late_roles: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JourneySet:
    """Journeys in order of opportunity id, each with its grounds, and the share of touches whose order was a tie."""

    journeys: tuple[Journey, ...]
    grounds: Mapping[str, Grounds] = field(default_factory=dict)

    @property
    def tie_share(self) -> float:
        """Give the share of eligible touches that have another one at the same instant on their path (0 to 1)."""
        sizes = [
            sum(1 for _ in tied)
            for journey in self.journeys
            for _, tied in groupby(journey.touches, key=lambda touch: touch.at)
        ]
        return sum(size for size in sizes if size > 1) / sum(sizes) if sizes else 0.0


def arrange(
    deal: Deal,
    touches: Iterable[Touchpoint],
    policy: Policy,
    *,
    grade: str = "contact_role",
    dropped: Sequence[Dropped] = (),
) -> Journey:
    """Sort a deal's touches into the eligible ones, in total order, and the dropped ones with the reason.

    ``dropped`` holds touches that had fallen out before; the window includes both its ends.
    """
    opens = deal.closed - timedelta(days=policy.lookback_days)
    seen: set[tuple[str, str, str, datetime]] = set()
    kept: list[Touchpoint] = []
    lost = list(dropped)
    for touch in sorted(touches, key=lambda touch: (touch.at, touch.id)):
        key = (touch.person or touch.id, touch.campaign, touch.kind, touch.at)
        if touch.at > deal.closed:
            lost.append(Dropped(touch, "after_close"))
        elif touch.at < opens:
            lost.append(Dropped(touch, "outside_window"))
        elif touch.channel in policy.excluded_channels:
            lost.append(Dropped(touch, "excluded_channel"))
        elif key in seen:
            lost.append(Dropped(touch, "duplicate"))
        else:
            seen.add(key)
            kept.append(touch)
    lost.sort(key=lambda drop: (drop.touch.at, drop.touch.id))
    return Journey(deal, tuple(kept), tuple(lost), grade, "" if kept else _explain_empty(grade, lost))


def _explain_empty(grade: str, dropped: Sequence[Dropped]) -> str:
    if grade == "none":
        return "no_person"
    reasons = {drop.reason for drop in dropped}
    return next((reason for reason in _PATH_REASONS if reason in reasons), "no_touch")


def build_journeys(rows: CrmRows, policy: Policy, as_of: datetime, measure: Measure = "won") -> JourneySet:
    """Build the journey of every deal the measure asks for, as things stood at ``as_of``."""
    directory = Directory(rows)
    touches = _touches(rows, directory, policy, as_of)
    journeys, grounds = [], {}
    for opportunity, close in _select(rows, as_of, policy.zone, measure):
        group = directory.find_group(opportunity, close.at)
        found = [entry for person in sorted(group.people) for entry in touches.get(person, ())]
        journeys.append(_follow(opportunity, close, group, found, policy))
        grounds[opportunity.id] = Grounds(close.grade, group.grade, group.late, tuple(sorted(group.people)))
    return JourneySet(tuple(_consume(journeys) if policy.consume else journeys), grounds)


def touches_of(rows: CrmRows, policy: Policy, as_of: datetime) -> dict[str, tuple[Touchpoint, ...]]:
    """Give each person's touches that count, whether any deal came of them or not."""
    found = _touches(rows, Directory(rows), policy, as_of)
    barred = policy.excluded_channels
    return {
        person: tuple(touch for touch, counts in each if counts and touch.channel not in barred)
        for person, each in found.items()
    }


def _touches(
    rows: CrmRows, directory: Directory, policy: Policy, as_of: datetime
) -> Mapping[str, list[tuple[Touchpoint, bool]]]:
    """Read each person's touches up to an instant, and whether each counts."""
    campaigns = {campaign.id: campaign for campaign in rows.campaigns}
    touches: dict[str, list[tuple[Touchpoint, bool]]] = defaultdict(list)
    for member in rows.members:
        touch = _read_member(member, directory, campaigns, policy.zone)
        if touch.at <= as_of:
            touches[touch.person].append((touch, member.responded or not policy.responded_only))
    return touches


def _select(rows: CrmRows, as_of: datetime, zone: ZoneInfo, measure: Measure) -> Iterable[tuple[OpportunityRow, Close]]:
    history: dict[str, list[StageRow]] = defaultdict(list)
    for row in rows.stages:
        history[row.opportunity].append(row)
    for opportunity in sorted(rows.opportunities, key=lambda row: row.id):
        close = find_close(opportunity, history.get(opportunity.id, ()), as_of, zone)
        if close and close.state == measure:
            yield opportunity, close


def _read_member(
    member: CampaignMemberRow, directory: Directory, campaigns: Mapping[str, CampaignRow], zone: ZoneInfo
) -> Touchpoint:
    campaign = campaigns.get(member.campaign)
    day = member.first_responded
    return Touchpoint(
        id=member.id,
        at=member.created if day is None else start_of_day(day, zone),
        campaign=member.campaign,
        channel=campaign.channel if campaign else DELETED,
        person=directory.identify(member.person),
        kind=member.kind,
        date_only=day is not None,
    )


def _follow(
    opportunity: OpportunityRow,
    close: Close,
    group: BuyingGroup,
    found: Iterable[tuple[Touchpoint, bool]],
    policy: Policy,
) -> Journey:
    deal = Deal(opportunity.id, opportunity.amount, group.lead_created, opportunity.created, close.at)
    counted, silent = [], []
    for touch, counts in found:
        if counts:
            counted.append(touch)
        else:
            silent.append(Dropped(touch, "not_responded"))
    return arrange(deal, counted, policy, grade=group.grade, dropped=silent)


def _consume(journeys: Sequence[Journey]) -> Iterable[Journey]:
    """Leave each touch only to the deal that closed first after it."""
    owners: dict[str, str] = {}
    for journey in sorted(journeys, key=lambda journey: (journey.deal.closed, journey.deal.id)):
        for touch in journey.touches:
            owners.setdefault(touch.id, journey.deal.id)
    for journey in journeys:
        kept = tuple(touch for touch in journey.touches if owners[touch.id] == journey.deal.id)
        gone = tuple(Dropped(touch, "consumed") for touch in journey.touches if owners[touch.id] != journey.deal.id)
        reason = journey.reason or ("" if kept else "no_touch")
        yield Journey(journey.deal, kept, journey.dropped + gone, journey.grade, reason)
