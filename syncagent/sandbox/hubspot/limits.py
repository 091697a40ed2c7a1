"""Rate limits in real, monotonic time: rolling windows per ten seconds and, for search, per second; a daily count."""

import time
from collections import deque
from collections.abc import Callable, Mapping

DEFAULTS: Mapping[str, int | None] = {"per_ten_seconds": 190, "search_per_second": 5, "daily": 650_000}
_DAY_SECONDS = 86_400.0


class Window:
    """At most `maximum` calls within any `seconds`; a maximum of None never refuses."""

    def __init__(self, maximum: int | None, seconds: float, clock: Callable[[], float]) -> None:
        self.maximum = maximum
        self._seconds = seconds
        self._clock = clock
        self._calls: deque[float] = deque()

    @property
    def remaining(self) -> int:
        """How many calls the window still takes now."""
        self._forget()
        return max((self.maximum or 0) - len(self._calls), 0)

    def take(self) -> bool:
        """Count a call; False when the window is full (refused calls are not counted)."""
        if self.maximum is None:
            return True
        self._forget()
        if len(self._calls) >= self.maximum:
            return False
        self._calls.append(self._clock())
        return True

    def _forget(self) -> None:
        oldest = self._clock() - self._seconds
        while self._calls and self._calls[0] <= oldest:
            self._calls.popleft()


class Limits:
    """The limits of one portal and the headers that tell of them."""

    def __init__(self, given: Mapping[str, int | None], clock: Callable[[], float] = time.monotonic) -> None:
        limits = {**DEFAULTS, **given}
        self._rolling = Window(limits["per_ten_seconds"], 10.0, clock)
        self._search = Window(limits["search_per_second"], 1.0, clock)
        self._daily = Window(limits["daily"], _DAY_SECONDS, clock)

    def take(self, *, search: bool) -> str | None:
        """Count a call; the name of the limit that refuses it, if one does."""
        if search and not self._search.take():
            return "SECONDLY"
        if not self._daily.take():
            return "DAILY"
        return None if self._rolling.take() else "TEN_SECONDLY_ROLLING"

    def headers(self) -> dict[str, str]:
        """The rate-limit headers; search answers carry none."""
        headers: dict[str, str] = {}
        if self._daily.maximum is not None:
            headers["X-HubSpot-RateLimit-Daily"] = str(self._daily.maximum)
            headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(self._daily.remaining)
        if self._rolling.maximum is not None:
            headers["X-HubSpot-RateLimit-Interval-Milliseconds"] = "10000"
            headers["X-HubSpot-RateLimit-Max"] = str(self._rolling.maximum)
            headers["X-HubSpot-RateLimit-Remaining"] = str(self._rolling.remaining)
            headers["X-HubSpot-RateLimit-Secondly"] = str(max(self._rolling.maximum // 10, 1))
            headers["X-HubSpot-RateLimit-Secondly-Remaining"] = str(max(self._rolling.remaining // 10, 0))
        return headers
