"""Attribution summed up for a reader: by campaign, channel, opportunity or grade, per model and currency."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from syncagent.attribution.allocate import Attribution
from syncagent.attribution.journeys import DELETED
from syncagent.attribution.rows import CampaignRow
from syncagent.domain.journeys import Credit

By: TypeAlias = Literal["campaign", "channel", "opportunity", "grade"]

UNATTRIBUTED = "(unattributed)"
_DEAL_SCALE = 10**18
_DEAL_PLACES = Decimal("1e-12")


@dataclass(frozen=True, slots=True)
class Summary:
    """What one campaign (channel, opportunity, grade) earned under one model in one currency.

    ``deals`` is the sum of weights: how many deals it brought in, zero-amount deals included (to 1e-12);
    ``touches`` counts touches with a share. The row ``(unattributed)`` holds what no touch explains.
    """

    model: str
    currency: str
    key: str
    label: str
    credit_minor: int
    deals: Decimal
    touches: int


@dataclass(slots=True)
class _Sum:
    credit_minor: int = 0
    deals: int = 0
    touches: int = 0


def summarise(attribution: Attribution, by: By, labels: Mapping[str, str] | None = None) -> tuple[Summary, ...]:
    """Sum credits by key; per model and currency the rows add up to the revenue, largest credit first."""
    key_of = _key(attribution, by)
    sums: dict[tuple[str, str, str], _Sum] = {}
    for row in attribution.credits:
        total = sums.setdefault((row.model, row.amount.currency, key_of(row)), _Sum())
        total.credit_minor += row.amount.amount_minor
        total.deals += row.weight.numerator * _DEAL_SCALE // row.weight.denominator
        total.touches += row.weight != 0
    for gap in attribution.unattributed:
        total = sums.setdefault((gap.model, gap.amount.currency, UNATTRIBUTED), _Sum())
        total.credit_minor += gap.amount.amount_minor
        total.deals += _DEAL_SCALE
    names = labels or {}
    place = {model.name: index for index, model in enumerate(attribution.models)}
    ordered = sorted(sums.items(), key=lambda item: (place[item[0][0]], item[0][1], -item[1].credit_minor, item[0][2]))
    return tuple(
        Summary(model, code, key, names.get(key, key), total.credit_minor, _deals(total.deals), total.touches)
        for (model, code, key), total in ordered
    )


def _key(attribution: Attribution, by: By) -> Callable[[Credit], str]:
    if by == "campaign":
        return lambda row: row.touch.campaign
    if by == "channel":
        return lambda row: row.touch.channel
    if by == "opportunity":
        return lambda row: row.opportunity
    grades = {journey.deal.id: journey.grade for journey in attribution.journeys}
    return lambda row: grades[row.opportunity]


def _deals(scaled: int) -> Decimal:
    return (Decimal(scaled) / _DEAL_SCALE).quantize(_DEAL_PLACES).normalize() + 0


def label_campaigns(campaigns: Iterable[CampaignRow], seen: Iterable[str]) -> dict[str, str]:
    """Name campaigns for people, with ``(deleted)`` behind a deleted one; the id stands in for a lost name."""
    known = {campaign.id: campaign for campaign in campaigns}
    labels = {}
    for key in sorted(set(seen)):
        row = known.get(key)
        name = row.name if row else key
        labels[key] = name if row and not row.deleted else f"{name} {DELETED}"
    return labels
