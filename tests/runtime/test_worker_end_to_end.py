"""The worker on a generated org in the sandbox: it pulls, plans, applies what is enforced, and writes the pack."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from syncagent.errors import Busy
from syncagent.interfaces.wiring import opened
from syncagent.interfaces.worker import run_worker
from syncagent.interfaces.worker_options import WorkerOptions
from syncagent.operations.enforce import enforce_policy
from syncagent.runtime import Worker
from syncagent.sandbox import Sandbox
from syncagent.sandbox.generate import generate
from syncagent.store import ledger, runs

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 90.0
POLICY = "stage-stale-90"
OFTEN = WorkerOptions(
    address="127.0.0.1:0",
    pull_cron="* * * * * */3",
    plan_cron="* * * * * */2",
    report_cron="* * * * * */5",
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("org")
    generate(folder, seed=7, contacts=120)
    return folder


@pytest.fixture
def config(dataset: Path, tmp_path: Path) -> Iterator[Path]:
    """A configuration folder whose settings point at a running sandbox."""
    with Sandbox(dataset) as sandbox:
        lines = [f"{name}={value}\n" for name, value in sandbox.env().items()]
        (tmp_path / ".env").write_text("".join(lines))
        yield tmp_path


def serve_until(config: Path, options: WorkerOptions, done: Callable[[str], bool]) -> int:
    """Run the worker in this thread until a condition on its address holds."""

    def watch(worker: Worker, address: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and not done(address):
            time.sleep(0.1)
        worker.stopping.set()

    return run_worker(
        config, options, lambda worker, address: threading.Thread(target=watch, args=(worker, address)).start()
    )


def is_ready(address: str) -> bool:
    return requests.get(f"{address}/readyz", timeout=10).status_code == 200


def actions(config: Path) -> list[tuple[str, str]]:
    with opened(config) as installation, installation.store.read() as tx:
        return [(entry.actor, entry.kind) for entry in ledger.entries(tx)]


def test_a_day_of_a_worker(config: Path) -> None:
    packs = config / ".syncagent" / "packs"
    assert serve_until(config, OFTEN, lambda address: is_ready(address) and len(list(packs.glob("*"))) == 2) == 0
    assert {"default-2026-W46.ja.html", "default-2026-W46.json"} == {path.name for path in packs.iterdir()}
    done = actions(config)
    assert {("worker", "pull"), ("worker", "plan")} <= set(done)
    assert not [action for _who, action in done if action == "write"], "nothing is approved, so nothing is written"

    with opened(config, actor="山本") as installation:
        enforce_policy(installation, POLICY, by="山本")

    def applied(_address: str) -> bool:
        with opened(config) as installation, installation.store.read() as tx:
            return any(run.kind == "apply" and run.ended_at for run in runs.latest_runs(tx, 20))

    assert serve_until(config, OFTEN, applied) == 0
    with opened(config) as installation, installation.store.read() as tx:
        (run,) = [run for run in runs.latest_runs(tx, 50) if run.kind == "apply"][-1:]
    assert (run.actor, run.status) == ("worker", "ok")
    assert ("worker", "write") in actions(config)


def test_the_second_worker_on_a_state_is_refused(config: Path) -> None:
    seen: list[str] = []

    def second(_address: str) -> bool:
        try:
            run_worker(config, OFTEN)
        except Busy as error:
            seen.append(str(error))
        return True

    assert serve_until(config, OFTEN, second) == 0
    assert "another worker serves this state already: process" in seen[0]


def test_a_run_that_outlasts_the_grace_period_is_left_to_the_next_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        silent = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        settings = {"SALESFORCE_URL": silent, "SALESFORCE_TOKEN": "t", "HUBSPOT_URL": silent, "HUBSPOT_TOKEN": "t"}
        (tmp_path / ".env").write_text("".join(f"SYNCAGENT_{name}={value}\n" for name, value in settings.items()))
        program = (
            "import sys; from pathlib import Path; from syncagent.interfaces.worker import run_worker; "
            "from syncagent.interfaces.worker_options import WorkerOptions; "
            "sys.exit(run_worker(Path(sys.argv[1]), WorkerOptions(address='127.0.0.1:0', grace_seconds=1)))"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", program, tmp_path], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        deaf.settimeout(PATIENCE_SECONDS)
        connection, _peer = deaf.accept()
        process.send_signal(signal.SIGTERM)
        _out, said = process.communicate(timeout=PATIENCE_SECONDS)
        connection.close()
    assert process.returncode == 0
    assert "the run is resumed at the next start" in said
    assert runs_under_way(tmp_path) == [("PENDING",)]


def runs_under_way(config: Path) -> list[tuple[str]]:
    connection = sqlite3.connect(config / ".syncagent" / "default.runs.db")
    found = connection.execute("SELECT status FROM workflow_status").fetchall()
    connection.close()
    return found
