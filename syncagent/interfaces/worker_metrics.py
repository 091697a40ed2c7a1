"""A worker's Prometheus metrics; labels are kinds, systems and objects, never records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from syncagent import __version__
from syncagent.domain.records import SYSTEMS, System
from syncagent.interfaces.worker_state import StateView
from syncagent.runtime import Check, RunEnded, Standing

_DURATIONS = (1, 5, 15, 60, 300, 900, 3600, 14400)


@dataclass(frozen=True, slots=True)
class Look:
    """What is true now: the state (None where out of reach), the readiness checks, how each kind stands."""

    view: StateView | None
    checks: Sequence[Check]
    standings: Mapping[str, Standing]

    @property
    def ready(self) -> bool:
        """Tell whether every check is green."""
        return all(check.ok for check in self.checks)


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # untyped in the client
        self._registry = registry = CollectorRegistry()
        self._runs = Counter(
            "syncagent_runs", "Runs by kind and how they ended.", ["kind", "status"], registry=registry
        )
        self._seconds = Histogram(
            "syncagent_run_seconds", "Duration of runs.", ["kind"], buckets=_DURATIONS, registry=registry
        )
        self._calls = Counter("syncagent_calls", "Remote calls by system.", ["system"], registry=registry)
        self._success = Gauge(
            "syncagent_last_success_timestamp_seconds",
            "When a kind of run last succeeded, by any worker.",
            ["kind"],
            registry=registry,
        )
        self._unsettled = Gauge(
            "syncagent_unsettled_writes", "Writes sent whose outcome is not known yet.", registry=registry
        )
        self._lag = Gauge(
            "syncagent_lag_seconds", "Seconds since the last successful pull: how old the mirror is.", registry=registry
        )
        self._newest = Gauge(
            "syncagent_newest_change_timestamp_seconds",
            "The newest change of an object the mirror holds, by the system's own clock.",
            ["system", "object"],
            registry=registry,
        )
        self._check = Gauge("syncagent_check_ok", "1 where a readiness check is green.", ["check"], registry=registry)
        Gauge("syncagent_info", "Version.", ["version"], registry=registry).labels(__version__).set(1)
        for system in SYSTEMS:
            self._calls.labels(system)

    def count_run(self, ended: RunEnded) -> None:
        """Count a run that ended in this process."""
        self._runs.labels(ended.kind, ended.status).inc()
        self._seconds.labels(ended.kind).observe(ended.seconds)

    def count_calls(self, calls: Mapping[System, int]) -> None:
        """Count remote calls one step made."""
        for system, count in calls.items():
            self._calls.labels(system).inc(count)

    def render(self, look: Look, now: datetime) -> bytes:
        """Give everything in Prometheus' text form; figures that cannot be read now are left out or NaN, not old."""
        for kind, standing in look.standings.items():
            if standing.ok_at is not None:
                self._success.labels(kind).set(standing.ok_at.timestamp())
        pulled = look.standings.get("pull")
        at = pulled.ok_at if pulled else None
        self._lag.set((now - at).total_seconds() if at else float("nan"))
        for check in look.checks:
            self._check.labels(check.name).set(check.ok)
        self._newest.clear()
        for (system, name), changed_at in look.view.newest.items() if look.view else ():
            self._newest.labels(system, name).set(changed_at.timestamp())
        self._unsettled.set(look.view.unsettled if look.view else float("nan"))
        return generate_latest(self._registry)
