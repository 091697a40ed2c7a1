"""An index must never change an answer: every condition and its negation part the records in two."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.salesforce.small_org import Client, make_dataset

_CLIENT = Client(*make_dataset())
_TERMS = st.sampled_from(
    [
        "Id = '$lead2'",
        "Id IN ('$lead1', '$15:lead3')",
        "Id > '$lead2'",
        "OwnerId = '$user2'",
        "OwnerId IN ('$user1', '$user2')",
        "External_Id__c = 'HS-1'",
        "External_Id__c = null",
        "Email = 'YAMADA@a.example'",
        "Email IN ('ito@b.example', null)",
        "SystemModstamp >= 2026-11-15T15:00:00Z",
        "SystemModstamp > 2026-11-15T14:59:59Z",
        "SystemModstamp > TODAY",
        "SystemModstamp = 2026-11-15T15:00:00Z",
        "SystemModstamp > 2026-11-15T14:59:59Z OR (SystemModstamp = 2026-11-15T14:59:59Z AND Id > '$lead1')",
        "CreatedDate = THIS_MONTH",
        "LeadSource LIKE 'w%'",
        "AnnualRevenue > 150",
        "Owner.Name LIKE '田%'",
        "Interests__c INCLUDES ('帳票')",
        "Id IN (SELECT LeadId FROM CampaignMember)",
    ]
)
_CONDITIONS = st.recursive(
    _TERMS.map(lambda term: f"({term})"),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda terms: f"({' AND '.join(terms)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda terms: f"({' OR '.join(terms)})"),
        inner.map(lambda term: f"(NOT {term})"),
    ),
    max_leaves=5,
)


def _find(condition: str) -> list[str]:
    return sorted(row["Id"] for row in _CLIENT.rows(f"SELECT Id FROM Lead WHERE {condition}"))


_EVERYTHING = _find("Id != null")


@settings(max_examples=150, deadline=None)
@given(_CONDITIONS)
def test_a_condition_and_its_negation(condition: str) -> None:
    assert sorted(_find(condition) + _find(f"NOT {condition}")) == _EVERYTHING


@settings(max_examples=100, deadline=None)
@given(_CONDITIONS, _CONDITIONS)
def test_the_order_of_terms_does_not_matter(one: str, other: str) -> None:
    both = _find(f"{one} AND {other}")
    assert both == _find(f"{other} AND {one}") == sorted(set(_find(one)) & set(_find(other)))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["LeadSource", "AnnualRevenue", "SystemModstamp", "Email"]), min_size=1, max_size=3))
def test_descending_is_ascending_backwards_but_for_nulls(keys: list[str]) -> None:
    def order(direction: str, nulls: str) -> list[str]:
        by = ", ".join(f"{key} {direction} NULLS {nulls}" for key in [*keys, "Id"])
        return [row["Id"] for row in _CLIENT.rows(f"SELECT Id FROM Lead ORDER BY {by}")]

    assert order("ASC", "FIRST") == order("DESC", "LAST")[::-1]
