"""Totals, summaries, explanations and the JSON document of a small attribution worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from syncagent.attribution import (
    Attribution,
    By,
    CampaignRow,
    Check,
    Policy,
    arrange,
    check_conservation,
    credit,
    explain,
    find_models,
    label_campaigns,
    summarise,
    to_document,
)
from syncagent.attribution.allocate import round_half_even
from syncagent.domain.journeys import Credit, Deal, Touchpoint, Unattributed
from syncagent.domain.money import Money
from syncagent.errors import Defect, UsageError

ZERO = datetime(2026, 1, 1, tzinfo=UTC)
POLICY = Policy(ZoneInfo("Asia/Tokyo"))


def deal(name: str, amount: int, currency: str = "JPY") -> Deal:
    day = timedelta(days=1)
    return Deal(name, Money(amount, currency), ZERO + 10 * day, ZERO + 20 * day, ZERO + 30 * day)


def touch(name: str, day: int, campaign: str, channel: str) -> Touchpoint:
    return Touchpoint(name, ZERO + timedelta(days=day), campaign, channel)


JOURNEYS = [
    arrange(deal("O2", 500), [], POLICY, grade="none"),
    arrange(
        deal("O1", 100),
        [
            touch("T1", 5, "C1", "Event"),
            touch("T2", 15, "C2", "Email"),
            touch("T3", 25, "C1", "Event"),
            touch("T4", 31, "C2", "Email"),
        ],
        POLICY,
    ),
    arrange(deal("O3", 0), [touch("T5", 5, "C2", "Email")], POLICY, grade="account"),
    arrange(deal("O4", 7, "USD"), [touch("T6", 5, "C3", "")], POLICY),
]


@pytest.fixture(scope="module")
def result() -> Attribution:
    return credit(JOURNEYS, find_models(["linear", "time_decay_7d"]))


def test_summary_by_campaign_counts_zero_deals_and_shows_the_unattributed(result: Attribution) -> None:
    rows = [
        (row.currency, row.key, row.label, row.credit_minor, row.deals, row.touches)
        for row in summarise(result, "campaign", {"C1": "Expo"})
        if row.model == "linear"
    ]
    assert rows == [
        ("JPY", "(unattributed)", "(unattributed)", 500, Decimal(1), 0),
        ("JPY", "C1", "Expo", 67, Decimal("0.666666666667"), 2),
        ("JPY", "C2", "C2", 33, Decimal("1.333333333333"), 2),
        ("USD", "C3", "C3", 7, Decimal(1), 1),
    ]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("channel", [("(unattributed)", 500), ("Event", 67), ("Email", 33), ("", 7)]),
        ("opportunity", [("(unattributed)", 500), ("O1", 100), ("O3", 0), ("O4", 7)]),
        ("grade", [("(unattributed)", 500), ("contact_role", 100), ("account", 0), ("contact_role", 7)]),
    ],
)
def test_summary_by_other_keys(result: Attribution, by: By, expected: list[tuple[str, int]]) -> None:
    rows = summarise(result, by)
    assert [(row.key, row.credit_minor) for row in rows if row.model == "linear"] == expected


def test_a_touch_without_a_share_is_not_counted() -> None:
    rows = summarise(credit(JOURNEYS[1:2], find_models(["last_touch"])), "campaign")
    assert [(row.key, row.credit_minor, row.touches) for row in rows] == [("C1", 100, 1), ("C2", 0, 0)]


def test_explain_leads_every_yen_to_its_touch(result: Attribution) -> None:
    told = explain(result, "O1")
    linear, decay = told.models
    assert (linear.model, linear.rule, linear.reason) == ("linear", "the same to every touch", "")
    assert [
        (share.touch.id, share.milestones, share.amount.amount_minor, share.rounding) for share in linear.shares
    ] == [
        ("T1", ("FT", "LC"), 34, Fraction(2, 3)),
        ("T2", ("OC",), 33, Fraction(-1, 3)),
        ("T3", ("CW",), 33, Fraction(-1, 3)),
    ]
    assert sum(share.amount.amount_minor for share in decay.shares) == 100
    assert not decay.shares[0].exact
    assert [(drop.touch.id, drop.reason) for drop in told.dropped] == [("T4", "after_close")]
    assert (told.grade, told.amount) == ("contact_role", Money(100, "JPY"))


def test_explain_says_why_nobody_earned_anything(result: Attribution) -> None:
    told = explain(result, "O2")
    assert [(model.reason, model.shares) for model in told.models] == [("no_person", ()), ("no_person", ())]


def test_explain_refuses_an_unknown_opportunity(result: Attribution) -> None:
    with pytest.raises(UsageError, match="Opportunity O9 is not among the 4 attributed ones"):
        explain(result, "O9")


def test_the_document_has_exactly_the_published_form(result: Attribution) -> None:
    document = to_document(result, datetime(2026, 11, 16, 8, tzinfo=ZoneInfo("Asia/Tokyo")))
    assert list(document) == ["as_of", "credits", "unattributed", "totals"]
    assert document["as_of"] == "2026-11-16T08:00:00+09:00"
    assert document["credits"][0] == {
        "model": "linear",
        "opportunity": "O1",
        "campaign": "C1",
        "channel": "Event",
        "touch": "T1",
        "weight": "1/3",
        "credit_minor": 34,
        "currency": "JPY",
    }
    assert [row["weight"] for row in document["credits"] if row["model"] == "time_decay_7d"] == [
        "0.091427821621161571133",
        "0.24610544546375610697",
        "0.6624667329150823219",
        "1",
        "1",
    ]
    assert document["unattributed"][0] == {
        "model": "linear",
        "opportunity": "O2",
        "reason": "no_person",
        "amount_minor": 500,
        "currency": "JPY",
    }
    assert document["totals"][:2] == [
        {"model": "linear", "currency": "JPY", "credited_minor": 100, "unattributed_minor": 500, "revenue_minor": 600},
        {"model": "linear", "currency": "USD", "credited_minor": 7, "unattributed_minor": 0, "revenue_minor": 7},
    ]


def test_two_journeys_of_one_deal_are_a_defect() -> None:
    with pytest.raises(Defect, match="O1 has two journeys"):
        credit([JOURNEYS[1], JOURNEYS[1]], find_models(["linear"]))


def tampered(result: Attribution, row: Credit | None, gap: Unattributed | None = None) -> tuple[Check, ...]:
    """Put ``row`` in place of O1's first linear credit (or leave it out), and add ``gap``."""
    rows = ([row] if row else []) + list(result.credits[1:])
    rest = list(result.unattributed) + ([gap] if gap else [])
    return check_conservation(result.models, result.journeys, rows, rest)


