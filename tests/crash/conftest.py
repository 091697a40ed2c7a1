from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.scene import Scene, staged


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Stage the scene once for every worker."""
    with staged(tmp_path_factory.mktemp("crash")) as scene:
        yield scene
