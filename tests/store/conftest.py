"""An open store per test; with SYNCAGENT_TEST_POSTGRES=URL the same tests run on a PostgreSQL server too."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncagent.store import Store, open_store

SERVER = os.environ.get("SYNCAGENT_TEST_POSTGRES", "")


@pytest.fixture(params=["sqlite", "postgresql"] if SERVER else ["sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = SERVER if request.param == "postgresql" else f"sqlite:///{tmp_path}/state/state.db"
    opened = open_store(url, org=f"acme-{uuid.uuid4().hex}", folder=tmp_path if SERVER else None)
    yield opened
    opened.close()


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    """A store on a file, for what only a file can show."""
    opened = open_store(f"sqlite:///{tmp_path}/state/state.db", org="acme")
    yield opened
    opened.close()
