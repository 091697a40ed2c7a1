"""When a call is repeated and how long we wait: the only retrier of syncagent, bounded in attempts and in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import tenacity
from requests import exceptions
from urllib3.exceptions import NameResolutionError, NewConnectionError

from syncagent.connectors.replies import Kind, failed
from syncagent.domain.records import System
from syncagent.errors import ConnectorError, RateLimited, Rejected, Transient


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long one call is tried; waits grow from ``first_wait_seconds``, doubling, with jitter.

    ``write_wait_seconds_max`` (None: no shorter) is for writers whose preconditions were read just before and get old.
    """

    attempts_max: int = 8
    connect_attempts_max: int = 3
    wait_seconds_max: float = 120.0
    first_wait_seconds: float = 0.5
    single_wait_seconds_max: float = 30.0
    write_wait_seconds_max: float | None = None

    def towards(self, kind: Kind) -> Patience:
        """Give the patience for a kind of call."""
        if kind == "read" or self.write_wait_seconds_max is None:
            return self
        return replace(self, wait_seconds_max=min(self.wait_seconds_max, self.write_wait_seconds_max))


class Unreachable(Transient):
    """No connection could be made: the request was certainly not sent."""


class CertificateRefused(ConnectorError):
    """The server's TLS certificate is not trusted: nothing was sent, and another try changes nothing."""


def classify(system: System, kind: Kind, url: str, error: exceptions.RequestException) -> ConnectorError:
    """Name a failure of the connection by the one thing that matters: could the request have been executed?"""
    host = urlsplit(url).netloc
    if isinstance(error, exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        return CertificateRefused(
            f"{system}: the TLS certificate of {host} is not trusted; nothing was sent. If a proxy of your network "
            "signs certificates, point REQUESTS_CA_BUNDLE to its authority.",
            system=system,
            code="CERTIFICATE",
        )
    if isinstance(error, (exceptions.InvalidURL, exceptions.MissingSchema, exceptions.InvalidSchema)):
        return Rejected(
            f"{system}: {host or 'the address in the settings'} is no address a call can be sent to; nothing was sent. "
            "Correct it, for example https://acme.my.salesforce.com, or leave it empty for the real system.",
            system=system,
            code="ADDRESS",
        )
    if _was_not_sent(error):
        return Unreachable(
            f"{system}: no connection to {host} could be made ({_reason(error)}); nothing was sent. Check the "
            "address in the settings, the network, and, for a sandbox, that it is running; then run again.",
            system=system,
            code="UNREACHABLE",
        )
    return failed(system, kind, f"{system}: the connection to {host} broke ({_reason(error)})", "CONNECTION")


def _was_not_sent(error: exceptions.RequestException) -> bool:
    if isinstance(error, (exceptions.ConnectTimeout, exceptions.ProxyError)):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, (NewConnectionError, NameResolutionError))


def _reason(error: exceptions.RequestException) -> str:
    """Say why in a few words; the library's own text repeats URLs, which may hold values."""
    text = str(error)
    known = {
        "Connection refused": "connection refused",
        "Name or service not known": "unknown host name",
        "Failed to resolve": "unknown host name",
        "Connection reset": "connection reset",
        "Remote end closed": "closed without a reply",
    }
    words = next((words for sign, words in known.items() if sign in text), "")
    return words or ("no reply in time" if isinstance(error, exceptions.Timeout) else type(error).__name__)


def build_retrier(
    patience: Patience,
    *,
    sleep: Callable[[float], None],
    before_sleep: Callable[[tenacity.RetryCallState], None],
) -> tenacity.Retrying:
    """Build the retrier: Transient errors are tried again, everything else passes through at once."""
    first = patience.first_wait_seconds
    grow = tenacity.wait_exponential(multiplier=first, max=patience.single_wait_seconds_max)
    jitter = tenacity.wait_random(0, first)

    def wait(state: tenacity.RetryCallState) -> float:
        error = _error_of(state)
        if isinstance(error, RateLimited) and error.retry_after is not None:
            return error.retry_after + float(jitter(state))
        return float(grow(state)) + float(jitter(state))

    def stop(state: tenacity.RetryCallState) -> bool:
        unreachable = isinstance(_error_of(state), Unreachable)
        attempts_max = patience.connect_attempts_max if unreachable else patience.attempts_max
        too_long = state.idle_for + state.upcoming_sleep > patience.wait_seconds_max
        return state.attempt_number >= attempts_max or too_long

    return tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(Transient),
        wait=wait,
        stop=stop,
        sleep=sleep,
        before_sleep=before_sleep,
        retry_error_callback=_give_up,
    )


def _error_of(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _give_up(state: tenacity.RetryCallState) -> None:
    error = _error_of(state)
    waited = f"We tried {state.attempt_number} times and waited {state.idle_for:.0f} s"
    if isinstance(error, Unreachable):
        raise error
    if isinstance(error, RateLimited):
        raise RateLimited(
            f"{error}. {waited}, and {error.system} still asks us to slow down; the call was not executed. "
            "Run again later; what was stored before stays stored.",
            system=error.system,
            code=error.code,
            retry_after=error.retry_after,
        ) from error
    if isinstance(error, Transient):
        raise Transient(
            f"{error}. {waited} without success. Run again later; what was stored before stays stored.",
            system=error.system,
            code=error.code,
        ) from error
    raise AssertionError("only Transient errors are retried")  # pragma: no cover - the retry condition says so
