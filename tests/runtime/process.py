"""A worker process with operations that only write to a file; started, killed and started again by the tests.

Arguments: folder, seconds one step takes, cron line, executor, "sole" or "shared", the engine's database, the org.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from syncagent.runtime import (
    Board,
    DbosRuns,
    EngineOptions,
    Given,
    Kind,
    Limits,
    Schedule,
    Step,
    StepResult,
    Surroundings,
    Worker,
)

_CONNECT = socket.socket.connect


def connect_here_only(self: socket.socket, address: tuple[str, int] | str) -> None:
    """Refuse every connection that leaves the machine, and leave a trace of the attempt."""
    if self.family == socket.AF_INET and address[0] != "127.0.0.1":
        write("connected", str(address))
        raise OSError("no outside connections")
    _CONNECT(self, address)


def write(*words: object) -> None:
    """Append one line that survives a kill."""
    with (Path(sys.argv[1]) / "log").open("a") as log:
        print(os.getpid(), *words, file=log, flush=True)


def work(name: str, seconds: float) -> Step:
    """Make a step that writes a line when it begins and one when it ends."""

    def call(given: Given) -> StepResult:
        write("begin", name, ",".join(given))
        time.sleep(seconds)
        write("end", name)
        return StepResult("ok", {"pid": os.getpid()})

    return Step(name, call)


def now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """Serve until told to stop."""
    seconds, cron, executor, sole, url, org = float(sys.argv[2]), *sys.argv[3:8]
    socket.socket.connect = connect_here_only  # type: ignore[method-assign,assignment]  # the test's spy
    board = Board(url, org)
    schedule = Schedule(cron, ZoneInfo("UTC"))
    kinds = [Kind("pull", schedule, (work("first", 0), work("second", seconds)), at_first=True)]
    worker = Worker(
        kinds,
        Surroundings(
            executor=executor,
            runs=DbosRuns(EngineOptions(url, org, executor, now, polling_seconds=0.1)),
            board=board,
            clock=now,
            ticks=time.monotonic,
            observe=lambda ended: write("ended", ended.kind, ended.status),
            sole=sole == "sole",
            limits=Limits(tick_seconds=0.05, beat_seconds=0.2, dead_seconds=1, grace_seconds=5),
        ),
    )
    signal.signal(signal.SIGTERM, lambda _signal, _frame: worker.stopping.set())
    worker.serve()
    board.close()
    write("stopped", ",".join(worker.running))


if __name__ == "__main__":
    main()
