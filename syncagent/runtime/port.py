"""The port to the engine of durable runs: the few things a worker needs of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeAlias

from syncagent.runtime.kinds import Document

Durably: TypeAlias = "Callable[[str, Callable[[], Document]], Document]"
"""Make a named call whose result is recorded: a resumed run takes the recorded result instead of calling again."""

Body: TypeAlias = "Callable[[str, str, Durably], Document]"
"""What one run does, given its kind and the instant it was due; every effect goes through the ``Durably`` given."""


class DurableRuns(Protocol):
    """An engine that performs submitted runs one at a time per org and resumes those that a crash cut short."""

    def launch(self, body: Body) -> None:
        """Begin to perform runs: those this executor left behind first, then what is submitted."""
        ...

    def submit(self, kind: str, due: datetime) -> bool:
        """Ask for a run; False when the same kind is waiting or running already, which will do for this one too."""
        ...

    def executors(self) -> set[str]:
        """Name the executors that have runs under way."""
        ...

    def take_over(self, executor: str) -> list[str]:
        """Resume the runs a dead executor left under way; give their ids."""
        ...

    def forget(self, before: datetime) -> int:
        """Drop the records of runs that ended before an instant; give how many."""
        ...

    def stop(self, grace_seconds: float) -> None:
        """Start nothing more, let what runs finish within the grace period, and let go of everything."""
        ...
