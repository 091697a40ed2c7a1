"""Whatever a client sends, the org answers: a defect would escape as an exception."""

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.salesforce.small_org import CASES, Client, make_dataset, read_yaml

_CLIENT = Client(*make_dataset())
_WORDS = sorted(
    {
        word
        for path in CASES.glob("*.yaml")
        if path.name != "dataset.yaml"
        for case in read_yaml(path)
        for word in re.findall(r"'[^']*'|[\w.:$+-]+|[<>=!]+|[(),]", case["query"])
    }
)
_QUERIES = [case["query"] for path in CASES.glob("[!d]*.yaml") for case in read_yaml(path)]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)
_OBJECTS = ("Lead", "Contact", "Opportunity", "Task", "Event", "CampaignMember", "OpportunityContactRole")
_FIELDS = {
    name: [f["name"] for f in _CLIENT.call("GET", f"sobjects/{name}/describe").body["fields"]] for name in _OBJECTS
}
_LIKELY = st.sampled_from(
    [
        "2026-01-01",
        "9999-12-31",
        "2026-11-16T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "$lead1",
        "$con1",
        "$opp1",
        "$cam1",
        "受注",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(_QUERIES), st.lists(st.tuples(st.integers(0, 30), st.sampled_from(_WORDS)), max_size=4))
def test_disturbed_queries(query: str, changes: list[tuple[int, str]]) -> None:
    words = re.findall(r"'[^']*'|[\w.:$+-]+|[<>=!]+|[(),]", query)
    for position, word in changes:
        words[position % len(words)] = word
    answer = _CLIENT.ask(" ".join(words).replace("$15:", "$"))
    assert answer.status in (200, 400)
    if answer.status == 400:
        assert answer.body[0]["message"]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_as_a_query(text: str) -> None:
    assert _CLIENT.call("GET", "query", query={"q": text}).status in (200, 400)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_value_in_any_field(data: st.DataObject) -> None:
    object_name = data.draw(st.sampled_from(_OBJECTS))
    fields = st.sampled_from([*_FIELDS[object_name], "Owner", "attributes", "x"])
    body = data.draw(st.dictionaries(fields, _JSON | _LIKELY, max_size=4))
    base = {"Lead": {"LastName": "x", "Company": "x"}, "Contact": {"LastName": "x"}}.get(object_name, {})
    answer = _CLIENT.call("POST", f"sobjects/{object_name}", {**base, **body})
    assert answer.status in (201, 400, 404)
    if answer.status == 201:
        read = _CLIENT.call("GET", f"sobjects/{object_name}/{answer.body['id']}")
        assert read.status == 200
        json.dumps(read.body, allow_nan=False)
    else:
        assert not answer.writes
