"""One worker process per org and machine: an operating-system lock that a killed process cannot keep."""

from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path

from syncagent.errors import Busy, StoreError


class WorkerLock:
    """The held lock; release it at the end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Let the next worker in; the file stays, since removing it would race with the next holder."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def take_worker_lock(path: Path) -> WorkerLock:
    """Take the lock, or say which process holds it.

    Raises:
        Busy: a live worker holds it.
        StoreError: the file cannot be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"{path}: the worker's lock file cannot be opened ({error.strerror}).") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 200).decode(errors="replace") or "a process that is just starting"
        os.close(descriptor)
        raise Busy(
            f"another worker serves this state already: {holder}. Nothing was started; stop that one first"
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)
    return WorkerLock(descriptor)
