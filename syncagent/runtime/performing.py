"""Perform one step: wait while the org is busy, and turn every failure into a recorded result."""

from __future__ import annotations

import re
import threading
import traceback
from dataclasses import dataclass, field

from syncagent.errors import Busy, GuardTripped, SyncagentError
from syncagent.logs import get_logger
from syncagent.runtime.kinds import Given, Step, StepResult

_LOG = get_logger(__name__)
_ADDRESS = re.compile(r"[^\s<>\"'@]+@[^\s<>\"'@]+")
_TEXT_MAX = 500
_FRAMES_MAX = 12


@dataclass(frozen=True, slots=True)
class Performer:
    """Calls steps; ``stopping`` ends the waiting for a busy org."""

    busy_wait_seconds: float = 20.0
    busy_attempts_max: int = 45
    stopping: threading.Event = field(default_factory=threading.Event)

    def perform(self, kind: str, step: Step, given: Given) -> StepResult:
        """Call a step until it does not find the org busy; no failure leaves this method."""
        for _attempt in range(self.busy_attempts_max):
            try:
                return step.call(given)
            except Busy as error:
                _LOG.info("the org is busy, the run waits", kind=kind, step=step.name, why=safe_text(error))
                if self.stopping.wait(self.busy_wait_seconds):
                    break
            except GuardTripped as error:
                _LOG.warning(
                    "a brake stopped the run; a person is needed", kind=kind, step=step.name, why=safe_text(error)
                )
                return StepResult("waiting", {"error": type(error).__name__, "text": safe_text(error)})
            except SyncagentError as error:
                _LOG.error("a run failed", kind=kind, step=step.name, error=type(error).__name__, why=safe_text(error))
                return StepResult("failed", {"error": type(error).__name__, "text": safe_text(error)})
            except Exception as error:  # noqa: BLE001 - the worker outlives a defect in one run and reports it
                _LOG.error(
                    "a defect stopped a run",
                    kind=kind,
                    step=step.name,
                    error=type(error).__name__,
                    stack=stack_of(error),
                )
                return StepResult("failed", {"error": f"defect: {type(error).__name__}", "text": safe_text(error)})
        return StepResult("busy", {"text": "another run held the org all the time; the next schedule tries again"})


def safe_text(error: Exception) -> str:
    """Give an error's text without e-mail addresses, which vendors like to quote, and not endless."""
    return _ADDRESS.sub("<address>", str(error))[:_TEXT_MAX]


def stack_of(error: Exception) -> list[str]:
    """Give the places an error came through, innermost last, without the values there, which are customers' data."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES_MAX:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
