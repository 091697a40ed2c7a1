"""Cron schedules in the org's zone, asked "what was due last?" so that a pause never turns into a burst of runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter  # type: ignore[import-untyped]  # ships no types

from syncagent.errors import ConfigurationError, Problem

_SECOND = timedelta(seconds=1)
_FIELDS = (5, 6)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A cron line (minute hour day month weekday, and seconds as an optional sixth) read in a time zone."""

    cron: str
    zone: ZoneInfo

    def latest(self, now: datetime) -> datetime:
        """Give the last instant at or before ``now`` when a run was due (UTC)."""
        return self._step(now.replace(microsecond=0) + _SECOND, forward=False)

    def after(self, instant: datetime, count: int = 1) -> datetime:
        """Give the ``count``-th instant after ``instant`` when a run is due (UTC)."""
        for _ in range(count):
            instant = self._step(instant, forward=True)
        return instant

    def _step(self, instant: datetime, *, forward: bool) -> datetime:
        lines = croniter(self.cron, instant.astimezone(self.zone))
        found: datetime = lines.get_next(datetime) if forward else lines.get_prev(datetime)
        return found.astimezone(UTC)


def parse_schedule(text: str, zone: ZoneInfo, *, setting: str, now: datetime) -> Schedule | None:
    """Read a schedule setting; ``off`` gives None.

    Raises:
        ConfigurationError: not a cron line, or one that never comes due; ``setting`` is named.
    """
    line = text.strip()
    if line.lower() == "off":
        return None
    schedule = Schedule(line, zone)
    if not line.startswith("@") and len(line.split()) not in _FIELDS:
        raise _wrong(setting, text)
    try:
        schedule.after(now)
        schedule.latest(now)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _wrong(setting, text) from None
    return schedule


def _wrong(setting: str, text: str) -> ConfigurationError:
    legal = "five fields `minute hour day month weekday` such as `30 6 * * 1-5`, or the word off"
    return ConfigurationError([Problem(setting, 0, 0, f"{text!r} is not a schedule that comes due; write {legal}")])
