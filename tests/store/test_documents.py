from __future__ import annotations

from types import MappingProxyType

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncagent.store.documents import Json, canonical, differences, hash64, scalar_of

texts = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | texts
documents = st.dictionaries(texts, scalars)


@given(documents)
def test_a_document_reads_back_and_its_text_ignores_the_order_of_its_fields(document: dict[str, Json]) -> None:
    text = canonical(document)
    assert orjson.loads(text) == document
    assert canonical(MappingProxyType(dict(reversed(document.items())))) == text
    assert -(2**63) <= hash64(text) < 2**63


@given(documents, documents)
def test_differences_lead_from_one_document_to_the_other(before: dict[str, Json], after: dict[str, Json]) -> None:
    walked = {key: canonical(value) for key, value in before.items()}
    for field, old, new in differences(before, after):  # type: ignore[arg-type]  # scalars are all the strategy gives
        assert walked.pop(field, None) == old
        if new is not None:
            walked[field] = new
    assert walked == {key: canonical(value) for key, value in after.items()}


def test_true_and_1_are_different_values() -> None:
    assert differences({"a": True}, {"a": 1}) == [("a", "true", "1")]


def test_lone_surrogates_are_replaced_wherever_they_hide() -> None:
    assert canonical({"k\ud800": ["a\udfff", {"b": "\ud83d\ude00"}, 1]}) == '{"k\ufffd":["a\ufffd",{"b":"😀"},1]}'


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(TypeError):
        canonical({"when": object()})  # type: ignore[dict-item]  # the point of the test


def test_an_absent_value_reads_as_none() -> None:
    assert scalar_of(None) is None
    assert scalar_of("null") is None
    assert scalar_of('"x"') == "x"


def test_a_hash_never_changes_between_versions() -> None:
    assert hash64('{"a":1}') == 2273192342946969294
