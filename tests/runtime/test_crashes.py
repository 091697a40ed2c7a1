"""A worker as a process: killed in the middle of a run, taken over, stopped gracefully."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("process.py")
PATIENCE_SECONDS = 60.0
SERVER = os.environ.get("SYNCAGENT_TEST_POSTGRES", "")
RARELY, EVERY_SECOND = "0 0 1 1 *", "* * * * * *"


class Machine:
    """One state folder and the worker processes on it."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.url = url or f"sqlite:///{folder}/runs.db"
        self.org = uuid.uuid4().hex
        self.started: list[subprocess.Popen[bytes]] = []

    def start(
        self, *, seconds: float, cron: str = RARELY, executor: str = "host/worker/acme", sole: bool = True
    ) -> subprocess.Popen[bytes]:
        words = [self.folder, seconds, cron, executor, "sole" if sole else "shared", self.url, self.org]
        process = subprocess.Popen(
            [sys.executable, PROGRAM, *map(str, words)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.DEVNULL,
        )
        self.started.append(process)
        return process

    def log(self) -> list[tuple[int, str]]:
        path = self.folder / "log"
        lines = path.read_text().splitlines() if path.exists() else []
        return [(int(pid), rest.strip()) for pid, _space, rest in (line.partition(" ") for line in lines)]

    def wait(self, until: Callable[[list[tuple[int, str]]], bool]) -> list[tuple[int, str]]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not until(log := self.log()):
            assert time.monotonic() < deadline, f"nothing came of it: {log}"
            time.sleep(0.02)
        return log

    def of(self, process: subprocess.Popen[bytes]) -> list[str]:
        return [what for pid, what in self.log() if pid == process.pid]

    def end(self) -> None:
        for process in self.started:
            process.kill()
            process.wait()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    yield made
    made.end()


@pytest.fixture(params=["sqlite", "postgresql"] if SERVER else ["sqlite"])
def fleet(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Machine]:
    """Several workers on one database."""
    made = Machine(tmp_path, SERVER if request.param == "postgresql" else "")
    yield made
    made.end()


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def has(process: subprocess.Popen[bytes], what: str) -> Callable[[list[tuple[int, str]]], bool]:
    return lambda log: (process.pid, what) in log


def test_a_run_cut_off_by_a_kill_is_completed_by_the_next_start(machine: Machine) -> None:
    first = machine.start(seconds=600)
    machine.wait(has(first, "begin second first"))
    kill(first)

    second = machine.start(seconds=0)
    machine.wait(has(second, "ended pull ok"))
    assert machine.of(second)[:3] == ["begin second first", "end second", "ended pull ok"], "the first step is recorded"


def test_after_a_kill_the_schedule_goes_on_and_no_two_runs_overlap(machine: Machine) -> None:
    first = machine.start(seconds=600, cron=EVERY_SECOND)
    machine.wait(has(first, "begin second first"))
    kill(first)

    second = machine.start(seconds=0.3, cron=EVERY_SECOND)
    machine.wait(lambda log: log.count((second.pid, "ended pull ok")) >= 3)
    mine = [what for what in machine.of(second) if what.startswith(("begin", "end "))]
    resumed, later = mine[:2], mine[2:]
    assert resumed == ["begin second first", "end second"]
    whole = ["begin first", "end first", "begin second first", "end second"]
    assert later == (whole * len(later))[: len(later)]


def test_another_host_name_after_a_restart_does_not_orphan_the_run(machine: Machine) -> None:
    first = machine.start(seconds=600, executor="container-1/worker/acme")
    machine.wait(has(first, "begin second first"))
    kill(first)

    second = machine.start(seconds=0, executor="container-2/worker/acme")
    machine.wait(has(second, "ended pull ok"))
    assert machine.of(second)[0] == "begin second first"


def test_a_slow_worker_is_left_alone(fleet: Machine) -> None:
    slow = fleet.start(seconds=3, executor="one/worker", sole=False)
    fleet.wait(has(slow, "begin second first"))
    other = fleet.start(seconds=0, executor="two/worker", sole=False)
    fleet.wait(has(slow, "ended pull ok"))
    assert fleet.of(other) == [], "the slow worker showed life all the time"


def test_a_live_worker_takes_over_from_a_dead_one(fleet: Machine) -> None:
    doomed = fleet.start(seconds=600, executor="one/worker", sole=False)
    fleet.wait(has(doomed, "begin second first"))
    heir = fleet.start(seconds=0, executor="two/worker", sole=False)
    time.sleep(1.5)
    assert fleet.of(heir) == []
    kill(doomed)
    fleet.wait(has(heir, "ended pull ok"))
    assert fleet.of(heir) == ["begin second first", "end second", "ended pull ok"]


def test_two_live_workers_share_the_schedule_without_running_anything_twice(fleet: Machine) -> None:
    both = [fleet.start(seconds=0.2, cron=EVERY_SECOND, executor=f"{n}/worker", sole=False) for n in range(2)]
    log = fleet.wait(lambda log: sum(what == "ended pull ok" for _pid, what in log) >= 5)
    pids = {process.pid for process in both}
    steps = [what for pid, what in log if pid in pids and what.startswith(("begin", "end "))]
    whole = ["begin first", "end first", "begin second first", "end second"]
    assert steps == (whole * len(steps))[: len(steps)], "runs of one org never overlap"


def test_stopping_lets_the_run_under_way_finish_and_starts_no_other(machine: Machine) -> None:
    process = machine.start(seconds=1.5, cron=EVERY_SECOND)
    machine.wait(has(process, "begin second first"))
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) == 0
    assert machine.of(process)[-3:] == ["end second", "ended pull ok", "stopped"]


def test_nothing_is_connected_to_and_the_engine_file_is_in_wal_mode(machine: Machine) -> None:
    process = machine.start(seconds=0, cron=EVERY_SECOND)
    machine.wait(lambda log: log.count((process.pid, "ended pull ok")) >= 2)
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE_SECONDS)
    assert [what for what in machine.of(process) if what.startswith("connected")] == []
    connection = sqlite3.connect(machine.folder / "runs.db")
    mode = connection.execute("PRAGMA journal_mode").fetchone()
    formats = connection.execute("SELECT DISTINCT serialization FROM workflow_status").fetchall()
    connection.close()
    assert mode == ("wal",)
    assert formats == [("portable_json",)]
