"""Every call of a run meets trouble once: the run gets through, repeats no write, and ends where others end.

A lost reply is the worst: the write happened and nobody said so. It is settled by reading, never by sending again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from syncagent.sandbox.ledger import Entry
from tests.crash.scene import End, Scene

LONG = os.environ.get("SYNCAGENT_FUZZ") == "long"
READ_STEP = 1 if LONG else 3
WRITES_MIN = 8
TO_WRITES = ("reply_lost", "reset", "burst_429", "expire_token", "server_error")
TO_READS = ("reset", "burst_429", "expire_token")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an undisturbed run, and how many like it came before."""

    entry: Entry
    earlier: int

    @property
    def is_login(self) -> bool:
        """Tell whether it carries no token that could expire."""
        return self.entry.path.endswith("/token")

    def meet(self, scene: Scene, kind: str) -> None:
        """Have this call meet a fault."""
        path = f"^{re.escape(self.entry.path)}$"
        scene.box.fault(kind, self.entry.system, method=self.entry.method, path=path, after=self.earlier)


def calls_of(scene: Scene) -> tuple[list[Call], End]:
    """List the calls of an undisturbed run, with where it ends."""
    agent = scene.back_to("before apply")
    assert scene.run(agent, "apply", scene.plan["digest"]).code == 0
    entries = list(scene.box.ledger)
    return list(_counted(entries)), scene.end(agent)


def _counted(entries: list[Entry]) -> Iterator[Call]:
    for place, entry in enumerate(entries):
        alike = [each for each in entries[:place] if _key(each) == _key(entry)]
        yield Call(entry, len(alike))


def _key(entry: Entry) -> tuple[str, str, str]:
    return (entry.system, entry.method, entry.path)


def run_with(scene: Scene, call: Call, kind: str, expected: End) -> None:
    """Apply with one call in trouble; one run has to do it all."""
    agent = scene.back_to("before apply")
    call.meet(scene, kind)
    where = f"{kind} at call {call.entry.seq}: {call.entry.method} {call.entry.path}"
    ran = scene.run(agent, "apply", scene.plan["digest"])
    assert scene.box.faults.as_json() == [], f"{where}: the fault hit nothing"
    assert ran.code == 0, f"{where}: {ran}"
    scene.end(agent).assert_same(expected, told=where, ordered=False)


@pytest.mark.parametrize("kind", TO_WRITES)
def test_each_write_survives(scene: Scene, kind: str) -> None:
    calls, expected = calls_of(scene)
    writes = [call for call in calls if call.entry.committed]
    assert len(writes) >= WRITES_MIN
    for call in writes:
        run_with(scene, call, kind, expected)


@pytest.mark.parametrize("kind", TO_READS)
def test_each_read_survives(scene: Scene, kind: str) -> None:
    calls, expected = calls_of(scene)
    reads = [call for call in calls if not call.entry.committed]
    assert len(reads) >= 2 * WRITES_MIN
    for call in reads[::READ_STEP]:
        if kind != "expire_token" or not call.is_login:
            run_with(scene, call, kind, expected)
