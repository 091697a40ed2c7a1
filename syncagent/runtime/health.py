"""Judge whether a worker does what it should: pure rules over what the board shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from syncagent.runtime.board import Standing
from syncagent.runtime.kinds import Kind


@dataclass(frozen=True, slots=True)
class Limits:
    """How a worker paces itself and when it calls itself unwell; seconds unless the name says otherwise."""

    tick_seconds: float = 1.0
    beat_seconds: float = 15.0
    dead_seconds: float = 90.0
    """A worker on a shared database that showed no life for so long is dead; its runs are taken over."""
    grace_seconds: float = 60.0
    stale_minutes: int = 60
    """The last successful pull may be so old before the worker calls itself not ready."""
    missed_max: int = 3
    """So many due runs in a row without success are an alert."""
    keep_days: int = 35
    catch_up: bool = True
    """Whether a run missed while no worker ran is made up for at the start, once per kind."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the readiness of a worker depends on."""

    name: str
    ok: bool
    text: str


def is_overdue(kind: Kind, standing: Standing, now: datetime, missed_max: int) -> bool:
    """Tell whether ``missed_max`` due runs have passed since a kind's last success, or since it is known at all."""
    return kind.schedule.after(standing.ok_at or standing.since, missed_max) <= now


def check_kinds(kinds: Iterable[Kind], standings: Mapping[str, Standing], now: datetime, limits: Limits) -> list[Check]:
    """Judge every kind by its schedule, and the pull by its age besides."""
    checks = []
    for kind in kinds:
        standing = standings.get(kind.name)
        if standing is None:
            checks.append(Check(kind.name, False, "not scheduled yet"))
            continue
        last = f"last success {_when(standing.ok_at)}, last end {standing.status or 'none yet'}"
        ok = not is_overdue(kind, standing, now, limits.missed_max)
        if kind.name == "pull":
            limit = timedelta(minutes=limits.stale_minutes)
            ok = ok and standing.ok_at is not None and now - standing.ok_at <= limit
        checks.append(Check(kind.name, ok, last))
    return checks


def _when(instant: datetime | None) -> str:
    return "never" if instant is None else instant.isoformat(timespec="seconds")
