"""/healthz, /readyz and /metrics over a socket, against a worker whose clock is told the time."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from syncagent.errors import ConfigurationError, StoreError
from syncagent.interfaces.worker_http import Answers, serving
from syncagent.interfaces.worker_metrics import Metrics
from syncagent.interfaces.worker_state import StateView
from syncagent.runtime import RunEnded
from tests.runtime.fakes import World

START = datetime(2026, 11, 16, 0, 5, tzinfo=UTC)
CHANGED = datetime(2026, 11, 15, 0, 0, tzinfo=UTC)


class Site:
    """The pages and what stands behind them."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder, START)
        self.metrics = Metrics()
        self.broken = ""
        self.address = ""

    def view(self) -> StateView:
        if self.broken:
            raise StoreError(self.broken)
        return StateView(3, {("hubspot", "deals"): CHANGED})

    def get(self, path: str) -> requests.Response:
        return requests.get(f"{self.address}{path}", timeout=10)

    def figures(self) -> dict[str, float]:
        return {
            sample.name + "".join(f"/{label}" for _name, label in sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(self.get("/metrics").text)
            for sample in family.samples
        }


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    with serving(Answers(made.world.worker, made.metrics, made.view), "127.0.0.1", 0) as address:
        made.address = address
        yield made
    made.world.board.close()


def pulled(site: Site) -> None:
    site.world.worker.start()
    site.world.pass_time(seconds=1)
    site.world.runs.run_all()


def test_alive_as_long_as_the_rounds_go_on(site: Site) -> None:
    assert site.get("/healthz").json() == {"alive": True}
    site.world.seconds += 1000
    answer = site.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"alive": False})


def test_ready_after_the_first_pull(site: Site) -> None:
    answer = site.get("/readyz")
    assert answer.status_code == 503
    assert not answer.json()["checks"]["engine"]["ok"]
    pulled(site)
    answer = site.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)


def test_a_state_out_of_reach_is_not_ready_and_says_why(site: Site) -> None:
    pulled(site)
    site.broken = "state.db: it cannot be opened"
    answer = site.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["state"] == {"ok": False, "text": "state.db: it cannot be opened"}
    assert site.figures()["syncagent_check_ok/state"] == 0
    assert "syncagent_newest_change_timestamp_seconds/deals/hubspot" not in site.figures()


def test_the_engines_database_out_of_reach_is_not_ready_either(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise StoreError("runs.db: it cannot be opened")

    pulled(site)
    monkeypatch.setattr(site.world.board, "standings", away)
    assert site.get("/readyz").json()["checks"]["engine"] == {"ok": False, "text": "runs.db: it cannot be opened"}


def test_the_figures(site: Site) -> None:
    pulled(site)
    site.metrics.count_calls({"salesforce": 12, "hubspot": 5})
    site.metrics.count_run(RunEnded("plan", "failed", 2.5, START))
    site.metrics.count_run(RunEnded("plan", "ok", 7.5, START))
    figures = site.figures()
    assert figures["syncagent_runs_total/plan/failed"] == 1
    assert figures["syncagent_runs_total/plan/ok"] == 1
    assert figures["syncagent_run_seconds_sum/plan"] == 10
    assert figures["syncagent_last_success_timestamp_seconds/pull"] == START.timestamp() + 1
    assert figures["syncagent_unsettled_writes"] == 3
    assert figures["syncagent_calls_total/salesforce"] == 12
    assert figures["syncagent_newest_change_timestamp_seconds/deals/hubspot"] == CHANGED.timestamp()
    assert figures["syncagent_check_ok/pull"] == 1
    assert figures["syncagent_lag_seconds"] > 0


def test_nobody_else_gets_an_answer(site: Site) -> None:
    assert site.get("/").status_code == 404
    assert requests.post(f"{site.address}/metrics", timeout=10).status_code == 405


def test_an_address_in_use_is_said(tmp_path: Path) -> None:
    world = World(tmp_path, START)
    answers = Answers(world.worker, Metrics(), lambda: StateView(0, {}))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match="cannot be listened on"), serving(answers, "127.0.0.1", port):
            pass
    world.board.close()
