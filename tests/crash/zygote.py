"""A process with the agent loaded that forks one child per command, and can have it killed at an exact event.

Events are the remote calls and the writing commits. A child writes one letter to a pipe before and after each
(R/r, C/c), so that what it got done is known however it ended, and kills itself at the moment it was told.
One request per line of standard input, one answer per line of standard output, both JSON.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from unittest import mock

import orjson
import requests
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.engine.interfaces import DBAPIConnection

from syncagent.connectors.connection import Conduct
from syncagent.connectors.retrying import Patience
from syncagent.connectors.transport import Transport
from syncagent.interfaces import wiring
from syncagent.interfaces.cli import run
from syncagent.store.engine import WRITING

LOADED = (
    *(f"syncagent.operations.{name}" for name in ("apply", "plan", "pull", "undo")),
    "syncagent.connectors.salesforce",
    "syncagent.connectors.hubspot",
    "simple_salesforce.api",
    "hubspot.crm.objects",
    "duckdb",
)


@dataclass(frozen=True, slots=True)
class Request:
    """A command, the files for what it prints, and at which event's letter it dies (None: it lives)."""

    words: tuple[str, ...]
    out: str
    err: str
    dies_at: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """How the command ended (a negative code is a signal) and the letters of its events."""

    code: int
    events: str


class Letters:
    """Writes the letter of each event, and kills the process at one of them."""

    def __init__(self, pipe: int, dies_at: int | None) -> None:
        self._pipe, self._dies_at, self._count = pipe, dies_at, 0

    def write(self, letter: str) -> None:
        """Take note of an event; never returns from the last one."""
        os.write(self._pipe, letter.encode())
        self._count += 1
        if self._count == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Hook the only place bytes leave the process, and every commit of a writing transaction."""
        send, commit = Transport.send, DefaultDialect.do_commit
        writing: list[bool] = []

        def send_noted(transport: Transport, request: requests.PreparedRequest) -> requests.Response:
            self.write("R")
            response = send(transport, request)
            self.write("r")
            return response

        @event.listens_for(Engine, "commit")
        def before(connection: Connection) -> None:
            if connection.get_execution_options().get(WRITING):
                writing.append(True)
                self.write("C")

        def commit_noted(dialect: DefaultDialect, connection: DBAPIConnection) -> None:
            commit(dialect, connection)  # type: ignore[no-untyped-call]  # SQLAlchemy's
            if writing:
                writing.pop()
                self.write("c")

        mock.patch.object(Transport, "send", send_noted).start()
        mock.patch.object(DefaultDialect, "do_commit", commit_noted).start()


def prepare() -> None:
    """Import what the commands load lazily, so that a fork starts at once, and never waits long."""
    patience = Patience(first_wait_seconds=0.01, write_wait_seconds_max=wiring.WRITE_WAIT_SECONDS_MAX)
    mock.patch.object(wiring, "_conduct", return_value=Conduct(patience=patience)).start()
    for name in LOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def serve_child(request: Request, pipe: int) -> int:
    """Be the child: run the command with its output in files."""
    for path, descriptor in ((os.devnull, 0), (request.out, 1), (request.err, 2)):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), descriptor)
    Letters(pipe, request.dies_at).watch()
    return run(list(request.words))


def fork(request: Request, serve: Callable[[Request, int], int] = serve_child) -> Answer:
    """Run one command in a child and wait for its end, whatever that is."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.close(reading)
            code = serve(request, writing)
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as letters:
        events = letters.read()
    _child, status = os.waitpid(child, 0)
    return Answer(os.waitstatus_to_exitcode(status), events)


def main() -> None:
    """Answer requests until standard input ends."""
    prepare()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        answer = fork(Request(**orjson.loads(line)))
        sys.stdout.write(orjson.dumps(asdict(answer)).decode() + "\n")
        sys.stdout.flush()
    os._exit(0)  # frozen objects of native modules would complain on the way out


if __name__ == "__main__":
    main()