def test_the_proof_fails_when_credit_weight_or_currency_is_tampered_with(result: Attribution) -> None:
    first = result.credits[0]
    assert (first.model, first.opportunity) == ("linear", "O1")
    gap = Unattributed("linear", "O1", "no_touch", Money(0, "JPY"))
    for checks in (
        tampered(result, replace(first, amount=Money(33, "JPY"))),
        tampered(result, replace(first, amount=Money(34, "USD"))),
        tampered(result, replace(first, weight=Fraction(1, 2))),
        tampered(result, None),
        tampered(result, first, gap),
    ):
        assert [check.broken for check in checks if not check.passed] == [("O1",)]
    assert all(check.passed for check in tampered(result, first))
    assert [(check.currency, check.opportunities) for check in result.checks[:2]] == [("JPY", 3), ("USD", 1)]


def test_the_proof_fails_for_negative_weights_and_doubled_or_missing_rest(result: Attribution) -> None:
    rows = [replace(row, weight=Fraction(-1) if row.touch.id == "T1" else Fraction(1)) for row in result.credits]
    broken = check_conservation(result.models, result.journeys, rows, result.unattributed)[0].broken
    assert broken == ("O1",)
    nothing = Unattributed("linear", "O3", "no_touch", Money(0, "JPY"))
    kept = [row for row in result.credits if row.opportunity != "O3"]
    for rest, verdict in (([], ("O3",)), ([nothing], ()), ([nothing, nothing], ("O3",))):
        checks = check_conservation(result.models[:1], result.journeys, kept, [*result.unattributed, *rest])
        assert checks[0].broken == verdict
    assert not replace(result, checks=(Check("linear", "JPY", 1, ("O1",)),)).conserved


def test_labels_mark_deleted_and_unknown_campaigns() -> None:
    campaigns = [CampaignRow("C1", "Expo"), CampaignRow("C2", "Old", deleted=True), CampaignRow("C4", "Unused")]
    assert label_campaigns(campaigns, ["C3", "C2", "C1", "C1"]) == {
        "C1": "Expo",
        "C2": "Old (deleted)",
        "C3": "C3 (deleted)",
    }


@pytest.mark.parametrize(("numerator", "expected"), [(0, 0), (1, 0), (3, 2), (4, 2), (5, 2), (6, 3), (7, 4)])
def test_halves_round_to_even(numerator: int, expected: int) -> None:
    assert round_half_even(numerator, 2) == expected
