"""Driver errors in words: what happened to the state, that nothing was lost, and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from syncagent.errors import StoreError

KEPT = "The change under way was rolled back; everything committed before it is intact."

_ADVICE = {
    "SQLITE_FULL": ("the disk is full", "Free space on that disk and run the command again."),
    "SQLITE_IOERR": ("the disk refused a read or a write", "Check its free space and health, then run it again."),
    "SQLITE_BUSY": (
        "another process has been writing to it for more than 30 seconds",
        "Wait for that run to end (`syncagent status` names it), then run the command again.",
    ),
    "SQLITE_READONLY": ("it is not writable", "Give this user write permission on the file and its folder."),
    "SQLITE_CANTOPEN": ("it cannot be opened", "Check that the folder exists and that this user may write there."),
    "SQLITE_NOTADB": ("it is not a SQLite database", "Point the state setting elsewhere, or restore a backup."),
    "SQLITE_CORRUPT": ("it is damaged", "Keep a copy of the file, restore a backup, and run `syncagent pull --full`."),
    "SQLITE_LOCKED": ("another connection is using it", "Run the command again."),
    "SQLITE_PERM": ("access was denied", "Give this user permission on the file and its folder."),
    "SQLITE_AUTH": ("access was denied", "Give this user permission on the file and its folder."),
    "SQLITE_NOMEM": ("there was not enough memory", "Give the process more memory and run the command again."),
}
_SERVER_TROUBLE = frozenset({"OperationalError", "ReadOnlySqlTransaction"})
"""psycopg's names for a server that is away, full or read-only; by name, because the driver is an optional extra."""


@contextmanager
def spoken(where: str) -> Iterator[None]:
    """Turn a driver's failure into a StoreError that names the state; a bug in our SQL passes through unchanged."""
    try:
        yield
    except PoolTimeoutError as error:
        raise StoreError(f"{where}: no free connection within 30 seconds. {KEPT} Run the command again.") from error
    except (DBAPIError, sqlite3.Error) as error:
        message = explain(error.orig if isinstance(error, DBAPIError) else error)
        if message is None:
            raise
        raise StoreError(f"{where}: {message}") from error


def explain(original: BaseException | None) -> str | None:
    """Say what a driver's error means for the user, or None when it can only be a bug."""
    if isinstance(original, sqlite3.Error):
        name = getattr(original, "sqlite_errorname", "")
        advice = next((words for code, words in _ADVICE.items() if name.startswith(code)), None)
        return None if advice is None else f"{advice[0]}. {KEPT} {advice[1]}"
    if _SERVER_TROUBLE & {kind.__name__ for kind in type(original).__mro__}:
        answer = " ".join(str(original).split())
        return f"the database server answered: {answer}. {KEPT} Check the server, then run it again."
    return None


def make_folder(folder: Path) -> None:
    """Create the folder of a state, or say in words why that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{folder}: the folder of the state cannot be created ({error.strerror}). Nothing was written. "
            "Name another folder, or make this one writable and its disk not full."
        ) from error
