"""Faults an operator or a test injects at run time: each waits for matching calls, fires, and is used up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncagent.sandbox.wire import Request

HANG_UPS = ("reply_lost", "reset")
REFUSALS = ("burst_429", "expire_token", "server_error")
KINDS = HANG_UPS + REFUSALS
_KEYS = ("kind", "system", "method", "path", "after", "times", "retry_after")


class FaultError(ValueError):
    """A fault was described wrongly; the message names the legal words."""


@dataclass(slots=True)
class Fault:
    """What goes wrong, for which calls. `after` calls pass first, then `times` calls are hit; both count down."""

    kind: str
    system: str
    method: str | None = None
    path: re.Pattern[str] | None = None
    after: int = 0
    times: int = 1
    retry_after: int | None = None

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> "Fault":
        """A fault from its JSON form; `path` is a regular expression searched in the decoded path."""
        for key in data:
            if key not in _KEYS:
                raise FaultError(f"Unknown key {key!r}; a fault has {', '.join(_KEYS)}.")
        kind, system = data.get("kind"), data.get("system")
        if kind not in KINDS:
            raise FaultError(f"Unknown kind {kind!r}; there are {', '.join(KINDS)}.")
        if system not in ("salesforce", "hubspot"):
            raise FaultError(f"Unknown system {system!r}; there are salesforce, hubspot.")
        method = data.get("method")
        return cls(
            kind,
            system,
            method if method is None else str(method).upper(),
            _read_pattern(data.get("path")),
            _read_count(data, "after", 0, 0),
            _read_count(data, "times", 1, 1),
            None if data.get("retry_after") is None else _read_count(data, "retry_after", 0, 0),
        )

    def matches(self, system: str, request: Request) -> bool:
        """Whether a call is one this fault counts."""
        if self.kind == "expire_token" and not request.headers.get("authorization", "").lower().startswith("bearer "):
            return False
        return (
            system == self.system
            and self.method in (None, request.method)
            and (self.path is None or self.path.search(request.path) is not None)
        )

    def as_json(self) -> dict[str, Any]:
        """The fault with what is left of its counters."""
        return {
            "kind": self.kind,
            "system": self.system,
            "method": self.method,
            "path": None if self.path is None else self.path.pattern,
            "after": self.after,
            "times": self.times,
            "retry_after": self.retry_after,
        }


class Faults:
    """The faults in waiting, oldest first; the first that is due takes the call."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, kind: str, system: str, **more: Any) -> Fault:
        """Arrange a fault; the keywords are the keys of its JSON form. Raises FaultError."""
        fault = Fault.parse({"kind": kind, "system": system, **more})
        self._waiting.append(fault)
        return fault

    def take(self, system: str, request: Request) -> Fault | None:
        """The fault that hits this call, if any; counters move."""
        for fault in self._waiting:
            if not fault.matches(system, request):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            fault.times -= 1
            if fault.times == 0:
                self._waiting.remove(fault)
            return fault
        return None

    def clear(self) -> None:
        """Call everything off."""
        self._waiting = []

    def as_json(self) -> list[dict[str, Any]]:
        """The faults still waiting."""
        return [fault.as_json() for fault in self._waiting]


def _read_pattern(text: Any) -> re.Pattern[str] | None:
    if text is None:
        return None
    try:
        return re.compile(str(text))
    except re.error as error:
        raise FaultError(f"path {text!r} is not a regular expression: {error}.") from None


def _read_count(data: Mapping[str, Any], key: str, default: int, least: int) -> int:
    value = data.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise FaultError(f"{key} must be a whole number of at least {least}, not {value!r}.")
    return value
