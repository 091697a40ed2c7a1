"""The worker: submits runs when they are due, performs them, takes over from the dead, and says when it is unwell."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from syncagent.logs import get_logger
from syncagent.runtime.board import Board, Standing
from syncagent.runtime.health import Check, Limits, check_kinds, is_overdue
from syncagent.runtime.kinds import (
    Document,
    Given,
    Kind,
    RunEnded,
    Step,
    StepResult,
    Summary,
    from_document,
    to_document,
    worst,
)
from syncagent.runtime.performing import Performer
from syncagent.runtime.port import DurableRuns, Durably

_LOG = get_logger(__name__)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUSEKEEPING_SECONDS = 3600.0
_STUCK_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a worker works with; ``clock`` gives UTC now, ``ticks`` seconds passing.

    ``sole`` says that no other machine can serve this state, so that every other executor's runs are a dead one's.
    """

    executor: str
    runs: DurableRuns
    board: Board
    clock: Callable[[], datetime]
    ticks: Callable[[], float]
    observe: Callable[[RunEnded], None]
    sole: bool
    limits: Limits = field(default_factory=Limits)
    performer: Performer = field(default_factory=Performer)


class Worker:
    """Serves one org; :meth:`serve` is its life from start to stop."""

    def __init__(self, kinds: Sequence[Kind], surroundings: Surroundings) -> None:
        self._kinds = {kind.name: kind for kind in kinds}
        self._with = surroundings
        self._limits = surroundings.limits
        self._due: dict[str, datetime] = {}
        self._alerted: set[str] = set()
        self._next: dict[str, float] = {}
        self._launched = False
        self._ticked_at = surroundings.ticks()
        self.running: set[str] = set()
        """Kinds with a run under way in this process."""

    @property
    def stopping(self) -> threading.Event:
        """Set it to make the worker stop."""
        return self._with.performer.stopping

    def serve(self) -> None:
        """Work until told to stop, then stop gracefully."""
        try:
            self.start()
            while not self.stopping.wait(self._limits.tick_seconds):
                self.tick()
        finally:
            self.stop()

    def start(self) -> None:
        """Show presence, launch the engine, and learn what was due last."""
        now = self._with.clock()
        self._with.board.beat(self._with.executor, now)
        for kind in self._kinds.values():
            due = _EPOCH if kind.at_first else kind.schedule.latest(now)
            self._with.board.introduce(kind.name, now, due)
            if not self._limits.catch_up:
                self._with.board.set_due(kind.name, kind.schedule.latest(now))
        self._due = {name: standing.due_at for name, standing in self._with.board.standings().items()}
        self._with.runs.launch(self._body)
        self._launched = True
        _LOG.info("the worker is up", executor=self._with.executor, kinds=sorted(self._kinds))

    def stop(self) -> None:
        """Start nothing more, give the run under way its grace, leave the board."""
        self.stopping.set()
        _LOG.info("the worker stops", grace_seconds=self._limits.grace_seconds)
        self._with.runs.stop(self._limits.grace_seconds)
        self._launched = False
        self._with.board.leave(self._with.executor)

    def tick(self) -> None:
        """Do what is due now; a failure is logged and tried again at the next tick."""
        jobs: tuple[tuple[str, float, Callable[[datetime], None]], ...] = (
            ("beat", self._limits.beat_seconds, self._beat),
            ("submit", 0.0, self._submit_due),
            ("sweep", self._limits.beat_seconds, self._sweep),
            ("watch", self._limits.beat_seconds, self._watch),
            ("forget", _HOUSEKEEPING_SECONDS, self._forget),
        )
        for name, seconds, job in jobs:
            ticks = self._with.ticks()
            if ticks < self._next.get(name, ticks):
                continue
            self._next[name] = ticks + seconds
            try:
                job(self._with.clock())
            except Exception as error:  # noqa: BLE001 - a worker outlives a database that is away for a while
                _LOG.error("the worker could not do its rounds", job=name, error=type(error).__name__, why=str(error))
        self._ticked_at = self._with.ticks()

    def is_alive(self) -> bool:
        """Tell whether the rounds go on."""
        return self._with.ticks() - self._ticked_at < _STUCK_SECONDS

    def checks(self) -> list[Check]:
        """Judge the readiness of the worker."""
        up = self._launched and not self.stopping.is_set()
        engine = Check("engine", up, "launched" if up else "stopping" if self._launched else "not launched")
        return [engine, *check_kinds(self._kinds.values(), self.standings(), self._with.clock(), self._limits)]

    def standings(self) -> dict[str, Standing]:
        """Give how each kind of this worker stands."""
        return {name: found for name, found in self._with.board.standings().items() if name in self._kinds}

    def _body(self, name: str, due: str, durably: Durably) -> Document:
        """Perform one run step by step; what a crash cut off is called again, what was recorded is not."""
        kind, began = self._kinds.get(name), self._with.ticks()
        if kind is None:
            _LOG.warning("a run of a kind that is off was dropped", kind=name, due=due)
            return {"status": "ok"}
        self.running.add(name)
        given: dict[str, Summary] = {}
        results: list[StepResult] = []
        for step in kind.steps:
            made = durably(step.name, partial(self._step, name, step, dict(given)))
            results.append(from_document(made))
            given[step.name] = results[-1].summary
            if results[-1].status in {"busy", "failed"}:
                break
        status = worst([result.status for result in results])
        self._end(RunEnded(name, status, self._with.ticks() - began, self._with.clock(), given), due)
        return {"status": status}

    def _step(self, name: str, step: Step, given: Given) -> Document:
        return to_document(self._with.performer.perform(name, step, given))

    def _end(self, ended: RunEnded, due: str) -> None:
        self.running.discard(ended.kind)
        self._with.board.note_end(ended.kind, ended.status, ended.ended_at)
        self._with.observe(ended)
        _LOG.info("a run ended", kind=ended.kind, due=due, status=ended.status, seconds=round(ended.seconds, 1))

    def _beat(self, now: datetime) -> None:
        self._with.board.beat(self._with.executor, now)

    def _submit_due(self, now: datetime) -> None:
        """Submit one run per kind whose last due instant is news, however many instants were missed before it."""
        for name, kind in self._kinds.items():
            due = kind.schedule.latest(now)
            if due <= self._due[name]:
                continue
            if not self._with.runs.submit(name, due):
                _LOG.info("the run before is not finished; it stands for this one too", kind=name, due=due.isoformat())
            self._due[name] = due
            self._with.board.set_due(name, due)

    def _sweep(self, now: datetime) -> None:
        """Take over the runs of executors that are dead."""
        seen_since = now if self._with.sole else now - timedelta(seconds=self._limits.dead_seconds)
        for executor in sorted(self._with.runs.executors() - {self._with.executor}):
            if self._with.board.claim_dead(executor, seen_since, now):
                taken = self._with.runs.take_over(executor)
                _LOG.warning("a dead worker's runs are resumed here", executor=executor, runs=taken)

    def _watch(self, now: datetime) -> None:
        """Raise the alarm, once, for a kind that has not succeeded for several due runs."""
        for name, standing in self.standings().items():
            if not is_overdue(self._kinds[name], standing, now, self._limits.missed_max):
                if name in self._alerted:
                    _LOG.warning("a kind of run succeeds again", kind=name)
                self._alerted.discard(name)
            elif name not in self._alerted:
                self._alerted.add(name)
                last = standing.ok_at.isoformat() if standing.ok_at else "never"
                _LOG.error(
                    "a kind of run has not succeeded for several due runs; look at the log lines of its last ends",
                    kind=name,
                    last_success=last,
                    last_end=standing.status,
                    due_runs=self._limits.missed_max,
                )

    def _forget(self, now: datetime) -> None:
        self._with.runs.forget(now - timedelta(days=self._limits.keep_days))
