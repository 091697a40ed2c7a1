"""The sandbox's time: it stands still until a write or an operator moves it."""

from datetime import datetime, timedelta


class Clock:
    """A fixed clock, timezone-aware; it never follows real time."""

    def __init__(self, now: datetime, tick: timedelta = timedelta(seconds=1)) -> None:
        _demand_aware(now)
        self._now = now
        self.tick = tick

    def now(self) -> datetime:
        """The sandbox's present."""
        return self._now

    def touch(self) -> datetime:
        """Advance by one tick and return the new time: called once per committed write request, before stamping."""
        self._now += self.tick
        return self._now

    def set(self, now: datetime) -> None:
        """Move to a moment, forwards or backwards."""
        _demand_aware(now)
        self._now = now

    def advance(self, delta: timedelta) -> datetime:
        """Move by a duration and return the new time."""
        self._now += delta
        return self._now


def _demand_aware(now: datetime) -> None:
    if now.tzinfo is None:
        raise ValueError(f"The sandbox clock needs a time zone, for example 2026-11-16T08:00:00+09:00; got {now}.")
