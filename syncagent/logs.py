"""Structured logs on standard error, without personal data or secrets."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import cast

import structlog

_REDACTED = ("token", "secret", "password", "authorization", "email", "phone", "name", "body", "assertion")
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure_logs(level: str, form: str) -> None:
    """Set up logging once per process: ``level`` is the least severe line shown, ``form`` "text" or "json"."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def redact(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Blank every key that could carry a secret or personal data, whoever logged it."""
    for key in event:
        if key != "event" and any(word in key.lower() for word in _REDACTED):
            event[key] = "***"
    return event


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Give a module's logger."""
    return cast("structlog.stdlib.BoundLogger", structlog.get_logger(name))
