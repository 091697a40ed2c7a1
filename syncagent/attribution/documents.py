"""The attribution document of ``attribution --format json``; scripts depend on its names."""

from __future__ import annotations

from datetime import datetime
from decimal import Context, Decimal
from fractions import Fraction
from typing import TypedDict

from syncagent.attribution.allocate import Attribution

_DECIMALS = Context(prec=20)


class CreditDocument(TypedDict):
    """One touch's credit under one model; ``weight`` is "p/q", or decimal text where the model has no fraction."""

    model: str
    opportunity: str
    campaign: str
    channel: str
    touch: str
    weight: str
    credit_minor: int
    currency: str


class UnattributedDocument(TypedDict):
    """Revenue of one opportunity no touch explains."""

    model: str
    opportunity: str
    reason: str
    amount_minor: int
    currency: str


class TotalDocument(TypedDict):
    """Credited and unattributed revenue of one model in one currency."""

    model: str
    currency: str
    credited_minor: int
    unattributed_minor: int
    revenue_minor: int


class AttributionDocument(TypedDict):
    """The whole document."""

    as_of: str
    credits: list[CreditDocument]
    unattributed: list[UnattributedDocument]
    totals: list[TotalDocument]


def format_weight(weight: Fraction, *, exact: bool) -> str:
    """Write a weight as "p/q", or with 20 significant digits where it is no simple fraction."""
    if exact:
        return f"{weight.numerator}/{weight.denominator}"
    return f"{_DECIMALS.divide(Decimal(weight.numerator), Decimal(weight.denominator)).normalize():f}"


def to_document(attribution: Attribution, as_of: datetime) -> AttributionDocument:
    """Turn an attribution into the JSON document, rows in the attribution's own order."""
    return {
        "as_of": as_of.isoformat(),
        "credits": [
            {
                "model": row.model,
                "opportunity": row.opportunity,
                "campaign": row.touch.campaign,
                "channel": row.touch.channel,
                "touch": row.touch.id,
                "weight": format_weight(row.weight, exact=row.exact),
                "credit_minor": row.amount.amount_minor,
                "currency": row.amount.currency,
            }
            for row in attribution.credits
        ],
        "unattributed": [
            {
                "model": gap.model,
                "opportunity": gap.opportunity,
                "reason": gap.reason,
                "amount_minor": gap.amount.amount_minor,
                "currency": gap.amount.currency,
            }
            for gap in attribution.unattributed
        ],
        "totals": [
            {
                "model": total.model,
                "currency": total.currency,
                "credited_minor": total.credited_minor,
                "unattributed_minor": total.unattributed_minor,
                "revenue_minor": total.revenue_minor,
            }
            for total in attribution.totals
        ],
    }
