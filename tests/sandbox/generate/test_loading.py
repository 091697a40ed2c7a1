"""The sandbox takes the dataset as it is: every row is legal, and holds what was written."""

import pytest

from syncagent.sandbox import Dataset, Sandbox, load_dataset
from tests.sandbox.generate.reading import Generated


@pytest.fixture(scope="module")
def dataset(org: Generated) -> Dataset:
    return load_dataset(org.summary.folder)


def test_salesforce_holds_every_row_as_written(dataset: Dataset) -> None:
    held = Sandbox(dataset).world.dump()
    for name, rows in dataset.salesforce.items():
        by_id = {row["Id"]: row for row in held.salesforce[name]}
        assert len(by_id) >= len(rows)
        for row in rows:
            known = {field: by_id[row["Id"]].get(field, value) for field, value in row.items() if value is not False}
            assert known == {field: value for field, value in row.items() if value is not False}


def test_hubspot_holds_every_object_as_written(dataset: Dataset) -> None:
    held = Sandbox(dataset).world.dump()
    for name, rows in dataset.hubspot.items():
        by_id = {row["id"]: row["properties"] for row in held.hubspot[name]}
        for row in rows:
            assert {key: by_id[row["id"]].get(key) for key in row["properties"]} == row["properties"]
    assert len(held.associations) >= len(dataset.associations)
