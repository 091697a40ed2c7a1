"""The small parts, by values known from elsewhere."""

import unicodedata
from datetime import date
from random import Random

import pytest

from syncagent.sandbox.generate.campaigns import Programme
from syncagent.sandbox.generate.identifiers import corporate_number, eighteen, guid, with_check_digit
from syncagent.sandbox.generate.moments import (
    date_of,
    day_number,
    day_of,
    hubspot_time,
    next_workday,
    salesforce_time,
    weekday,
    workday,
)
from syncagent.sandbox.generate.spelling import official, respell
from syncagent.sandbox.generate.streams import Quota, Streams, weighted


@pytest.mark.parametrize(
    ("fifteen", "whole"),
    [
        ("001A0000006Vm9r", "001A0000006Vm9rIAC"),
        ("001D000000IqhSL", "001D000000IqhSLIAZ"),
        ("a0a000000000000", "a0a000000000000AAA"),
    ],
)
def test_checksum_of_published_ids(fifteen: str, whole: str) -> None:
    assert eighteen(fifteen) == whole


def test_check_digit_of_a_public_body() -> None:
    assert with_check_digit("000012050002") == "7000012050002"  # the National Tax Agency itself


def test_corporate_numbers_are_unique_and_no_real_ones() -> None:
    numbers = [corporate_number(number) for number in range(5000)]
    assert len(set(numbers)) == 5000
    assert all(len(number) == 13 and number[1:3] == "99" for number in numbers)


def test_guid_is_a_version_4_uuid() -> None:
    value = guid(Random(1))
    assert [len(part) for part in value.split("-")] == [8, 4, 4, 4, 12]
    assert value[14] == "4"


def test_days_turn_at_midnight_in_japan() -> None:
    midnight = day_number(date(2026, 8, 18)) * 86_400 - 9 * 3600
    assert date_of(day_of(midnight)) == date(2026, 8, 18)
    assert date_of(day_of(midnight - 1)) == date(2026, 8, 17)
    assert salesforce_time(midnight) == "2026-08-17T15:00:00.000+0000"
    assert hubspot_time(midnight).startswith("2026-08-17T15:00:00.")


@pytest.mark.parametrize(("day", "expected"), [(13, 13), (14, 13), (15, 13), (16, 16)])
def test_weekends_move_to_friday(day: int, expected: int) -> None:
    assert date_of(workday(day_number(date(2026, 11, day)))) == date(2026, 11, expected)
    assert weekday(day_number(date(2026, 11, 16))) == 0


def test_weekends_move_to_monday() -> None:
    assert [date_of(next_workday(day_number(date(2026, 11, day)))).day for day in (13, 14, 15, 16)] == [13, 16, 16, 16]


def test_nobody_meets_a_campaign_when_none_runs() -> None:
    assert Programme([]).touch(Random(1), day_number(date(2026, 1, 5))) is None


def bare(name: str) -> str:
    """A company name without legal form, width and spaces."""
    plain = unicodedata.normalize("NFKC", name)
    for form in ("株式会社", "(株)", "有限会社", "(有)", "合同会社", "(同)"):
        plain = plain.replace(form, "")
    return plain.replace(" ", "")


@pytest.mark.parametrize("name", ["東亜精機", "ノビクシステムズ", "KITERAフーズ", "グランテデータサービス"])
@pytest.mark.parametrize("form", ["株式会社", "有限会社", "合同会社"])
@pytest.mark.parametrize("front", [True, False])
def test_another_spelling_means_the_same_company(name: str, form: str, front: bool) -> None:
    spellings = {respell(Random(seed), form, front, name) for seed in range(60)}
    assert len(spellings) >= 4
    assert {bare(spelling) for spelling in spellings} == {bare(name)} == {bare(official(form, front, name))}


def test_a_quota_is_exact_and_gives_a_turn_back() -> None:
    quota = Quota(Random(3), 7)
    assert sum(quota.due() for _ in range(700)) == 100
    while not quota.due():
        pass
    quota.wait()
    assert quota.due()


def test_streams_do_not_disturb_each_other() -> None:
    alone = Streams(7).of("account", 3).random()
    streams = Streams(7)
    streams.of("lead", 3).random()
    assert streams.of("account", 3).random() == alone
    assert len({streams.of(kind, number).random() for kind in ("a", "b") for number in (0, 1)}) == 4


def test_weighted_keeps_the_shares() -> None:
    rng = Random(5)
    drawn = [weighted(rng, (("a", 3), ("b", 1), ("never", 0))) for _ in range(4000)]
    assert 2850 < drawn.count("a") < 3150
    assert "never" not in drawn
