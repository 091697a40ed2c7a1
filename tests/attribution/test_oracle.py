"""The reference files: twelve models on seven deals, weights and smallest units exactly as published with them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from syncagent.attribution import Attribution, Policy, TextFile, credit, find_models, read_journeys, to_document

DATA = Path(__file__).parents[1] / "data" / "attribution"
POLICY = Policy(ZoneInfo("Asia/Tokyo"))


def read_rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


@pytest.fixture(scope="module")
def attribution() -> Attribution:
    deals, touches = (
        TextFile(name, (DATA / name).read_text(encoding="utf-8")) for name in ("opportunities.csv", "touches.csv")
    )
    return credit(read_journeys(deals, touches, POLICY).journeys, find_models(()))


def test_every_expected_credit_and_no_other(attribution: Attribution) -> None:
    found = {
        (row["model"], row["opportunity"], row["touch"]): row
        for row in to_document(attribution, datetime(2026, 11, 16, tzinfo=UTC))["credits"]
    }
    expected = {(row["model"], row["opp_id"], row["touch_id"]): row for row in read_rows("expected_credits.csv")}
    assert len(expected) == 240
    assert found.keys() == expected.keys()
    for key, row in expected.items():
        assert found[key]["credit_minor"] == int(row["credit_minor"]), key
        assert (found[key]["campaign"], found[key]["channel"]) == (row["campaign_id"], row["channel"])
        assert found[key]["currency"] == row["currency"]
        if row["weight_exact"]:
            assert found[key]["weight"] == row["weight_exact"], key
        assert float(Fraction(found[key]["weight"])) == pytest.approx(float(row["weight"]), rel=1e-12, abs=1e-15), key


def test_every_expected_unattributed_row_in_every_model(attribution: Attribution) -> None:
    expected = {
        (row["opp_id"], row["currency"], int(row["amount_minor"])) for row in read_rows("expected_unattributed.csv")
    }
    for model in attribution.models:
        rows = [gap for gap in attribution.unattributed if gap.model == model.name]
        assert {(gap.opportunity, gap.amount.currency, gap.amount.amount_minor) for gap in rows} == expected
        assert {gap.reason for gap in rows} == {"no_touch"}


def test_totals_conserve_per_currency(attribution: Attribution) -> None:
    assert attribution.conserved
    assert len(attribution.totals) == 24
    for total in attribution.totals:
        revenue, rest = (1_501_201, 500_000) if total.currency == "JPY" else (700, 0)
        assert (total.revenue_minor, total.unattributed_minor) == (revenue, rest)
        assert total.credited_minor == revenue - rest


def test_the_touch_after_the_close_is_dropped_with_its_reason(attribution: Attribution) -> None:
    dropped = {drop.touch.id: drop.reason for journey in attribution.journeys for drop in journey.dropped}
    assert dropped == {"T008": "after_close"}
