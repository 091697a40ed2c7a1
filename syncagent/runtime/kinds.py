"""Kinds of run: what is done, in which steps, how often, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from syncagent.errors import Defect
from syncagent.runtime.schedule import Schedule

Status: TypeAlias = Literal["ok", "partial", "waiting", "busy", "failed"]
"""ok; partial: some rows dropped out, each with its reason; waiting: a brake asks for a person; busy: another run held
the org for too long; failed."""

STATUSES: tuple[Status, ...] = get_args(Status)
SUCCESSES: frozenset[Status] = frozenset({"ok", "partial", "waiting"})
"""Ways to end that leave nothing for an operator to repair."""

Summary: TypeAlias = "Mapping[str, int | str | None]"
Given: TypeAlias = "Mapping[str, Summary]"
"""What the earlier steps of the same run returned, by step name."""

Document: TypeAlias = "dict[str, int | str | None]"


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one step did: ``summary`` holds counts and ids, never personal data; it is stored and handed on."""

    status: Status
    summary: Summary = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One operation call of a run, at least once: a call cut short is made again, so it must be resumable."""

    name: str
    call: Callable[[Given], StepResult]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of run; ``at_first`` kinds run once as soon as a worker starts on a new state."""

    name: str
    schedule: Schedule
    steps: tuple[Step, ...]
    at_first: bool = False


@dataclass(frozen=True, slots=True)
class RunEnded:
    """How one run ended; ``seconds`` counts from its start or, after a crash, from its resumption."""

    kind: str
    status: Status
    seconds: float
    ended_at: datetime
    steps: Given = field(default_factory=dict)


def worst(statuses: list[Status]) -> Status:
    """Sum up the steps of a run: the one that went least well speaks for it."""
    return max(statuses, key=STATUSES.index, default="ok")


def to_document(result: StepResult) -> Document:
    """Give a step's result as one flat JSON object."""
    if "status" in result.summary:
        raise Defect("a step's summary may not use the key status")
    return {**result.summary, "status": result.status}


def from_document(document: Mapping[str, int | str | None]) -> StepResult:
    """Undo :func:`to_document`."""
    rest = dict(document)
    word = rest.pop("status", None)
    for status in STATUSES:
        if word == status:
            return StepResult(status, rest)
    raise Defect(f"a stored step result has the unknown status {word}")
