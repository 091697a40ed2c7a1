"""SOQL texts: quoting, conditions, and lists cut so that a query fits into a URL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import quote_plus

from syncagent.connectors.scalars import wire_instant

URI_BYTES_MAX = 14_000
"""Salesforce refuses URIs above 16,384 bytes; the rest is room for host, path and headers."""

_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def quote_text(value: str) -> str:
    """Give a text as a SOQL literal."""
    return f"'{value.translate(_ESCAPES)}'"


def after(stamp: str, at: datetime, record_id: str) -> str:
    """Give the condition "later than this place in the order (stamp, Id)"; an empty id includes the instant."""
    moment = wire_instant(at)
    if not record_id:
        return f"{stamp} >= {moment}"
    return f"({stamp} > {moment} OR ({stamp} = {moment} AND Id > {quote_text(record_id)}))"


def uri_size(soql: str) -> int:
    """Count the bytes a query takes in the URL (a Japanese character takes nine)."""
    return len(quote_plus(soql))


def fits(soql: str) -> bool:
    """Tell whether a query may travel in a URL."""
    return uri_size(soql) <= URI_BYTES_MAX


def any_of(name: str, values: Sequence[str], *, room: int) -> Iterator[str]:
    """Give ``name IN (...)`` conditions that together cover all values, each within ``room`` URL bytes."""
    chunk: list[str] = []
    used = 0
    for value in values:
        literal = quote_text(value)
        size = uri_size(f"{literal},")
        if chunk and used + size > room:
            yield f"{name} IN ({','.join(chunk)})"
            chunk, used = [], 0
        chunk.append(literal)
        used += size
    if chunk:
        yield f"{name} IN ({','.join(chunk)})"
