"""The image, built and started in a plain root file system.

Slow and in need of root: set SYNCAGENT_TEST_IMAGE to the path of the Python the base image stands for.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from syncagent.sandbox import Sandbox
from syncagent.sandbox.generate import generate
from tests.deploy.dockerfile import ROOT, read_stages
from tests.deploy.rootfs import Layer, as_user, build

PYTHON = os.environ.get("SYNCAGENT_TEST_IMAGE", "")
STAGES = read_stages(ROOT / "deploy" / "Dockerfile")
IMAGE = STAGES[-1]
PATIENCE_SECONDS = 60.0

pytestmark = pytest.mark.skipif(not PYTHON, reason="SYNCAGENT_TEST_IMAGE names no Python to build the image with")


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layer]:
    folder = tmp_path_factory.mktemp("image")
    yield build(STAGES, folder, Path(PYTHON))
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def mounts(tmp_path: Path) -> str:
    """A configuration and a volume, as `docker run` would mount them."""
    (tmp_path / "config").mkdir()
    (tmp_path / "state").mkdir()
    os.chown(tmp_path / "state", 10001, 10001)
    return (
        f"mount --bind -o ro {tmp_path}/config {{root}}/etc/syncagent; "
        f"mount --bind {tmp_path}/state {{root}}/var/lib/syncagent"
    )


def said(layer: Layer, words: list[str], mounts: str) -> str:
    process = as_user(layer, IMAGE, words, mounts)
    out, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, errors
    return out


def test_the_command_is_there_for_a_user_without_rights(layer: Layer, mounts: str) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", said(layer, ["syncagent", "--version"], mounts))
    assert said(layer, ["id", "-u"], mounts) == "10001\n"
    assert said(layer, ["sh", "-c", "touch /opt/x /etc/syncagent/x 2>/dev/null || echo refused"], mounts) == "refused\n"


def test_the_shipped_mappings_and_policies_are_found_in_the_package(layer: Layer, mounts: str) -> None:
    program = (
        "import json, pathlib; from syncagent.operations.configuration import files_of; "
        "print(json.dumps([str(p) for k in ('mappings', 'policies', 'policies/kpi') "
        "for p in files_of(pathlib.Path('/etc/syncagent'), k)]))"
    )
    found = json.loads(said(layer, ["python", "-c", program], mounts))
    shipped = {path.name for kind in ("mappings", "policies", "policies/kpi") for path in (ROOT / kind).glob("*.yaml")}
    assert {Path(path).name for path in found} == shipped
    assert all("/site-packages/syncagent/defaults/" in path for path in found)
    said(layer, ["syncagent", "check", "--config", "/etc/syncagent"], mounts)


def is_ready() -> bool:
    try:
        return requests.get("http://127.0.0.1:8585/readyz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def test_the_worker_pulls_is_healthy_and_stops_when_told(layer: Layer, mounts: str, tmp_path: Path) -> None:
    generate(tmp_path / "org", seed=7, contacts=60)
    health = IMAGE.last("HEALTHCHECK").words()
    with Sandbox(tmp_path / "org") as sandbox:
        settings = "".join(f"{name}={value}\n" for name, value in sandbox.env().items())
        (tmp_path / "config" / ".env").write_text(settings)
        command = [*IMAGE.last("ENTRYPOINT").words(), *IMAGE.last("CMD").words()]
        here_only = [word.replace("0.0.0.0", "127.0.0.1") for word in command]  # noqa: S104 - the test stays on this machine
        process = as_user(layer, IMAGE, here_only, mounts)
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not is_ready():
                assert process.poll() is None, process.communicate()[1]
                assert time.monotonic() < deadline, "never ready"
                time.sleep(0.5)
            said(layer, health, mounts)
        finally:
            process.send_signal(signal.SIGTERM)
            _out, log = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, log
    assert any(line.get("event") == "a run ended" for line in map(json.loads, log.splitlines()))
    assert {"state.db", "default.runs.db"} <= {path.name for path in (tmp_path / "state").iterdir()}
