"""One generated org, read once for all tests of its content."""

import pytest

from syncagent.sandbox.generate import generate
from tests.sandbox.generate.reading import Generated, read_dataset


@pytest.fixture(scope="session")
def org(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    return read_dataset(generate(tmp_path_factory.mktemp("org"), seed=7, contacts=1200))
