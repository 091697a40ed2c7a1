"""Conditional requests: If-Modified-Since and If-Unmodified-Since against LastModifiedDate, to the second."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from syncagent.sandbox.salesforce.errors import Refusal
from syncagent.sandbox.salesforce.state import read_stamp
from syncagent.sandbox.salesforce.table import Row
from syncagent.sandbox.wire import Request, Response


def check_unchanged(request: Request, row: Row) -> None:
    """Refuse an update whose condition does not hold: 412 PRECONDITION_FAILED, or 400 for a header that is no date."""
    modified = last_modified(row)
    until, since = _read(request, "if-unmodified-since"), _read(request, "if-modified-since")
    if (until is not None and modified > until) or (since is not None and modified <= since):
        message = f"The record was last modified at {format_datetime(modified, usegmt=True)}"
        raise Refusal("PRECONDITION_FAILED", message, status=412)


def check_read(request: Request, row: Row) -> Response | None:
    """The 304 of a record that did not change, or None to go on; raises Refusal 412 as an update does."""
    modified = last_modified(row)
    since, until = _read(request, "if-modified-since"), _read(request, "if-unmodified-since")
    if until is not None and modified > until:
        message = f"The record was last modified at {format_datetime(modified, usegmt=True)}"
        raise Refusal("PRECONDITION_FAILED", message, status=412)
    return Response(304) if since is not None and modified <= since else None


def last_modified(row: Row) -> datetime:
    """When a record was last modified by a user, to the second; history rows only know their SystemModstamp."""
    stamp: str = row.get("LastModifiedDate") or row["SystemModstamp"]
    return read_stamp(stamp).replace(microsecond=0)


def _read(request: Request, header: str) -> datetime | None:
    value = request.headers.get(header)
    if value is None:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        raise Refusal("BAD_REQUEST", f"Invalid HTTP date in header {header}: {value}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
