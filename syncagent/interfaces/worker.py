"""The worker as a process: wired from settings and options, living under signals."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from syncagent.interfaces.worker_options import Place, WorkerOptions, kinds_of, parse_address, place_of
from syncagent.interfaces.worker_steps import Steps
from syncagent.logs import configure_logs, get_logger
from syncagent.runtime import (
    Board,
    DbosRuns,
    EngineOptions,
    Kind,
    Limits,
    Surroundings,
    Worker,
    take_worker_lock,
)
from syncagent.settings import Settings, load_settings

if TYPE_CHECKING:
    from syncagent.interfaces.worker_metrics import Metrics

_LOG = get_logger(__name__)


def _announce(_worker: Worker, address: str) -> None:
    _LOG.info("answering", address=address, paths=["/healthz", "/readyz", "/metrics"])


def run_worker(config: Path, options: WorkerOptions, ready: Callable[[Worker, str], None] = _announce) -> int:
    """Serve one configuration until SIGTERM or SIGINT; give the exit code.

    ``ready`` hears the worker and its address as soon as the pages answer.

    Raises:
        ConfigurationError: settings or options are wrong.
        Busy: another worker serves this state already.
    """
    from syncagent.interfaces.worker_http import Answers, serving
    from syncagent.interfaces.worker_metrics import Metrics
    from syncagent.interfaces.worker_state import read_view

    settings = load_settings(config)
    configure_logs(settings.log_level, settings.log_format)
    host, port = parse_address(options.address)
    place, metrics = place_of(settings, config), Metrics()
    steps = Steps(config, metrics.count_calls, options.packs or place.packs)
    kinds = kinds_of(options, settings.timezone, steps, _now())
    with ExitStack() as stack:
        stack.callback(take_worker_lock(place.lock).release)
        board = Board(place.engine_url, settings.org)
        stack.callback(board.close)
        worker = _worker(settings, options, place, kinds, board, metrics)
        address = stack.enter_context(serving(Answers(worker, metrics, lambda: read_view(config)), host, port))
        stack.enter_context(_signals(worker))
        ready(worker, address)
        worker.serve()
    if worker.running:
        _leave_behind(worker)
    return 0


def _worker(
    settings: Settings, options: WorkerOptions, place: Place, kinds: list[Kind], board: Board, metrics: Metrics
) -> Worker:
    executor = f"{socket.gethostname()}/worker/{settings.org}"
    return Worker(
        kinds,
        Surroundings(
            executor=executor,
            runs=DbosRuns(EngineOptions(place.engine_url, settings.org, executor, _now)),
            board=board,
            clock=_now,
            ticks=time.monotonic,
            observe=metrics.count_run,
            sole=place.embedded,
            limits=Limits(
                grace_seconds=options.grace_seconds,
                stale_minutes=options.stale_minutes,
                missed_max=options.missed_max,
                catch_up=options.catch_up,
            ),
        ),
    )


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def _signals(worker: Worker) -> Iterator[None]:
    """Let SIGTERM and SIGINT stop the worker gracefully; a second one ends the process, which is as safe as a kill."""

    def stop(_number: int, _frame: object) -> None:
        if worker.stopping.is_set():
            os._exit(1)
        worker.stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave_behind(worker: Worker) -> None:
    """End the process although a run is under way: its threads cannot be ended; the next start resumes it."""
    _LOG.warning("the grace period is over; the run is resumed at the next start", kinds=sorted(worker.running))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
