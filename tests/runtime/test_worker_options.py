from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from syncagent.errors import ConfigurationError
from syncagent.interfaces.worker_options import WorkerOptions, kinds_of, parse_address, place_of
from syncagent.interfaces.worker_steps import Steps
from syncagent.settings import Settings

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 16, tzinfo=UTC)


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    return Steps(tmp_path, lambda _calls: None, tmp_path / "packs")


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("127.0.0.1:8585", ("127.0.0.1", 8585)),
        ("0.0.0.0:0", ("0.0.0.0", 0)),  # noqa: S104 - text only
        ("[::1]:8585", ("::1", 8585)),
        ("localhost:65535", ("localhost", 65535)),
    ],
)
def test_addresses(text: str, parsed: tuple[str, int]) -> None:
    assert parse_address(text) == parsed


@pytest.mark.parametrize("text", ["", "8585", ":8585", "host:", "host:x", "host:65536", "host:-1", "host:８５８５"])
def test_wrong_addresses_name_the_setting(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"SYNCAGENT_WORKER_ADDRESS: .* host:port"):
        parse_address(text)


def test_kinds_come_in_the_order_in_which_they_depend_on_each_other(steps: Steps) -> None:
    kinds = kinds_of(WorkerOptions(), TOKYO, steps, NOW)
    assert [kind.name for kind in kinds] == ["pull", "plan", "report"]
    assert [step.name for step in kinds[1].steps] == ["finish", "plan", "apply"]
    assert [kind.name for kind in kinds if kind.at_first] == ["pull"]


def test_a_kind_can_be_off(steps: Steps) -> None:
    assert [k.name for k in kinds_of(WorkerOptions(plan_cron="off"), TOKYO, steps, NOW)] == ["pull", "report"]


def test_every_wrong_schedule_is_reported_together(steps: Steps) -> None:
    with pytest.raises(ConfigurationError) as caught:
        kinds_of(WorkerOptions(pull_cron="soon", report_cron="0 0 31 2 *"), TOKYO, steps, NOW)
    assert [p.file for p in caught.value.problems] == ["SYNCAGENT_WORKER_PULL_CRON", "SYNCAGENT_WORKER_REPORT_CRON"]


def test_a_worker_with_nothing_to_do_is_refused(steps: Steps) -> None:
    with pytest.raises(ConfigurationError, match="every schedule is off"):
        kinds_of(WorkerOptions(pull_cron="off", plan_cron="off", report_cron="off"), TOKYO, steps, NOW)


def test_an_embedded_worker_keeps_its_things_beside_the_state(tmp_path: Path) -> None:
    place = place_of(Settings(org="acme"), tmp_path)
    folder = tmp_path / ".syncagent"
    assert place.embedded
    assert (place.engine_url, place.lock, place.packs) == (
        f"sqlite:///{folder}/acme.runs.db",
        folder / "acme.worker.lock",
        folder / "packs",
    )


def test_on_a_database_server_the_engine_uses_the_same_server(tmp_path: Path) -> None:
    place = place_of(Settings(org="acme", state="postgresql+psycopg://db/syncagent"), tmp_path)
    assert not place.embedded
    assert place.engine_url == "postgresql+psycopg://db/syncagent"
    assert place.packs == tmp_path / ".syncagent" / "packs"
