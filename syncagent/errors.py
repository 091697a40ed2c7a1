"""The one error tree: what happened, where, what we did, what to do next.

SyncagentError                 exit 1: a run failed or is partial
├── UsageError                 exit 2: the call's words are off
├── ConfigurationError         exit 2: settings, mappings or policies; carries every Problem found
├── ConnectorError             one remote system did not do what we asked
│   ├── Transient              worth another try (reset, 5xx, lock)
│   ├── RateLimited            worth another try after a pause
│   ├── Rejected               the system refused this record; another try changes nothing
│   ├── AuthenticationFailed   the credentials are refused
│   ├── BudgetExhausted        our own daily budget for that system is used up
│   └── OutcomeUnknown         a write was sent and its reply lost; only reading can tell
├── StoreError                 the state could not be read or written (disk full, corrupt, newer version)
├── Busy                       another run holds the org
├── StalePlan                  expired, edited, foreign, used or unapproved plan
└── GuardTripped               a brake stopped the run: name, limit and measured value
Defect                         exit 3: a bug in syncagent
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class SyncagentError(Exception):
    """An expected failure whose text is written for the person who reads it."""

    exit_code = 1


class UsageError(SyncagentError):
    """The command was called with words that make no sense."""

    exit_code = 2


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One configuration mistake at a place (1-based line and column; 0 when the file has no such place)."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """Render as ``file:line:column: message``, the form editors and CI understand."""
        return f"{self.file}:{self.line}:{self.column}: {self.message}" if self.line else f"{self.file}: {self.message}"


class ConfigurationError(SyncagentError):
    """Settings, mappings or policies are wrong; all problems found are reported together."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ConnectorError(SyncagentError):
    """A remote system did not do what we asked.

    ``system`` is "salesforce" or "hubspot"; ``code`` is the vendor's own error code where it gave one.
    """

    def __init__(self, message: str, *, system: str = "", code: str = "") -> None:
        self.system = system
        self.code = code
        super().__init__(message)


class Transient(ConnectorError):
    """The same request may succeed later."""


class RateLimited(Transient):
    """The system asked us to slow down; ``retry_after`` is in seconds, None where it did not say."""

    def __init__(self, message: str, *, system: str = "", code: str = "", retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message, system=system, code=code)


class Rejected(ConnectorError):
    """The system refused this request for a reason that another try will not change."""


class AuthenticationFailed(ConnectorError):
    """The credentials were refused; nothing was read or written."""


class BudgetExhausted(ConnectorError):
    """The daily call budget is used up; the run ends partial at its last checkpoint."""


class OutcomeUnknown(ConnectorError):
    """A write was sent and no reply came back: it may or may not have happened."""


class StoreError(SyncagentError):
    """The state store could not be read or written."""


class Busy(SyncagentError):
    """Another run holds the org's lease."""


class StalePlan(SyncagentError):
    """The plan may not be applied: expired, edited, used, unapproved, or made elsewhere."""


class GuardTripped(SyncagentError):
    """A brake stopped the run before anything was written."""


class Defect(Exception):
    """A state that must not happen; reported as a bug with exit code 3."""
