"""What a reply means: success, a refusal, a pause, missing credentials, or a write nobody knows the outcome of."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal, TypeAlias

import orjson
import requests

from syncagent.connectors.limits import calls_left
from syncagent.domain.records import System
from syncagent.errors import (
    AuthenticationFailed,
    BudgetExhausted,
    ConnectorError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
)

Kind: TypeAlias = Literal["read", "write"]

_TITLE = re.compile(r"<title>\s*(.*?)\s*</title>", re.IGNORECASE | re.DOTALL)
_LOCKED_SECONDS_MIN = 2.0
_TEXT_MAX = 500


class Refusal(Rejected):
    """A request the system answered with 3xx or 4xx; ``body`` is its JSON, None where it sent something else."""

    def __init__(self, message: str, *, system: System, code: str, status: int, body: Any) -> None:
        self.status = status
        self.body = body
        super().__init__(message, system=system, code=code)


class Unauthorised(Refusal):
    """401: the token is not valid (any more); the request was not executed."""


def explain(response: requests.Response) -> tuple[str, str, Any]:
    """Give (code, message, JSON body) of an error reply of any shape: array, object, OAuth error, HTML or nothing."""
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return f"HTTP_{response.status_code}", _text_of(response), None
    item = body[0] if isinstance(body, list) and body else body
    if not isinstance(item, dict):
        return f"HTTP_{response.status_code}", str(item)[:_TEXT_MAX], body
    code = next((str(item[key]) for key in ("errorCode", "category", "errorType", "error") if item.get(key)), "")
    message = str(item.get("message") or item.get("error_description") or "")
    fields = item.get("fields")
    if isinstance(fields, list) and fields:
        message += f" (fields: {', '.join(map(str, fields))})"
    return code or f"HTTP_{response.status_code}", message[:_TEXT_MAX], body


def _text_of(response: requests.Response) -> str:
    title = _TITLE.search(response.text[:4000])
    return title[1][:_TEXT_MAX] if title else f"HTTP {response.status_code} without a readable explanation"


def judge(system: System, kind: Kind, response: requests.Response, *, now: Callable[[], datetime]) -> None:
    """Return for a success; otherwise raise the error that says what may be done about it.

    Raises:
        Unauthorised: 401.
        RateLimited: 429, a Salesforce 403 REQUEST_LIMIT_EXCEEDED, a locked or migrating HubSpot account.
        BudgetExhausted: the same, when the day's allowance is gone.
        Transient: 5xx to a read.
        OutcomeUnknown: 5xx to a write.
        Refusal: every other answer.
    """
    status = response.status_code
    if status < requests.codes.multiple_choices:
        return
    code, message, body = explain(response)
    said = f"{system} answered {status} {code}: {message}" if message else f"{system} answered {status} {code}"
    if status == requests.codes.unauthorized:
        raise Unauthorised(said, system=system, code=code, status=status, body=body)
    if status in (423, 429, 477) or code == "REQUEST_LIMIT_EXCEEDED":
        raise _paused(system, response, said, code, body, now)
    if status == 530:  # noqa: PLR2004 - HubSpot's edge answers so when the token cannot even be read
        raise AuthenticationFailed(
            f"{said}. The access token is not one {system} can read; nothing was read or written. "
            "Copy the token again, whole and without spaces.",
            system=system,
            code=code,
        )
    if status >= requests.codes.server_error or status == requests.codes.request_timeout:
        raise failed(system, kind, said, code)
    raise Refusal(said, system=system, code=code, status=status, body=body)


def failed(system: System, kind: Kind, what: str, code: str = "") -> ConnectorError:
    """Name a failure after which a read may be repeated, while a write may or may not have happened."""
    if kind == "read":
        return Transient(what, system=system, code=code)
    return OutcomeUnknown(
        f"{what}. The write was sent and its reply lost: it may or may not have happened. It is not sent again; "
        "read the records to settle it.",
        system=system,
        code=code,
    )


def _paused(
    system: System, response: requests.Response, said: str, code: str, body: Any, now: Callable[[], datetime]
) -> ConnectorError:
    policy = body.get("policyName") if isinstance(body, dict) else None
    if policy == "DAILY" or (code == "REQUEST_LIMIT_EXCEEDED" and calls_left(response.headers) == 0):
        return BudgetExhausted(
            f"{said}. The day's calls of the {system} account are used up; the call was not executed. "
            "Run again when the allowance is renewed.",
            system=system,
            code=code,
        )
    wait_seconds = retry_after_seconds(response.headers.get("Retry-After"), now)
    if response.status_code == requests.codes.locked:
        wait_seconds = max(wait_seconds or 0.0, _LOCKED_SECONDS_MIN)
    return RateLimited(said, system=system, code=policy or code, retry_after=wait_seconds)


def retry_after_seconds(text: str | None, now: Callable[[], datetime]) -> float | None:
    """Read a Retry-After header, seconds or HTTP date; None where it is absent or unreadable."""
    if not text:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now()).total_seconds())
    except (ValueError, TypeError):
        return None
