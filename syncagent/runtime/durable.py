"""Durable runs on DBOS Transact: a run is a workflow, each operation call one recorded step of it.

What was measured and is respected here: two processes with one executor id both run a pending step (the worker lock
forbids them); a dead executor's runs stay where they are until somebody resumes them (`take_over`); a pinned
application version, or an upgrade would orphan what the old version left; an SQLite file of its own in WAL mode.
Nothing of the hosted service is used: all connections go to the database.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dbos import (
    DBOS,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    SetEnqueueOptions,
    SetWorkflowID,
    StepOptions,
    WorkflowStatus,
    error,
)

from syncagent.errors import Defect
from syncagent.logs import get_logger
from syncagent.runtime.engine import make_sqlite_engine
from syncagent.runtime.kinds import Document
from syncagent.runtime.port import Body

_LOG = get_logger(__name__)

FORMAT = "syncagent-runs-1"
"""The shape of a run (its steps and what they record), raised when that changes; not the program's version."""

RESUMED_MAX = 20
"""A run that took its process down so often is given up; the next one of its kind settles what it left open."""

_WORKFLOW = "syncagent.run"
_UNDER_WAY = ["PENDING"]
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_FORGET_MAX = 1000
_CONNECTIONS_MAX = 5
_THREADS_MAX = 8


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Where the engine keeps its records, and in whose name it works."""

    url: str
    """``sqlite:////folder/runs.db`` of its own, or a PostgreSQL address."""
    org: str
    executor: str
    """Host, role and org: never shared by two live processes."""
    clock: Callable[[], datetime]
    """UTC now."""
    polling_seconds: float = 1.0


class DbosRuns:
    """The engine; DBOS allows one per process."""

    def __init__(self, options: EngineOptions) -> None:
        self._options = options
        self._queue = f"syncagent-{options.org}"
        self._body: Body | None = None
        embedded = options.url.startswith("sqlite:")
        self._sqlite = make_sqlite_engine(options.url, options.clock) if embedded else None
        self._run = _decorated(self._perform)

    def launch(self, body: Body) -> None:
        """Begin to perform runs, first those this executor left behind."""
        self._body = body
        _forward_log()
        config: DBOSConfig = {
            "name": "syncagent",
            "system_database_url": self._options.url,
            "system_database_engine": self._sqlite,
            "sys_db_pool_size": _CONNECTIONS_MAX,
            "max_executor_threads": _THREADS_MAX,
            "application_version": FORMAT,
            "executor_id": self._options.executor,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
            "enable_otlp": False,
        }
        DBOS(config=config)
        DBOS.listen_queues([self._queue])
        DBOS.launch()
        DBOS.register_queue(
            self._queue,
            global_concurrency=1,
            polling_interval_sec=self._options.polling_seconds,
            on_conflict="always_update",
        )

    def submit(self, kind: str, due: datetime) -> bool:
        """Ask for a run; several workers may ask for the same one, it runs once."""
        run = f"{self._options.org}/{kind}/{due.isoformat()}"
        try:
            with SetWorkflowID(run), SetEnqueueOptions(deduplication_id=f"{self._options.org}/{kind}"):
                DBOS.enqueue_workflow(self._queue, self._run, kind, due.isoformat())
        except error.DBOSQueueDeduplicatedError:
            return False
        return True

    def executors(self) -> set[str]:
        """Name the executors that have runs of this org under way."""
        return {run.executor_id for run in self._under_way(None) if run.executor_id}

    def take_over(self, executor: str) -> list[str]:
        """Put a dead executor's runs back into the queue, where recorded steps are not made again."""
        runs = [run.workflow_id for run in self._under_way(executor)]
        for run in runs:
            DBOS.resume_workflow(run, queue_name=self._queue)
        return runs

    def forget(self, before: datetime) -> int:
        """Drop the records of runs that ended before an instant."""
        ended = DBOS.list_workflows(
            queue_name=self._queue,
            status=_ENDED,
            completed_before=before.isoformat(),
            limit=_FORGET_MAX,
            load_input=False,
            load_output=False,
        )
        if ended:
            DBOS.delete_workflows([run.workflow_id for run in ended])
        return len(ended)

    def stop(self, grace_seconds: float) -> None:
        """Start nothing more, wait for what runs, and close; a run that takes longer stays to be resumed."""
        DBOS.destroy(workflow_completion_timeout_sec=max(1, round(grace_seconds)), destroy_registry=True)
        if self._sqlite is not None:
            self._sqlite.dispose()

    def _under_way(self, executor: str | None) -> list[WorkflowStatus]:
        return DBOS.list_workflows(
            queue_name=self._queue, status=_UNDER_WAY, executor_id=executor, load_input=False, load_output=False
        )

    def _perform(self, kind: str, due: str) -> Document:
        if self._body is None:
            raise Defect("a run began before the engine was launched")
        return self._body(kind, due, _durably)


def _durably(name: str, call: Callable[[], Document]) -> Document:
    return DBOS.run_step(StepOptions(name=name), call)


def _decorated(perform: Callable[[str, str], Document]) -> Callable[[str, str], Document]:
    """Register the workflow under a fixed name, by which a resumed run finds it whatever the code is called."""

    def run(kind: str, due: str) -> Document:
        return perform(kind, due)

    return DBOS.workflow(name=_WORKFLOW, max_recovery_attempts=RESUMED_MAX)(run)


class _Forward(logging.Handler):
    """Hands the engine's warnings to our own log, in its form and redacted like every line."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        _LOG.log(record.levelno, "the engine says", said=record.getMessage(), where=record.module)


def _forward_log() -> None:
    engine = logging.getLogger("dbos")
    engine.propagate = False
    if not any(isinstance(present, _Forward) for present in engine.handlers):
        engine.handlers[:] = [_Forward()]
