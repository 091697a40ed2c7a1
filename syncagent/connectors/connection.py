"""What both connectors are built on: one session, one transport, one pace, from the same settings."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from syncagent.connectors.limits import Budget, BudgetLimits, Limits, TokenBucket
from syncagent.connectors.retrying import Patience
from syncagent.connectors.sessions import open_session
from syncagent.connectors.transport import Timeouts, Transport
from syncagent.domain.records import System


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a connection behaves: its budget, its patience and its timeouts."""

    budget: BudgetLimits = field(default_factory=BudgetLimits)
    patience: Patience = field(default_factory=Patience)
    timeouts: Timeouts = field(default_factory=Timeouts)
    pool_size: int = 8


@dataclass(frozen=True, slots=True)
class Clocks:
    """The ways to tell and to pass time; ``now`` is the agent's clock, the others measure waits."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


def open_transport(
    system: System, url: str, conduct: Conduct, clocks: Clocks, paces: Mapping[str, tuple[float, float]]
) -> Transport:
    """Open the transport of one system; ``paces`` names each bucket's calls per seconds, "general" among them."""
    buckets = {
        name: TokenBucket(calls, seconds, sleep=clocks.sleep, monotonic=clocks.monotonic)
        for name, (calls, seconds) in paces.items()
    }
    budget = Budget(system, conduct.budget, now=clocks.now, monotonic=clocks.monotonic)
    return Transport(
        system,
        open_session(url if url.startswith("http://") else "", pool_size=conduct.pool_size),
        Limits(budget, buckets),
        patience=conduct.patience,
        timeouts=conduct.timeouts,
        now=clocks.now,
        sleep=clocks.sleep,
    )


def server_time(transport: Transport, now: Callable[[], datetime]) -> datetime:
    """Give the system's clock as its last reply told it, our own where it told nothing."""
    return transport.server_time or now().astimezone(UTC)
