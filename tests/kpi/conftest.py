"""An empty warehouse for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kpi.warehouse import Warehouse


@pytest.fixture
def house() -> Iterator[Warehouse]:
    warehouse = Warehouse()
    yield warehouse
    warehouse.close()
