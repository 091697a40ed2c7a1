"""The marketing programme of two years: categories under fiscal years, repeated campaigns with cost and results."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from syncagent.sandbox.generate.audit import audit
from syncagent.sandbox.generate.identifiers import Ids, guid
from syncagent.sandbox.generate.moments import (
    HOUR,
    START_DAY,
    TODAY,
    at,
    date_of,
    date_text,
    day_number,
    weekday,
    working_moment,
)
from syncagent.sandbox.generate.sheets import Sheets
from syncagent.sandbox.generate.staff import Staff
from syncagent.sandbox.generate.streams import Streams
from syncagent.sandbox.generate.truth import Truth
from syncagent.sandbox.generate.vocabulary import words

CONTACTS_PER_EDITION = 1_200
_FIRST_MONTH, _MONTHS = (2024, 11), 27
_SLICE_DAYS = 30
_APRIL, _WORKING_WEEK = 4, 5
_UNLINKED_SHARE, _NO_COST_SHARE = 0.12, 0.07


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign; `draw` weighs how many people it brings, `actual` is its cost as far as known."""

    id: str
    name: str
    type: str
    parent_id: str | None
    first_day: int
    last_day: int
    budget: int | None
    actual: int | None
    draw: int
    hubspot_id: str | None

    @property
    def created(self) -> int:
        """When the campaign was set up in Salesforce: four weeks ahead, but not before the company began."""
        return at(max(START_DAY, min(self.first_day - 28, TODAY - 5)), 10 * HOUR)


