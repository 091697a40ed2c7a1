from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from syncagent.sandbox import Sandbox
from tests.installation import SATO, Agent, impatient, install, make_company, person_id


@dataclass(frozen=True, slots=True)
class Office:
    """The sandbox, an agent that has pulled, and a plan of three changes that waits for its application."""

    box: Sandbox
    agent: Agent
    plan: str


@dataclass(frozen=True, slots=True)
class _Prepared:
    box: Sandbox
    folder: Path
    snapshot: str
    variables: dict[str, str]
    plan: str


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Prepared]:
    """Prepare the office once for all tests of a worker."""
    folder = tmp_path_factory.mktemp("interfaces")
    with Sandbox(make_company()) as box:
        agent = install(folder / "prepared", box)
        agent.do("pull")
        agent.plan()
        for number in (1, 2, 3):
            box.edit("salesforce", "Contact", person_id(number), {"Title": "部長"}, SATO)
        agent.do("pull")
        plan = str(agent.plan("--only", "sync")["digest"])
        agent.do("approve", plan, "--by", "山本")
        yield _Prepared(box, agent.folder, box.snapshot(), agent.variables, plan)


@pytest.fixture
def office(prepared: _Prepared, tmp_path: Path) -> Office:
    """Give every test the office as it was prepared."""
    prepared.box.restore(prepared.snapshot)
    shutil.copytree(prepared.folder, tmp_path / "agent")
    return Office(prepared.box, Agent(tmp_path / "agent", dict(prepared.variables)), prepared.plan)


@pytest.fixture(name="impatient")
def _impatient() -> Iterator[None]:
    """Have waits pass quickly."""
    with impatient():
        yield
