"""Set-based questions over the mirror: the only DuckDB code, on a file that can be deleted at any time.

DuckDB never opens the state file: closing it there would drop this process's SQLite locks and lose commits. It works
on ``<org>.analytics.duckdb``, fed through our own connection with the rows that changed since the last refresh, opened
only for the length of one operation under a file lock, and deleted and rebuilt when in doubt.

    refresh(store, views, zone=ZoneInfo("Asia/Tokyo"), currency="JPY")
    query(store, 'SELECT "id" FROM "opportunities" WHERE "close_day" < ?', [20_000])

Besides the views there are ``stage_history(system, object, id, stage, at_us, day)``, ``association(from_object,
from_id, to_object, to_id)`` and ``link(pair, salesforce_object, salesforce_id, hubspot_object, hubspot_id)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias
from zoneinfo import ZoneInfo

import duckdb

from syncagent.errors import StoreError
from syncagent.store.analytics.feeds import Feed, builtin_feeds, view_feed
from syncagent.store.analytics.file import DOUBTFUL, discard, locked, opened
from syncagent.store.analytics.loading import load
from syncagent.store.analytics.specs import ColumnSpec, ViewSpec
from syncagent.store.state import Store

__all__ = ["Cell", "ColumnSpec", "ViewSpec", "query", "refresh"]

Cell: TypeAlias = str | int | bool | Decimal | float | None
"""What a query gives back in one place."""


def refresh(store: Store, views: Sequence[ViewSpec], *, zone: ZoneInfo, currency: str) -> None:
    """Bring the analytics file up to the state: what changed is fed, a view that is no longer declared is dropped.

    ``zone`` is the org's time zone, for day numbers; ``currency`` is assumed where a record carries none.

    Raises:
        StoreError: the file cannot be written; the state itself is untouched.
        Busy: another operation has been using the file for too long.
    """
    feeds = [view_feed(view, zone, currency) for view in views] + builtin_feeds(zone)
    with locked(store, exclusive=True):
        try:
            _load_or_rebuild(store, feeds)
        except (*DOUBTFUL, OSError) as error:
            raise _unusable(store, error) from error


def _load_or_rebuild(store: Store, feeds: Sequence[Feed]) -> None:
    try:
        load(store, feeds)
    except DOUBTFUL:
        discard(store)
        load(store, feeds)


def query(store: Store, sql: str, params: Sequence[Cell] | Mapping[str, Cell] = ()) -> list[dict[str, Cell]]:
    """Run one SELECT over the views as last refreshed, with no access to any other file, and give rows by column.

    Raises:
        StoreError: the file is missing or damaged; a refresh rebuilds it.
    """
    with locked(store, exclusive=False):
        try:
            with opened(store, writing=False) as connection:
                cursor = connection.execute(sql, params)
                names = [column[0] for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except DOUBTFUL as error:
            raise _unusable(store, error) from error


def _unusable(store: Store, error: duckdb.Error | OSError) -> StoreError:
    return StoreError(
        f"{store.file('.analytics.duckdb')}: {str(error).strip()}. The state itself is untouched. Free space on that "
        "disk if it is full, delete the file if it is damaged, and run the command again: it is rebuilt by itself."
    )
