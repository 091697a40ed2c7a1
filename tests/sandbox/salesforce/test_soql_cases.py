from typing import Any

import pytest

from tests.sandbox.salesforce.small_org import CASES, Client, bare, make_dataset, read_yaml

_FILES = sorted(path for path in CASES.glob("*.yaml") if path.name != "dataset.yaml")
_CASES = [(path.stem, case) for path in _FILES for case in read_yaml(path)]
_KEYS = {"title", "query", "ids", "records", "total", "error", "says", "all", "any_order"}


@pytest.fixture(scope="module")
def shared_client() -> Client:
    """Queries change nothing, so one org serves them all."""
    return Client(*make_dataset())


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{stem}: {case['title']}") for stem, case in _CASES])
def test_case(case: dict[str, Any], shared_client: Client) -> None:
    assert set(case) <= _KEYS
    answer = shared_client.ask(case["query"], everything=case.get("all", False))
    if "error" in case:
        assert answer.code == case["error"]
        assert case.get("says", "") in answer.body[0]["message"]
        return
    assert answer.status == 200, answer.body[0]["message"]
    assert answer.body["done"] is True
    if "ids" in case:
        names = {record_id: name for name, record_id in shared_client.names.ids.items()}
        assert [names[record["Id"]] for record in answer.body["records"]] == case["ids"]
    if "records" in case:
        wanted = shared_client.names.fill(case["records"])
        found = bare(answer.body["records"])
        assert found == wanted
        assert [list(record) for record in found] == [list(record) for record in wanted]
    assert answer.body["totalSize"] == case.get("total", answer.body["totalSize"])


def test_every_kind_of_case_is_there() -> None:
    assert {stem for stem, _ in _CASES} == {"aggregates", "dates", "errors", "filters", "shapes"}
