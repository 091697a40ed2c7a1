import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncagent.sandbox.salesforce.identifiers import IdMaker, checksum, read_id

_SHORT = st.text(string.ascii_letters + string.digits, min_size=15, max_size=15)


# Pairs published in public documentation and recordings.
@pytest.mark.parametrize(
    "long",
    ["0017e00001W4GYRAA3", "0037e00001WZ30qAAD", "0015500001QdQWaAAN", "0012300000bVTq1AAG", "0039H00000BbbFBQAZ"],
)
def test_known_ids(long: str) -> None:
    assert read_id(long[:15]) == long


@given(_SHORT)
def test_both_forms_are_the_same_id_in_any_case(short: str) -> None:
    long = short + checksum(short)
    assert read_id(short) == read_id(long) == read_id(long.upper()) == read_id(long.lower()) == long


@given(_SHORT, _SHORT)
def test_long_ids_differ_even_where_case_is_lost(one: str, other: str) -> None:
    same = (one + checksum(one)).lower() == (other + checksum(other)).lower()
    assert same == (one == other)


@given(_SHORT)
def test_a_wrong_checksum_is_no_id(short: str) -> None:
    long = short + checksum(short)
    wrong = long[:-1] + ("A" if long[-1] != "A" else "B")
    assert read_id(wrong) != long


@pytest.mark.parametrize(
    "text", ["", "abc", "x" * 16, "001-00000000000", "００1000000000000", None, 15, "001000000000000!!!"]
)
def test_not_an_id(text: object) -> None:
    assert read_id(text) is None


def test_made_ids_are_sorted_unique_and_repeatable() -> None:
    first, second = IdMaker("00D5g000004ABCD"), IdMaker("00D5g000004ABCD")
    made = [first.make("00Q", lambda _: False) for _ in range(200)]
    assert made == sorted(set(made)) == [second.make("00Q", lambda _: False) for _ in range(200)]
    assert all(record_id.startswith("00Q5g0") and read_id(record_id[:15]) == record_id for record_id in made)


def test_ids_in_use_are_skipped() -> None:
    taken = IdMaker("00D5g000004ABCD").make("001", lambda _: False)
    assert IdMaker("00D5g000004ABCD").make("001", {taken}.__contains__) != taken
