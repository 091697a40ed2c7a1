"""SIGKILL before and after every remote call and every commit of a run, then the same command again.

The witness is the sandbox's call ledger: the writes of a killed and resumed run are those of an undisturbed one, in
number, content and order. Events are told by letters: R/r before and after a remote call, C/c around a commit.
"""

from __future__ import annotations

import os
from collections import Counter

import orjson
import pytest

from tests.crash.scene import End, Ran, Scene

LONG = os.environ.get("SYNCAGENT_FUZZ") == "long"
SLICES = 4
"""So that several workers share the points."""
UNDO_STEP = 1 if LONG else 3

SIGKILL = -9
BATCHES_MIN = 8
"""Write calls the plan takes at least: two kinds of creates, people on both sides, guarded deals, flags."""


def undisturbed(scene: Scene, moment: str, *words: str) -> tuple[Ran, End]:
    """Run a command from a moment to its end."""
    agent = scene.back_to(moment)
    ran = scene.run(agent, *words)
    assert ran.code == 0, ran
    return ran, scene.end(agent)


def kill_and_resume(scene: Scene, moment: str, words: tuple[str, ...], point: int, expected: End, events: str) -> None:
    """Kill a run at one point, run the same command again, and compare where everything stands."""
    agent = scene.back_to(moment)
    where = f"killed at event {point} of {words[0]} (...{events[max(0, point - 8) : point]})"
    killed = scene.run(agent, *words, dies_at=point)
    assert (killed.code, killed.events) == (SIGKILL, events[:point]), where
    again = scene.run(agent, *words)
    finished = "already" in again.err and point >= last_commit_of_the_run(events)
    assert again.code == 0 or finished, f"{where}: {again}"
    scene.end(agent).assert_same(expected, told=where)


def last_commit_of_the_run(events: str) -> int:
    """Give the letter with which the run is closed: the commit before the one that gives the lease back."""
    return events.rindex("c", 0, events.rindex("c")) + 1


def test_the_plan_has_every_kind_of_change(scene: Scene) -> None:
    changes = scene.plan["changes"]
    kinds = Counter((change["record"]["system"], change["operation"]) for change in changes)
    assert len(changes) >= 30
    assert {("salesforce", "update"), ("hubspot", "update"), ("salesforce", "create"), ("hubspot", "create")} <= set(
        kinds
    )
    assert kinds["salesforce", "create"] + kinds["hubspot", "create"] >= 3
    assert [change["after"] for change in changes if change["field"] == "StageName"] == ["失注"]
    assert {"SyncAgent_Flag__c", "syncagent_flag"} <= {change["field"] for change in changes}


def test_an_undisturbed_run_writes_each_change_once(scene: Scene) -> None:
    ran, end = undisturbed(scene, "before apply", "apply", scene.plan["digest"])
    assert len(end.state["journal"]) == len(scene.plan["changes"]) + first_run_rows(end)
    assert {row[3] for row in end.state["journal"]} == {"applied"}
    written = Counter(write for write in end.writes)
    assert max(written.values()) == 1
    values = [
        (system, note["object"], note["id"], name, value)
        for system, _method, text in end.writes
        for note in [orjson.loads(text)]
        for name, value in note["fields"].items()
    ]
    assert len(set(map(str, values))) == len(values)
    assert ran.events.count("R") == ran.events.count("r") >= 2 * BATCHES_MIN
    assert ran.events.count("C") == ran.events.count("c") >= 2 * BATCHES_MIN + 5


def first_run_rows(end: End) -> int:
    """Count the journal rows of the run that gave the warnings, before the scene."""
    return sum(row[0] == "run-0001" for row in end.state["journal"])


@pytest.mark.parametrize("part", range(SLICES))
def test_apply_killed_at_every_event_ends_the_same(scene: Scene, part: int) -> None:
    words = ("apply", scene.plan["digest"])
    ran, expected = undisturbed(scene, "before apply", *words)
    points = range(1 + part, len(ran.events) + 1, SLICES)
    assert len(points) >= (4 * BATCHES_MIN * 2) // SLICES
    for point in points:
        kill_and_resume(scene, "before apply", words, point, expected, ran.events)
    print(f"{len(points)} of {len(ran.events)} kill points of apply: {ran.events}")  # noqa: T201 - how many there were


@pytest.mark.parametrize("part", range(SLICES))
def test_undo_killed_at_events_ends_the_same(scene: Scene, part: int) -> None:
    words = ("undo", "run-0002")
    ran, expected = undisturbed(scene, "before undo", *words)
    points = range(1 + part, len(ran.events) + 1, SLICES)[::UNDO_STEP]
    assert len(points) >= (4 * BATCHES_MIN * 2) // SLICES // UNDO_STEP
    for point in points:
        kill_and_resume(scene, "before undo", words, point, expected, ran.events)
    print(f"{len(points)} of {len(ran.events)} kill points of undo: {ran.events}")  # noqa: T201 - how many there were