class Programme:
    """All campaigns, and which of them were running when."""

    def __init__(self, campaigns: list[Campaign]) -> None:
        self.campaigns = campaigns
        self._slices: defaultdict[int, list[Campaign]] = defaultdict(list)
        self._draws: defaultdict[int, list[float]] = defaultdict(list)
        for campaign in campaigns:
            last = min(campaign.last_day, TODAY - 1)
            if campaign.draw and campaign.first_day <= last:
                numbers = range(campaign.first_day // _SLICE_DAYS, last // _SLICE_DAYS + 1)
                for number in numbers:
                    draws = self._draws[number]
                    draws.append((draws[-1] if draws else 0) + campaign.draw / len(numbers))
                    self._slices[number].append(campaign)

    def touch(self, rng: Random, day: int) -> tuple[int, Campaign] | None:
        """A response to a campaign that ran around this day: its moment, within the campaign's own days."""
        number = day // _SLICE_DAYS
        if number not in self._slices:
            return None
        draws = self._draws[number]
        campaign = self._slices[number][bisect_right(draws, rng.random() * draws[-1], hi=len(draws) - 1)]
        first = max(campaign.first_day, number * _SLICE_DAYS, START_DAY + 1)
        last = min(campaign.last_day, (number + 1) * _SLICE_DAYS - 1, TODAY - 1)
        return (working_moment(rng, rng.randrange(first, last + 1)), campaign) if first <= last else None


def plan_programme(streams: Streams, ids: Ids, contacts: int) -> Programme:
    """Fiscal years, their categories, and the campaigns of every edition; a larger org runs more editions at once."""
    campaigns: list[Campaign] = []
    parents = _parents(ids, campaigns)
    for edition in range(max(1, round(contacts / CONTACTS_PER_EDITION))):
        rng = streams.of("campaign edition", edition)
        for category in words("campaigns")["categories"]:
            for number in range(_MONTHS):
                year, month = divmod(_FIRST_MONTH[0] * 12 + _FIRST_MONTH[1] - 1 + number, 12)
                if month + 1 in category["months"]:
                    start = _start(rng, day_number(date(year, month + 1, 1)), category["days"])
                    parent = parents[_fiscal_year(start), category["key"]]
                    campaigns.append(_campaign(rng, ids, category, edition, start, parent))
    return Programme(campaigns)


def write_programme(programme: Programme, streams: Streams, staff: Staff, sheets: Sheets, truth: Truth) -> None:
    """Write the campaigns; their figures are for Salesforce to roll up."""
    for number, campaign in enumerate(programme.campaigns):
        owner = staff.pick(streams.of("campaign owner", number), "marketing", campaign.created)
        ended = at(min(campaign.last_day, TODAY - 3) + 2, 11 * HOUR)
        row = {**_row(campaign), "OwnerId": owner.user_id, **audit(campaign.created, owner, ended)}
        sheets.salesforce("Campaign", row)
        if campaign.draw and campaign.actual is None and campaign.last_day < TODAY:
            truth.plant("campaign_without_cost", campaign=campaign.id)


def _parents(ids: Ids, campaigns: list[Campaign]) -> dict[tuple[int, str], str]:
    parents = {}
    for year in sorted({_fiscal_year(START_DAY), _fiscal_year(TODAY - 365), _fiscal_year(TODAY)}):
        first, last = day_number(date(year, 4, 1)), day_number(date(year + 1, 3, 31))
        root = Campaign(
            ids.salesforce("Campaign"), f"FY{year} マーケティング", "その他", None, first, last, None, None, 0, None
        )
        campaigns.append(root)
        for category in words("campaigns")["categories"]:
            identifier = ids.salesforce("Campaign")
            parents[year, category["key"]] = identifier
            campaigns.append(
                Campaign(
                    identifier,
                    f"FY{year} {category['type']}",
                    category["type"],
                    root.id,
                    first,
                    last,
                    None,
                    None,
                    0,
                    None,
                )
            )
    return parents


def _campaign(rng: Random, ids: Ids, category: dict[str, Any], edition: int, start: int, parent: str) -> Campaign:
    areas, themes = words("campaigns")["areas"], category["themes"]
    area, series = areas[edition % len(areas)], edition // len(areas)
    day = date_of(start)
    name = f"{day.year}年{day.month}月 {themes[rng.randrange(len(themes))]} {category['title']}"
    name += f" {area}" * bool(area) + f" 第{series + 1}回" * bool(series)
    low, high = category["cost"]
    budget = rng.randrange(low, high + 1, 10_000)
    spent = int(budget * (0.86 + 0.26 * rng.random())) // 1000 * 1000
    known = rng.random() >= _NO_COST_SHARE and start < TODAY
    hubspot_id = guid(rng) if rng.random() >= _UNLINKED_SHARE else None
    draw = int(category["draw"] * (0.6 + 0.8 * rng.random())) + 1
    last_day = start + category["days"] - 1
    return Campaign(
        ids.salesforce("Campaign"),
        name,
        category["type"],
        parent,
        start,
        last_day,
        budget,
        spent if known else None,
        draw,
        hubspot_id,
    )


def _start(rng: Random, first_of_month: int, days: int) -> int:
    """A day of the month; what lasts a few days starts and ends within a working week."""
    day = first_of_month + rng.randrange(26)
    if days > _WORKING_WEEK:
        return day
    return day - weekday(day) + rng.randrange(_WORKING_WEEK - days + 1)


def _fiscal_year(day: int) -> int:
    """Japan's usual fiscal year, which starts in April."""
    moment = date_of(day)
    return moment.year if moment.month >= _APRIL else moment.year - 1


def _row(campaign: Campaign) -> dict[str, Any]:
    running = "Completed" if campaign.last_day < TODAY else "In Progress"
    status = "Planned" if campaign.first_day > TODAY else running
    return {
        "Id": campaign.id,
        "Name": campaign.name,
        "ParentId": campaign.parent_id,
        "Type": campaign.type,
        "Status": status,
        "StartDate": date_text(campaign.first_day),
        "EndDate": date_text(campaign.last_day),
        "BudgetedCost": campaign.budget,
        "ActualCost": campaign.actual,
        "IsActive": status == "In Progress" or (status == "Completed" and campaign.last_day > TODAY - 180),
        "SyncAgent_HubSpot_Id__c": campaign.hubspot_id,
    }
