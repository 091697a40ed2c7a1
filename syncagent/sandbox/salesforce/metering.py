"""The daily allowance of API requests, shown on every answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from syncagent.sandbox.clock import Clock
from syncagent.sandbox.salesforce.errors import limit_exceeded

REQUESTS_MAX = 100_000
_WINDOW = timedelta(hours=24)


@dataclass(slots=True)
class Meter:
    """Counts requests; the count starts again when the sandbox clock has moved a day."""

    clock: Clock
    allowed: int
    used: int = 0
    began: datetime | None = None

    def count(self) -> None:
        """Count one request; raises Refusal REQUEST_LIMIT_EXCEEDED when none is left."""
        now = self.clock.now()
        if self.began is None or not timedelta() <= now - self.began < _WINDOW:
            self.began, self.used = now, 0
        if self.used >= self.allowed:
            raise limit_exceeded()
        self.used += 1

    def header(self) -> dict[str, str]:
        """The header of every REST answer."""
        return {"sforce-limit-info": f"api-usage={self.used}/{self.allowed}"}

    def limits(self) -> dict[str, Any]:
        """The body of /limits; only the API requests are ever used up."""
        untouched = {
            "DailyBulkApiBatches": 15_000,
            "DailyBulkV2QueryJobs": 10_000,
            "DailyBulkV2QueryFileStorageMB": 976_562,
            "DataStorageMB": 10_240,
            "FileStorageMB": 10_240,
        }
        requests = {"Max": self.allowed, "Remaining": self.allowed - self.used}
        return {
            "DailyApiRequests": requests,
            **{name: {"Max": size, "Remaining": size} for name, size in untouched.items()},
        }
