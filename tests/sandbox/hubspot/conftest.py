"""Fixtures over the small portal."""

from collections.abc import Callable

import pytest

from syncagent.sandbox.dataset import Dataset
from tests.sandbox.hubspot.small_portal import Caller, make_caller, make_dataset


@pytest.fixture
def call() -> Caller:
    """The small portal."""
    return make_caller(make_dataset())


@pytest.fixture
def build() -> Callable[..., Caller]:
    """Make a portal with switches set, for example search_lag_seconds=30."""
    return lambda **switches: make_caller(make_dataset(**switches))


@pytest.fixture
def dataset() -> Dataset:
    """The small portal's rows."""
    return make_dataset()
