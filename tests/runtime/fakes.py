"""An engine without a database and a clock that is told the time, to test a worker's decisions alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from syncagent.runtime import Board, Kind, Limits, RunEnded, Schedule, Step, StepResult, Surroundings, Worker
from syncagent.runtime.kinds import Document
from syncagent.runtime.port import Body

TOKYO = ZoneInfo("Asia/Tokyo")


@dataclass
class FakeRuns:
    """Keeps what is submitted; runs it when told to."""

    body: Body | None = None
    waiting: dict[str, str] = field(default_factory=dict)
    submitted: list[tuple[str, str]] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    taken: list[str] = field(default_factory=list)
    forgotten: list[datetime] = field(default_factory=list)
    stopped: list[float] = field(default_factory=list)
    broken: bool = False

    def launch(self, body: Body) -> None:
        self.body = body

    def submit(self, kind: str, due: datetime) -> bool:
        if self.broken:
            raise OSError("the database is away")
        if kind in self.waiting:
            return False
        self.waiting[kind] = due.isoformat()
        self.submitted.append((kind, due.isoformat()))
        return True

    def executors(self) -> set[str]:
        return set(self.dead)

    def take_over(self, executor: str) -> list[str]:
        self.dead.discard(executor)
        self.taken.append(executor)
        return ["acme/pull/x"]

    def forget(self, before: datetime) -> int:
        self.forgotten.append(before)
        return 0

    def stop(self, grace_seconds: float) -> None:
        self.stopped.append(grace_seconds)

    def run_all(self) -> list[Document]:
        """Perform what waits, in order."""
        assert self.body is not None
        documents = [self.body(kind, due, lambda _name, call: call()) for kind, due in self.waiting.items()]
        self.waiting.clear()
        return documents


class World:
    """A worker, its fake engine and its clock."""

    def __init__(self, folder: Path, start: datetime, *, sole: bool = True, limits: Limits | None = None) -> None:
        self.now = start
        self.seconds = 0.0
        self.runs = FakeRuns()
        self.board = Board(f"sqlite:///{folder / 'runs.db'}", "acme")
        self.ended: list[RunEnded] = []
        self.outcomes: dict[str, Callable[[], StepResult]] = {}
        self.kinds = [
            Kind("pull", Schedule("*/10 * * * *", TOKYO), (self._step("pull"),), at_first=True),
            Kind("plan", Schedule("30 6 * * *", TOKYO), (self._step("plan"), self._step("apply"))),
        ]
        self.limits = limits or Limits()
        self.sole = sole
        self.worker = self.make_worker()

    def make_worker(self) -> Worker:
        """Give a new process on the same state."""
        surroundings = Surroundings(
            executor="me",
            runs=self.runs,
            board=self.board,
            clock=lambda: self.now,
            ticks=lambda: self.seconds,
            observe=self.ended.append,
            sole=self.sole,
            limits=self.limits,
        )
        return Worker(self.kinds, surroundings)

    def _step(self, name: str) -> Step:
        return Step(name, lambda _given: self.outcomes.get(name, lambda: StepResult("ok", {name: 1}))())

    def pass_time(self, **how_long: float) -> None:
        """Let time pass and the worker do its rounds once."""
        span = timedelta(**how_long)
        self.now += span
        self.seconds += span.total_seconds()
        self.worker.tick()
