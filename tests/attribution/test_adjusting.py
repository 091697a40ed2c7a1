"""Refunds by frozen weights, conversion after crediting, and campaign trees."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncagent.attribution import Branch, CampaignRow, convert, credit, find_models, repeat_weights, roll_up
from syncagent.domain.journeys import Credit, Journey, Touchpoint
from syncagent.domain.money import Money
from syncagent.errors import UsageError
from tests.attribution.strategies import MODELS, START, journey_lists, journeys

LINEAR = find_models(["linear"])


@given(journeys(least=1), st.integers(-(10**9), 10**9))
def test_a_refund_conserves_and_a_reversal_cancels(journey: Journey, amount: int) -> None:
    frozen = credit([journey], MODELS).credits
    refund = repeat_weights(frozen, "O1", Money(amount, "JPY"))
    for model in {row.model for row in frozen}:
        assert sum(row.amount.amount_minor for row in refund if row.model == model) == amount
    close = journey.deal.amount
    reversal = repeat_weights(frozen, "O1", Money(-close.amount_minor, close.currency))
    assert [row.amount.amount_minor for row in reversal] == [-row.amount.amount_minor for row in frozen]
    assert [row.weight for row in reversal] == [row.weight for row in frozen]


def test_a_refund_touches_no_other_deal() -> None:
    touch = Touchpoint("T1", START, "A")
    rows = [Credit("linear", name, touch, Fraction(1), Money(10, "JPY")) for name in ("O1", "O2")]
    assert repeat_weights(rows, "O2", Money(-4, "JPY")) == (replace(rows[1], amount=Money(-4, "JPY")),)


def test_a_refund_without_frozen_weights_is_refused() -> None:
    with pytest.raises(UsageError, match="O7 has no frozen credits"):
        repeat_weights([], "O7", Money(-1, "JPY"))


rates = st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=10**6)


@given(journey_lists(), rates, st.sampled_from(["JPY", "USD", "KWD"]))
def test_conversion_conserves_and_leaves_weights_alone(found: list[Journey], rate: Fraction, currency: str) -> None:
    result = credit(found, MODELS)
    converted = convert(result, currency, {journey.deal.id: rate for journey in found})
    assert converted.conserved
    assert {total.currency for total in converted.totals} <= {currency}
    assert [(row.model, row.opportunity, row.touch, row.weight) for row in converted.credits] == [
        (row.model, row.opportunity, row.touch, row.weight) for row in result.credits
    ]


@given(journeys(least=3))
def test_dollars_become_yen_at_the_booked_rate(journey: Journey) -> None:
    deal = replace(journey.deal, amount=Money(-1050, "USD"))
    result = convert(credit([replace(journey, deal=deal)], LINEAR), "JPY", {"O1": Fraction("150.1")})
    # 10.50 dollars x 150.1 = 1,576.05 yen
    assert result.totals[0].revenue_minor == -1576
    assert convert(result, "JPY", {}) == result


@given(journeys())
def test_deals_without_a_rate_are_named(journey: Journey) -> None:
    result = credit([journey], LINEAR)
    with pytest.raises(UsageError, match="No booked rate to EUR for opportunities O1; nothing was converted"):
        convert(result, "EUR", {})


def campaign(name: str, parent: str | None = None) -> CampaignRow:
    return CampaignRow(name, name, parent=parent)


def test_parents_are_the_sum_of_their_descendants() -> None:
    tree = [campaign("year"), campaign("spring", "year"), campaign("expo", "spring"), campaign("mail", "year")]
    assert roll_up({"expo": 5, "mail": 3, "year": 1, "lost": 2}, tree) == (
        Branch("expo", "spring", 5, 5),
        Branch("lost", None, 2, 2),
        Branch("mail", "year", 3, 3),
        Branch("spring", "year", 0, 5),
        Branch("year", None, 1, 9),
    )


def test_a_parent_nobody_describes_ends_the_way_up() -> None:
    assert roll_up({"expo": 5}, [campaign("expo", "gone")]) == (Branch("expo", "gone", 5, 5),)


def test_a_circle_is_named_and_adds_nothing_up() -> None:
    tree = [
        campaign("b", "c"),
        campaign("c", "a"),
        campaign("a", "b"),
        campaign("below", "b"),
        campaign("self", "self"),
    ]
    assert roll_up({"a": 1, "b": 2, "below": 4}, tree) == (
        Branch("a", "b", 1, 1, ("a", "b", "c")),
        Branch("b", "c", 2, 2, ("a", "b", "c")),
        Branch("below", "b", 4, 4),
        Branch("c", "a", 0, 0, ("a", "b", "c")),
        Branch("self", "self", 0, 0, ("self",)),
    )
