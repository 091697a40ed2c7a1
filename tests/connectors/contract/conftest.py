"""A sandbox for all contract tests, put back to its beginning for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from syncagent.sandbox.server import Sandbox
from tests.connectors.contract.systems import HUBSPOT, SALESFORCE, Side, Words
from tests.connectors.dataset import make_dataset


@pytest.fixture(scope="session")
def box() -> Iterator[Sandbox]:
    with Sandbox(make_dataset()) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def beginning(box: Sandbox) -> str:
    return box.snapshot()


@pytest.fixture(params=[SALESFORCE, HUBSPOT], ids=lambda words: words.system)
def side(request: pytest.FixtureRequest, box: Sandbox, beginning: str) -> Side:
    box.restore(beginning)
    words: Words = request.param
    return Side(words, box)
