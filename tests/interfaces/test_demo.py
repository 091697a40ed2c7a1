"""The demo and the sandbox as commands."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path
from unittest import mock

import orjson

from syncagent.sandbox.dataset import save_dataset
from tests.installation import ROOT, Agent, clean_environment, command, make_company, run_here


def test_the_demo_prints_the_same_numbers_each_time(tmp_path: Path) -> None:
    with mock.patch("syncagent.interfaces.demo.CONTACTS", 60):
        first, second = (run_here("demo", "--out", str(tmp_path / "demo"), "--lang", "en") for _twice in range(2))
    assert (first.code, first.err) == (0, "")
    assert first.out == second.out
    for name in ("plan.html", "plan.csv", "audit.html", "pack-ja.html", "pack-en.html"):
        assert (tmp_path / "demo" / name).stat().st_size > 0


def test_the_demo_touches_no_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    said = run_here("demo", "--out", str(tmp_path))
    assert said.code == 2
    assert "holds files that are not the demo's" in said.err
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_the_sandbox_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    save_dataset(make_company(), tmp_path / "org")
    with clean_environment():
        words = [*command(), "sandbox", "serve", "--data", str(tmp_path / "org")]
        server = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE)
    with server:
        try:
            assert server.stdout is not None
            line = orjson.loads(server.stdout.readline())
            assert set(line) == {"salesforce", "hubspot", "env"}
            (tmp_path / "config").mkdir()
            shutil.copy(line["env"], tmp_path / "config" / ".env")
            Agent(tmp_path / "config").do("pull")
            dumped = run_here("sandbox", "dump", "--url", line["hubspot"], "--out", str(tmp_path / "dump"))
            assert dumped.code == 0
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0


def test_a_dataset_that_is_none_is_told(tmp_path: Path) -> None:
    said = run_here("sandbox", "serve", "--data", str(tmp_path))
    assert said.code == 2
    assert "there is no org.yaml" in said.err
