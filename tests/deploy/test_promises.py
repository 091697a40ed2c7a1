"""What deploy/README.md promises about the image and the compose file, read from the files themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from syncagent.interfaces.worker_options import WorkerOptions
from syncagent.runtime import Limits
from tests.deploy.dockerfile import ROOT, Stage, read_stages

DEPLOY = ROOT / "deploy"
STAGES = read_stages(DEPLOY / "Dockerfile")
IMAGE = STAGES[-1]
COMPOSE: dict[str, dict[str, dict[str, object]]] = YAML(typ="safe").load(DEPLOY / "compose.yaml")
WORKER = COMPOSE["services"]["worker"]


def test_the_image_runs_as_a_numbered_user_that_is_not_root() -> None:
    assert [item.rest for item in IMAGE.all("USER")] == ["10001:10001"], "a number, so that it can be checked"
    order = [item.word for item in IMAGE.instructions]
    assert "RUN" not in order[order.index("USER") :]


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name or "image")
def test_every_package_is_installed_by_hash_or_from_what_was_built(stage: Stage) -> None:
    installs = re.findall(r"pip (?:install|wheel)[^&]*", "\n".join(item.rest for item in stage.all("RUN")))
    assert installs
    for words in installs:
        assert "--require-hashes" in words or "--no-deps" in words, words


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_no_index_is_named(path: Path) -> None:
    text = path.read_text() if path.is_file() else ""
    assert not re.search(r"--(extra-)?index-url[= ]\S|--find-links[= ]\S|pypi\.|files\.pythonhosted", text)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    entries = (DEPLOY / name).read_text().replace("\\\n", " ").splitlines()
    pinned = [line for line in entries if line.strip() and not line.startswith("#")]
    assert len(pinned) > 20
    assert [line for line in pinned if not re.match(r"[A-Za-z0-9._-]+(\[\S+\])?==\S+ .*--hash=sha256:", line)] == []


def test_everything_copied_exists_and_nothing_comes_from_the_network() -> None:
    for stage in STAGES:
        assert stage.all("ADD") == []
        for item in stage.all("COPY"):
            sources = [word for word in item.rest.split()[:-1] if not word.startswith("--from")]
            if "--from" not in item.rest:
                assert [source for source in sources if not (ROOT / source).exists()] == []


def test_everything_copied_is_let_through_to_the_build() -> None:
    allowed = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"}
    copied = {word for s in STAGES for c in s.all("COPY") if "--from" not in c.rest for word in c.rest.split()[:-1]}
    assert copied == allowed


def test_the_health_check_asks_the_worker_where_it_answers() -> None:
    assert "127.0.0.1:8585/healthz" in IMAGE.last("HEALTHCHECK").rest
    command = [*IMAGE.last("ENTRYPOINT").words(), *IMAGE.last("CMD").words()]
    assert command[:2] == ["syncagent", "worker"]
    assert command[command.index("--address") + 1] == "0.0.0.0:8585"
    assert IMAGE.last("EXPOSE").rest == "8585"
    assert WorkerOptions().address.endswith(":8585")


def test_stop_signals_reach_the_worker_itself() -> None:
    assert IMAGE.last("STOPSIGNAL").rest == "SIGTERM"
    assert IMAGE.last("ENTRYPOINT").rest.startswith("["), "a shell in between would swallow the signal"
    assert WORKER["stop_grace_period"] == "90s"
    assert WorkerOptions().grace_seconds == Limits().grace_seconds < 90


def test_the_container_can_do_little() -> None:
    assert WORKER["read_only"] is True
    assert WORKER["cap_drop"] == ["ALL"]
    assert WORKER["security_opt"] == ["no-new-privileges:true"]
    assert WORKER["ports"] == ["127.0.0.1:8585:8585"]
    assert not {"privileged", "user", "network_mode", "pid"} & WORKER.keys()


def test_the_state_is_in_a_volume_and_the_configuration_read_only() -> None:
    volumes = WORKER["volumes"]
    assert isinstance(volumes, list)
    assert "state:/var/lib/syncagent" in volumes
    assert [v for v in volumes if v.startswith("./") and not v.endswith(":ro")] == []
    assert IMAGE.last("VOLUME").rest == IMAGE.environment()["SYNCAGENT_STATE"] == "/var/lib/syncagent"


def test_postgresql_is_optional_and_its_password_a_file() -> None:
    postgres = COMPOSE["services"]["postgres"]
    assert postgres["profiles"] == ["postgres"]
    environment = postgres["environment"]
    assert isinstance(environment, dict)
    assert "POSTGRES_PASSWORD" not in environment
    assert environment["POSTGRES_PASSWORD_FILE"] == "/run/secrets/postgres_password"


def test_no_secret_is_in_the_image_or_the_compose_file() -> None:
    text = (DEPLOY / "Dockerfile").read_text() + (DEPLOY / "compose.yaml").read_text()
    assert not re.search(r"(?i)(token|secret|password)\w*\s*[=:]\s*[A-Za-z0-9]{6,}", text)


def test_the_page_names_every_figure_the_worker_gives() -> None:
    given = set(re.findall(r'"(syncagent_\w+)"', (ROOT / "syncagent/interfaces/worker_metrics.py").read_text()))
    page = (DEPLOY / "README.md").read_text()
    assert {name for name in given - {"syncagent_info"} if name not in page} == set()
