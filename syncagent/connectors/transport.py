"""The one way to a remote system: paced, budgeted, logged and counted; bytes leave in :meth:`Transport.send` alone."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
import structlog
import tenacity

from syncagent.connectors.limits import Limits
from syncagent.connectors.replies import Kind, judge
from syncagent.connectors.retrying import Patience, build_retrier, classify
from syncagent.domain.records import System
from syncagent.errors import ConnectorError, OutcomeUnknown, RateLimited

_LOG = structlog.get_logger("syncagent.connectors")


@dataclass(frozen=True, slots=True)
class Call:
    """One request: ``kind`` decides whether it may be repeated after its reply was lost.

    ``operation`` names it in logs and counters, so it holds no values; ``bucket`` is the pace it is subject to.
    """

    operation: str
    method: str
    url: str
    kind: Kind
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | str | None = field(default=None, repr=False)
    bucket: str = "general"


@dataclass(slots=True)
class Counters:
    """What the transport did so far; ``calls`` counts every request sent, repeats included."""

    calls: int = 0
    retries: int = 0
    rate_limited: int = 0
    unknown: int = 0
    waited_seconds: float = 0.0
    by_operation: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for a connection, and for each part of a reply."""

    connect_seconds: float = 10.0
    read_seconds: float = 120.0


class Transport:
    """Sends calls of one system; safe to share between threads."""

    def __init__(
        self,
        system: System,
        session: requests.Session,
        limits: Limits,
        *,
        patience: Patience,
        timeouts: Timeouts,
        now: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.system = system
        self.counters = Counters()
        self.server_time: datetime | None = None
        """The Date of the last reply: the system's own clock."""
        self._session, self._limits, self._timeouts = session, limits, timeouts
        self._now, self._sleep, self.patience = now, sleep, patience
        self._lock = threading.Lock()

    def call(self, call: Call) -> requests.Response:
        """Make a call, repeating it where that is safe; give the successful reply.

        Raises:
            ConnectorError: see :func:`syncagent.connectors.replies.judge` and
                :func:`syncagent.connectors.retrying.classify`.
        """
        retrier = build_retrier(self.patience.towards(call.kind), sleep=self._sleep, before_sleep=self._count_retry)
        response: requests.Response = retrier(self._attempt, call)
        return response

    def send(self, request: requests.PreparedRequest) -> requests.Response:
        """Let one request leave the process and read its reply whole; the only place where that happens."""
        settings = self._session.merge_environment_settings(request.url, {}, False, None, None)
        limits = (self._timeouts.connect_seconds, self._timeouts.read_seconds)
        return self._session.send(request, timeout=limits, allow_redirects=False, **settings)

    def _attempt(self, call: Call) -> requests.Response:
        paced_seconds = self._limits.take(call.bucket)
        started = time.perf_counter()
        status: int | None = None
        failure: ConnectorError | None = None
        try:
            response = self.send(self._prepare(call))
            status = response.status_code
            self._learn(response)
            judge(self.system, call.kind, response, now=self._now)
        except requests.RequestException as error:
            failure = classify(self.system, call.kind, call.url, error)
            raise failure from error
        except ConnectorError as error:
            failure = error
            raise
        finally:
            self._note(call, status, failure, time.perf_counter() - started, paced_seconds)
        return response

    def _prepare(self, call: Call) -> requests.PreparedRequest:
        return self._session.prepare_request(
            requests.Request(call.method, call.url, dict(call.headers), params=list(call.query), data=call.body)
        )

    def _learn(self, response: requests.Response) -> None:
        self._limits.learn(response.headers)
        date = response.headers.get("Date")
        if date:
            try:
                self.server_time = parsedate_to_datetime(date).astimezone(UTC)
            except ValueError:
                return

    def _note(
        self, call: Call, status: int | None, failure: ConnectorError | None, seconds: float, paced_seconds: float
    ) -> None:
        with self._lock:
            self.counters.calls += 1
            self.counters.by_operation[call.operation] += 1
            self.counters.waited_seconds += paced_seconds
            self.counters.rate_limited += isinstance(failure, RateLimited)
            self.counters.unknown += isinstance(failure, OutcomeUnknown)
        _LOG.info(
            "remote_call",
            system=self.system,
            operation=call.operation,
            method=call.method,
            kind=call.kind,
            status=status,
            failure=type(failure).__name__ if failure else None,
            code=failure.code if failure else None,
            milliseconds=round(seconds * 1000),
            paced_milliseconds=round(paced_seconds * 1000),
        )

    def _count_retry(self, state: tenacity.RetryCallState) -> None:
        with self._lock:
            self.counters.retries += 1
            self.counters.waited_seconds += state.upcoming_sleep
