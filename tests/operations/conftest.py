from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from syncagent.sandbox import Sandbox
from tests.installation import DEAL_MAPPING, POLICY, Agent, install, make_company, person_mapping


@dataclass(frozen=True, slots=True)
class Company:
    """The sandbox and an agent that has pulled once and found both sides equal."""

    box: Sandbox
    agent: Agent


@dataclass(frozen=True, slots=True)
class _Stage:
    box: Sandbox
    folder: Path
    snapshot: str
    variables: dict[str, str]


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Stage]:
    """Prepare the company once for all tests of a worker."""
    folder = tmp_path_factory.mktemp("operations")
    with Sandbox(make_company(newcomers=True)) as box:
        mappings = {"person": person_mapping(), "deal": DEAL_MAPPING}
        agent = install(folder / "prepared", box, mappings=mappings, policies=[POLICY])
        agent.do("pull")
        assert agent.plan("--only", "sync")["changes"] == []
        yield _Stage(box, agent.folder, box.snapshot(), agent.variables)


@pytest.fixture
def company(stage: _Stage, tmp_path: Path) -> Company:
    """Give every test the company as it was prepared."""
    stage.box.restore(stage.snapshot)
    shutil.copytree(stage.folder, tmp_path / "agent")
    return Company(stage.box, Agent(tmp_path / "agent", dict(stage.variables)))
