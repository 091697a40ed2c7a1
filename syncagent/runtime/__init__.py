"""Durable runs: kinds of run on a schedule, one at a time per org, resumed after a crash; knows no operation.

A :class:`Worker` submits runs, when their :class:`Schedule` says so, to a :class:`DurableRuns` engine, which performs
their steps (:class:`DbosRuns`). A step is at least once: what it calls must be resumable.
"""

from syncagent.runtime.board import Board, Standing
from syncagent.runtime.durable import DbosRuns, EngineOptions
from syncagent.runtime.health import Check, Limits, is_overdue
from syncagent.runtime.kinds import Given, Kind, RunEnded, Status, Step, StepResult, Summary
from syncagent.runtime.lock import WorkerLock, take_worker_lock
from syncagent.runtime.performing import Performer, safe_text
from syncagent.runtime.port import DurableRuns
from syncagent.runtime.schedule import Schedule, parse_schedule
from syncagent.runtime.worker import Surroundings, Worker

__all__ = [
    "Board",
    "Check",
    "DbosRuns",
    "DurableRuns",
    "EngineOptions",
    "Given",
    "Kind",
    "Limits",
    "Performer",
    "RunEnded",
    "Schedule",
    "Standing",
    "Status",
    "Step",
    "StepResult",
    "Summary",
    "Surroundings",
    "Worker",
    "WorkerLock",
    "is_overdue",
    "parse_schedule",
    "safe_text",
    "take_worker_lock",
]
