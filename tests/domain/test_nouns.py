from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from syncagent.domain.changes import Change
from syncagent.domain.money import Money, split_largest_remainder
from syncagent.domain.records import Link, Record, RecordRef
from syncagent.domain.time import (
    day_number,
    day_of,
    from_day_number,
    from_micros,
    parse_instant,
    start_of_day,
    to_micros,
)
from syncagent.errors import ConfigurationError, Problem

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)


def test_short_and_long_salesforce_ids_name_the_same_record() -> None:
    short, long = (
        RecordRef("salesforce", "Lead", "00Q5g00000Ab1Cd"),
        RecordRef("salesforce", "Lead", "00Q5g00000Ab1CdEAJ"),
    )
    assert RecordRef("salesforce", "Lead", short.id[:15]) == short
    assert len(short.id) == 18
    assert short.id[:15] == long.id[:15]


def test_the_documented_checksum() -> None:
    assert RecordRef("salesforce", "Account", "0013000000HYLAg").id == "0013000000HYLAgAAP"


@pytest.mark.parametrize("other", ["123456789012345", "0013000000HYLA-", "short"])
def test_hubspot_ids_and_odd_ids_stay_as_they_are(other: str) -> None:
    assert RecordRef("hubspot", "contacts", other).id == other
    assert RecordRef("salesforce", "Lead", "0013000000HYLA-").id == "0013000000HYLA-"


def test_a_reference_prints_as_people_type_it() -> None:
    assert str(RecordRef("hubspot", "deals", "9")) == "hubspot/deals/9"


def test_a_record_gives_none_for_what_it_lacks() -> None:
    record = Record(RecordRef("hubspot", "deals", "9"), {"amount": "1"}, NOW, NOW)
    assert (record.get("amount"), record.get("x")) == ("1", None)


def test_a_link_knows_its_sides() -> None:
    link = Link("person", RecordRef("salesforce", "Lead", "1"), RecordRef("hubspot", "contacts", "2"), "email")
    assert (link.side("salesforce").id, link.side("hubspot").id) == ("1", "2")


@pytest.mark.parametrize(
    ("text", "currency", "minor", "shown"),
    [
        ("1200000.0", "JPY", 1200000, "1,200,000 JPY"),
        ("1.5", "USD", 150, "1.50 USD"),
        (12, "KWD", 12000, "12.000 KWD"),
        ("-0.5", "JPY", -1, "-1 JPY"),
        (" 7 ", "jpy", 7, "7 jpy"),
    ],
)
def test_money_is_read_and_shown(text: str | int, currency: str, minor: int, shown: str) -> None:
    money = Money.parse(text, currency)
    assert (money.amount_minor, str(money)) == (minor, shown)


@pytest.mark.parametrize("text", ["", "abc", "NaN", "Infinity", "1,000"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an amount of money"):
        Money.parse(text, "JPY")


@given(
    amount=st.integers(-(10**15), 10**15),
    raw=st.lists(st.integers(0, 1000), min_size=1, max_size=20),
)
def test_a_split_conserves_every_unit(amount: int, raw: list[int]) -> None:
    assume(sum(raw) > 0)
    weights = [Fraction(part, sum(raw)) for part in raw]
    parts = split_largest_remainder(amount, weights)
    assert sum(parts) == amount
    assert all(abs(part - amount * weight) < 1 for part, weight in zip(parts, weights, strict=True))


def test_ties_go_to_the_earlier_part() -> None:
    assert split_largest_remainder(100, [Fraction(1, 3)] * 3) == [34, 33, 33]
    assert split_largest_remainder(-100, [Fraction(1, 3)] * 3) == [-34, -33, -33]
    assert split_largest_remainder(0, []) == []


@given(st.integers(0, 7 * 10**15).map(from_micros))
def test_instants_survive_the_store(instant: datetime) -> None:
    assert from_micros(to_micros(instant)) == instant
    day = day_of(instant, TOKYO)
    assert from_day_number(day_number(day)) == day
    assert start_of_day(day, TOKYO) <= instant < start_of_day(day + timedelta(days=1), TOKYO)


def test_salesforces_offset_is_read_and_local_time_refused() -> None:
    assert parse_instant("2024-01-31T10:20:30.000+0000") == datetime(2024, 1, 31, 10, 20, 30, tzinfo=UTC)
    assert day_of(parse_instant("2024-01-31T15:00:00Z"), TOKYO) == date(2024, 2, 1)
    with pytest.raises(ValueError, match="has no offset"):
        parse_instant("2024-01-31T10:20:30")


def test_a_change_is_named_by_what_it_does() -> None:
    ref = RecordRef("salesforce", "Lead", "00Q5g00000Ab1Cd")

    def change(after: str, reason: str) -> Change:
        return Change(ref, "update", "Phone", "1", after, "merge:person.phone", reason)

    assert change("2", "one").id == change("2", "other").id
    assert change("2", "one").id != change("3", "one").id


def test_configuration_problems_come_sorted_with_their_place() -> None:
    error = ConfigurationError([Problem("b.yaml", 0, 0, "is empty"), Problem("a.yaml", 3, 7, "unknown")])
    assert str(error) == "a.yaml:3:7: unknown\nb.yaml: is empty"
