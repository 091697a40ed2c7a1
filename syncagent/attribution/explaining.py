"""Every yen of one opportunity: which touch earned it, by which rule, and which touches earned nothing and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from syncagent.attribution.allocate import Attribution
from syncagent.attribution.paths import Path, trace_path
from syncagent.domain.journeys import Credit, Dropped, Journey, Touchpoint
from syncagent.domain.money import Money
from syncagent.errors import UsageError

REASONS = {
    "no_person": "no contact role, no converted lead and nobody known at the account",
    "no_touch": "the people behind the deal touched no campaign",
    "outside_window": "earlier than the look-back window",
    "after_close": "after the deal closed",
    "excluded_channel": "its channel is excluded by the settings",
    "not_responded": "the person was put on the list and did not respond",
    "duplicate": "the same person, campaign, kind and time as another touch",
    "consumed": "already counted for the deal that closed first after it",
    "no_role": "the model gives everything to milestones this journey does not have",
}
"""Why a touch, or a whole opportunity, received nothing, in words."""


@dataclass(frozen=True, slots=True)
class Share:
    """One touch's part under one model: milestones held, exact weight, credit, and the unit rounding added to it.

    ``rounding`` is the credit less the exact share, a fraction of the smallest unit between -1 and 1.
    """

    touch: Touchpoint
    milestones: tuple[str, ...]
    weight: Fraction
    exact: bool
    amount: Money
    rounding: Fraction


@dataclass(frozen=True, slots=True)
class ModelShares:
    """How one model gave the opportunity's amount away; ``reason`` says why nobody got it, empty otherwise."""

    model: str
    rule: str
    shares: tuple[Share, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One opportunity's journey and what each model made of it."""

    opportunity: str
    amount: Money
    lead_created: datetime | None
    created: datetime
    closed: datetime
    grade: str
    models: tuple[ModelShares, ...]
    dropped: tuple[Dropped, ...]


def explain(attribution: Attribution, opportunity: str) -> Explanation:
    """Explain one opportunity under every model of the attribution.

    Raises:
        UsageError: the attribution does not cover this opportunity.
    """
    journey = next((found for found in attribution.journeys if found.deal.id == opportunity), None)
    if journey is None:
        raise UsageError(
            f"Opportunity {opportunity} is not among the {len(attribution.journeys)} attributed ones: it is unknown, "
            "lost, or not in the chosen measure as of that date. Check the id, or choose another date."
        )
    deal = journey.deal
    milestones = name_milestones(trace_path(journey))
    models = []
    for model in attribution.models:
        rows = [row for row in attribution.credits if row.opportunity == opportunity and row.model == model.name]
        gaps = [gap for gap in attribution.unattributed if gap.opportunity == opportunity and gap.model == model.name]
        shares = tuple(_share(row, held, deal.amount) for row, held in zip(rows, milestones, strict=bool(rows)))
        models.append(ModelShares(model.name, model.rule, shares, gaps[0].reason if gaps else ""))
    return _explanation(journey, tuple(models))


def _share(row: Credit, milestones: tuple[str, ...], amount: Money) -> Share:
    rounding = row.amount.amount_minor - row.weight * amount.amount_minor
    return Share(row.touch, milestones, row.weight, row.exact, row.amount, rounding)


def _explanation(journey: Journey, models: tuple[ModelShares, ...]) -> Explanation:
    deal = journey.deal
    return Explanation(
        deal.id, deal.amount, deal.lead_created, deal.created, deal.closed, journey.grade, models, journey.dropped
    )


def name_milestones(path: Path) -> list[tuple[str, ...]]:
    """Name the milestones each touch of a path holds, in the order FT, LC, OC, CW."""
    last = len(path.times) - 1
    places = (("FT", 0), ("LC", path.lead), ("OC", path.created), ("CW", last))
    return [tuple(name for name, place in places if place == index) for index in range(last + 1)]
