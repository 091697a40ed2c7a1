"""How fast and how often a system may be called: token buckets, the daily budget, and what reply headers teach."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from syncagent.domain.records import System
from syncagent.errors import BudgetExhausted

_USAGE = re.compile(r"api-usage=(\d+)/(\d+)")
_PROBE_AFTER_SECONDS = 900.0
"""A learned "nothing left" is believed for 15 minutes; then one call may find out whether the day has turned."""


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """How many calls a day this agent may make, and how many of the system's own allowance it leaves to others.

    ``spent_calls`` are calls of today made by earlier processes; ``zone`` decides when a day ends.
    """

    daily_calls_max: int | None = None
    reserve_calls: int = 1000
    spent_calls: int = 0
    zone: tzinfo = UTC


class TokenBucket:
    """Thread-safe pacing: at most ``calls`` in any window of ``seconds``.

    Half the window's calls may go out at once, the other half is refilled over the window, so that burst and
    refill together stay within the limit wherever the system's window begins.
    """

    def __init__(
        self, calls: float, seconds: float, *, sleep: Callable[[float], None], monotonic: Callable[[], float]
    ) -> None:
        self._sleep, self._monotonic = sleep, monotonic
        self._lock = threading.Lock()
        self._filled_at = monotonic()
        self._set(calls, seconds)
        self._tokens = self._capacity

    def _set(self, calls: float, seconds: float) -> None:
        self._capacity = max(1.0, calls / 2)
        self._per_second = calls / 2 / seconds

    def _refill(self) -> None:
        now = self._monotonic()
        self._tokens = min(self._capacity, self._tokens + (now - self._filled_at) * self._per_second)
        self._filled_at = now

    def take(self) -> float:
        """Wait until one more call fits; give the seconds waited."""
        with self._lock:
            self._refill()
            self._tokens -= 1
            wait_seconds = max(0.0, -self._tokens / self._per_second)
        if wait_seconds:
            self._sleep(wait_seconds)
        return wait_seconds

    def learn(self, calls: int, seconds: float, remaining: int) -> None:
        """Adopt the limit the system states, and never believe in more than it says is left."""
        with self._lock:
            self._refill()
            self._set(calls, seconds)
            self._tokens = min(self._tokens, self._capacity, float(remaining))


class Budget:
    """Counts calls against the daily limits; one call too many is BudgetExhausted before anything is sent."""

    def __init__(
        self, system: System, limits: BudgetLimits, *, now: Callable[[], datetime], monotonic: Callable[[], float]
    ) -> None:
        self._system, self._limits = system, limits
        self._now, self._monotonic = now, monotonic
        self._lock = threading.Lock()
        self._day = self._today()
        self._spent = limits.spent_calls
        self._left: int | None = None
        self._learned_at = 0.0

    def _today(self) -> date:
        return self._now().astimezone(self._limits.zone).date()

    def take(self) -> None:
        """Count one call.

        Raises:
            BudgetExhausted: the agent's own maximum is reached, or only the reserve is left of the system's.
        """
        with self._lock:
            today = self._today()
            if today != self._day:
                self._day, self._spent, self._left = today, 0, None
            limit = self._limits.daily_calls_max
            if limit is not None and self._spent >= limit:
                raise self._exhausted(f"today's {limit} calls allowed by the settings are used")
            reserve = self._limits.reserve_calls
            fresh = self._monotonic() - self._learned_at < _PROBE_AFTER_SECONDS
            if self._left is not None and self._left <= reserve and fresh:
                raise self._exhausted(f"{self._left} calls are left today and {reserve} are reserved for others")
            self._spent += 1
            if self._left is not None:
                self._left -= 1

    def learn(self, left: int) -> None:
        """Adopt the number of calls the system says are left today."""
        with self._lock:
            self._left, self._learned_at = left, self._monotonic()

    def _exhausted(self, why: str) -> BudgetExhausted:
        return BudgetExhausted(
            f"{self._system}: the daily call budget is used up ({why}). The call was not sent; what was stored "
            "before stays stored. Run again tomorrow, or raise the budget or lower the reserve in the settings.",
            system=self._system,
        )


class Limits:
    """The budget and the buckets of one system, kept true by what its replies say."""

    def __init__(self, budget: Budget, buckets: Mapping[str, TokenBucket]) -> None:
        self._budget = budget
        self._buckets = buckets

    def take(self, bucket: str) -> float:
        """Count one call and wait for its turn; give the seconds waited."""
        self._budget.take()
        return self._buckets[bucket].take()

    def learn(self, headers: Mapping[str, str]) -> None:
        """Read ``Sforce-Limit-Info`` and ``X-HubSpot-RateLimit-*`` wherever a reply carries them."""
        left = calls_left(headers)
        if left is not None:
            self._budget.learn(left)
        most = _whole(headers, "X-HubSpot-RateLimit-Max")
        window = _whole(headers, "X-HubSpot-RateLimit-Interval-Milliseconds")
        remaining = _whole(headers, "X-HubSpot-RateLimit-Remaining")
        if most and window and remaining is not None:
            self._buckets["general"].learn(most, window / 1000, remaining)


def calls_left(headers: Mapping[str, str]) -> int | None:
    """Give the calls left today as the reply states them, None where it does not."""
    usage = _USAGE.search(headers.get("Sforce-Limit-Info", ""))
    if usage:
        return max(0, int(usage[2]) - int(usage[1]))
    return _whole(headers, "X-HubSpot-RateLimit-Daily-Remaining")


def _whole(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "")
    return int(text) if text.isdecimal() else None
