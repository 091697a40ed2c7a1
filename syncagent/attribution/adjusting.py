"""What happens to credit after the close: refunds with frozen weights, and conversion to one currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from syncagent.attribution.allocate import Attribution, split_by_parts
from syncagent.attribution.conservation import check_conservation, total_up
from syncagent.domain.journeys import Credit, Deal
from syncagent.domain.money import Money, decimals_of, split_largest_remainder
from syncagent.errors import UsageError


def repeat_weights(rows: Iterable[Credit], opportunity: str, amount: Money) -> tuple[Credit, ...]:
    """Share a later revenue event of a deal (refund, part of one, reversal) by the weights of its close.

    ``rows`` are the credits frozen at the close; a refund's amount is negative. Each model's rows sum to ``amount``.

    Raises:
        UsageError: the frozen credits know nothing of this opportunity.
    """
    by_model: dict[str, list[Credit]] = defaultdict(list)
    for row in rows:
        if row.opportunity == opportunity:
            by_model[row.model].append(row)
    if not by_model:
        raise UsageError(f"Opportunity {opportunity} has no frozen credits; a refund needs the weights of its close.")
    return tuple(
        replace(row, amount=Money(part, amount.currency))
        for frozen in by_model.values()
        for row, part in zip(
            frozen, split_largest_remainder(amount.amount_minor, [row.weight for row in frozen]), strict=True
        )
    )


def convert(attribution: Attribution, currency: str, rates: Mapping[str, Fraction]) -> Attribution:
    """Express an attribution in one currency, after crediting: each deal at its own booked rate.

    ``rates`` gives, per opportunity, units of ``currency`` per unit of the deal's currency; deals already in it need
    none. A deal's amount is rounded half up once and shared in proportion to its credits, so it conserves again.

    Raises:
        UsageError: a deal in another currency has no rate; all such deals are named.
    """
    deals = {journey.deal.id: journey.deal for journey in attribution.journeys}
    missing = [deal.id for deal in deals.values() if deal.amount.currency != currency and deal.id not in rates]
    if missing:
        raise UsageError(f"No booked rate to {currency} for opportunities {', '.join(missing)}; nothing was converted.")
    amounts = {deal.id: _exchange(deal, currency, rates) for deal in deals.values()}
    journeys = tuple(
        replace(journey, deal=replace(journey.deal, amount=amounts[journey.deal.id]))
        for journey in attribution.journeys
    )
    groups: dict[tuple[str, str], list[Credit]] = defaultdict(list)
    for row in attribution.credits:
        groups[row.model, row.opportunity].append(row)
    rows = tuple(row for (_, opportunity), group in groups.items() for row in _reprice(group, amounts[opportunity]))
    rest = tuple(replace(gap, amount=amounts[gap.opportunity]) for gap in attribution.unattributed)
    models = attribution.models
    totals = total_up(models, journeys, rows, rest)
    return Attribution(models, journeys, rows, rest, totals, check_conservation(models, journeys, rows, rest))


def _exchange(deal: Deal, currency: str, rates: Mapping[str, Fraction]) -> Money:
    if deal.amount.currency == currency:
        return deal.amount
    shift = Fraction(10) ** (decimals_of(currency) - decimals_of(deal.amount.currency))
    size = abs(deal.amount.amount_minor) * rates[deal.id] * shift
    rounded = int(size + Fraction(1, 2))
    return Money(-rounded if deal.amount.amount_minor < 0 else rounded, currency)


def _reprice(group: Sequence[Credit], amount: Money) -> Iterable[Credit]:
    parts = [abs(row.amount.amount_minor) for row in group]
    whole = sum(parts)
    shares = split_by_parts(amount.amount_minor, parts, whole) if whole else [0] * len(parts)
    for row, share in zip(group, shares, strict=True):
        yield replace(row, amount=Money(share, amount.currency))
