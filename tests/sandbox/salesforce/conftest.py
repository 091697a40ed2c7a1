import pytest

from tests.sandbox.salesforce.small_org import Client, make_dataset


@pytest.fixture
def client() -> Client:
    return Client(*make_dataset())
