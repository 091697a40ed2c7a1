"""The real command killed at random moments of pull, plan, apply and undo, then run again to the same end."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time

import pytest

from tests.crash.scene import End, Scene
from tests.installation import ROOT, Agent, clean_environment, command

KILLS = 500 if os.environ.get("SYNCAGENT_FUZZ") == "long" else 50
PARTS = 4
MOMENTS = {"pull": "before pull", "plan": "before plan", "apply": "before apply", "undo": "before undo"}
MIX = ("apply", "apply", "undo", "apply", "pull", "apply", "plan", "undo")


def words_of(scene: Scene, name: str) -> tuple[str, ...]:
    """Give a command of the cycle."""
    return {"apply": ("apply", str(scene.plan["digest"])), "undo": ("undo", "run-0002")}.get(name, (name,))


def start(agent: Agent, words: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """Start the command as a process of its own."""
    quiet = subprocess.DEVNULL
    with clean_environment():
        return subprocess.Popen(
            [*command(), *words, "--config", str(agent.folder)], cwd=ROOT, stdout=quiet, stderr=quiet
        )


@pytest.fixture(scope="session")
def expected(scene: Scene) -> dict[str, tuple[End, float]]:
    """Where each command ends undisturbed, and how long the real one takes."""
    ends: dict[str, tuple[End, float]] = {}
    for name, moment in MOMENTS.items():
        agent = scene.back_to(moment)
        began = time.monotonic()
        assert start(agent, words_of(scene, name)).wait(timeout=60) == 0
        ends[name] = (scene.end(agent), time.monotonic() - began)
    return ends


@pytest.mark.parametrize("part", range(PARTS))
def test_a_random_kill_loses_nothing(scene: Scene, expected: dict[str, tuple[End, float]], part: int) -> None:
    chance = random.Random(part)
    for number in range(part, KILLS, PARTS):
        name = MIX[number % len(MIX)] if number % 3 else MIX[(number // 3) % len(MIX)]
        end, seconds = expected[name]
        agent = scene.back_to(MOMENTS[name])
        process = start(agent, words_of(scene, name))
        delay = seconds * chance.uniform(0.4, 1.0)
        try:
            process.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        again = scene.run(agent, *words_of(scene, name))
        where = f"kill {number} of {name} after {delay:.3f} s"
        assert again.code == 0 or "already" in again.err, f"{where}: {again}"
        scene.end(agent).assert_same(end, told=where)
