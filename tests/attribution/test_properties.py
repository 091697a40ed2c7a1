"""What must hold for every journey and every model."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from math import isclose, lcm
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from syncagent.attribution import Attribution, arrange, credit, find_model, summarise
from syncagent.attribution.allocate import split_by_parts
from syncagent.attribution.models.powers import PRECISION_BITS, halve
from syncagent.attribution.models.timing import decay_by_days
from syncagent.attribution.paths import Path, Ties
from syncagent.domain.journeys import Credit, Deal, Journey, Touchpoint
from syncagent.domain.money import Money, split_largest_remainder
from tests.attribution.strategies import CLOSE, MODELS, POLICY, START, deals, journey_lists, journeys, touch_lists

both_ties = st.sampled_from(["order", "split"])


def shares(result: Attribution) -> list[tuple[str, str, str, Fraction]]:
    return [(row.model, row.opportunity, row.touch.id, row.weight) for row in result.credits]


@given(journey_lists(), both_ties)
def test_credit_and_rest_are_the_revenue_of_every_deal(found: list[Journey], ties: Ties) -> None:
    result = credit(found, MODELS, ties=ties)
    assert result.conserved
    for model in MODELS:
        for journey in found:
            given_away: list[Credit] = [
                row for row in result.credits if (row.model, row.opportunity) == (model.name, journey.deal.id)
            ]
            rest = [gap for gap in result.unattributed if (gap.model, gap.opportunity) == (model.name, journey.deal.id)]
            parts = [row.amount for row in given_away] + [gap.amount for gap in rest]
            assert sum(part.amount_minor for part in parts) == journey.deal.amount.amount_minor
            assert {part.currency for part in parts} == {journey.deal.amount.currency}
            if given_away:
                assert sum(row.weight for row in given_away) == 1
                assert all(0 <= row.weight <= 1 for row in given_away)
    for total in result.totals:
        assert total.credited_minor + total.unattributed_minor == total.revenue_minor


@given(journey_lists(), st.randoms(use_true_random=False))
def test_the_order_of_deals_and_touches_changes_nothing(found: list[Journey], random: Random) -> None:
    turned = [
        arrange(journey.deal, random.sample(journey.touches, len(journey.touches)), POLICY)
        for journey in random.sample(found, len(found))
    ]
    assert credit(turned, MODELS) == credit(found, MODELS)


@given(journeys(), st.sampled_from([START - timedelta(days=70), CLOSE + timedelta(microseconds=1)]))
def test_a_touch_outside_the_window_changes_nothing_but_the_reason(journey: Journey, at: datetime) -> None:
    outside = replace(Touchpoint("T-far", CLOSE, "A", "Email"), at=at)
    wider = arrange(journey.deal, (*journey.touches, outside), POLICY)
    assert shares(credit([wider], MODELS)) == shares(credit([journey], MODELS))
    assert [drop.touch.id for drop in wider.dropped] == ["T-far"]


@given(deals(), touch_lists(), st.integers(-(10**9), 10**9))
def test_shifting_all_times_changes_nothing(deal: Deal, touches: list[Touchpoint], seconds: int) -> None:
    by = timedelta(seconds=seconds)
    lead = deal.lead_created + by if deal.lead_created else None
    moved = replace(deal, created=deal.created + by, closed=deal.closed + by, lead_created=lead)
    before = arrange(deal, touches, POLICY)
    after = arrange(moved, [replace(touch, at=touch.at + by) for touch in touches], POLICY)
    assert shares(credit([after], MODELS)) == shares(credit([before], MODELS))


@given(journeys(least=1), st.integers(1, 1000))
def test_scaling_the_amount_scales_exact_credit(journey: Journey, factor: int) -> None:
    model = find_model("full_path")
    unit = lcm(*(row.weight.denominator for row in credit([journey], [model]).credits))
    one = replace(journey, deal=replace(journey.deal, amount=Money(unit, "JPY")))
    many = replace(journey, deal=replace(journey.deal, amount=Money(unit * factor, "JPY")))
    small, large = credit([one], [model]).credits, credit([many], [model]).credits
    assert [row.amount.amount_minor * factor for row in small] == [row.amount.amount_minor for row in large]


@given(journey_lists())
def test_splitting_a_campaign_and_adding_the_halves_gives_the_old_total(found: list[Journey]) -> None:
    halves = [
        replace(
            journey,
            touches=tuple(
                replace(touch, campaign=f"A{index % 2}") if touch.campaign == "A" else touch
                for index, touch in enumerate(journey.touches)
            ),
        )
        for journey in found
    ]

    def earned(result: Attribution) -> dict[tuple[str, str], int]:
        sums: dict[tuple[str, str], int] = {}
        for row in summarise(result, "campaign"):
            if row.key.startswith("A"):
                sums[row.model, row.currency] = sums.get((row.model, row.currency), 0) + row.credit_minor
        return sums

    assert earned(credit(halves, MODELS)) == earned(credit(found, MODELS))


@given(journeys(least=1))
def test_time_decay_with_an_endless_half_life_is_linear(journey: Journey) -> None:
    slow = replace(find_model("time_decay_7d"), weigh=decay_by_days(10**15))
    linear = find_model("linear")
    pairs = zip(credit([journey], [slow]).credits, credit([journey], [linear]).credits, strict=True)
    assert all(isclose(decayed.weight, even.weight, rel_tol=1e-12) for decayed, even in pairs)


@given(journeys(least=1))
def test_the_first_touch_is_the_last_of_the_mirrored_path(journey: Journey) -> None:
    turned = replace(
        journey,
        touches=tuple(replace(touch, at=START + (CLOSE - touch.at)) for touch in reversed(journey.touches)),
    )
    first = [row.weight for row in credit([journey], [find_model("first_touch")]).credits]
    last = [row.weight for row in credit([turned], [find_model("last_touch")]).credits]
    assert first == last[::-1]


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12), st.integers(-(10**15), 10**15))
def test_integer_splitting_is_largest_remainder(parts: list[int], amount: int) -> None:
    whole = sum(parts)
    assume(whole)
    expected = split_largest_remainder(amount, [Fraction(part, whole) for part in parts])
    assert split_by_parts(amount, parts, whole) == expected


@pytest.mark.parametrize(
    ("parts", "amount", "expected"),
    [
        # Remainders that differ only beyond 1e-9 count as equal: the earlier touch gets the unit.
        ([10**12, 10**12 + 1, 1], 1, [1, 0, 0]),
        # 0.5e-9 rounds to even 0 and 1.5e-9 to 2e-9: halves go to the even neighbour.
        ([1, 3, 2 * 10**9 - 4], 1, [0, 0, 1]),
    ],
)
def test_remainders_are_compared_to_a_billionth(parts: list[int], amount: int, expected: list[int]) -> None:
    whole = sum(parts)
    assert split_by_parts(amount, parts, whole) == expected
    assert split_largest_remainder(amount, [Fraction(part, whole) for part in parts]) == expected


@given(st.integers(0, 10**16), st.integers(3_600_000_000, 10**13))
def test_powers_of_a_half_are_right_to_float_precision(elapsed: int, half_life: int) -> None:
    scale = elapsed // half_life + 1
    assume(scale < 500)
    found = Fraction(halve(elapsed, half_life, scale), 1 << (scale + PRECISION_BITS))
    assert isclose(float(found), 2.0 ** (-elapsed / half_life), rel_tol=1e-12)


@given(st.integers(0, 400))
def test_whole_half_lives_are_exact_powers(count: int) -> None:
    path = Path([0, count * 86_400_000_000], ["Email", "Email"], -1, -1)
    first, last = decay_by_days(1)(path)
    assert first << count == last
