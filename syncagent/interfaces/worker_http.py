"""The worker's three pages for machines: /healthz (alive), /readyz (doing its work), /metrics."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from syncagent.errors import ConfigurationError, Problem, SyncagentError
from syncagent.interfaces.worker_metrics import Look, Metrics
from syncagent.interfaces.worker_state import StateView
from syncagent.runtime import Check, Worker, safe_text

_STOP_SECONDS = 10.0
_UNWELL = 503


@dataclass(frozen=True, slots=True)
class Answers:
    """Where the answers come from; ``read_view`` reads the state or raises."""

    worker: Worker
    metrics: Metrics
    read_view: Callable[[], StateView]
    reading: threading.Lock = field(default_factory=threading.Lock)
    """One look at the state at a time, however often somebody asks."""

    async def healthz(self, _request: Request) -> Response:
        """Tell whether the process does its rounds; if not, it should be started anew."""
        alive = self.worker.is_alive()
        return JSONResponse({"alive": alive}, 200 if alive else _UNWELL)

    def readyz(self, _request: Request) -> Response:
        """Tell whether everything a person relies on is in order, and what is not."""
        look = self.look()
        checks = {check.name: {"ok": check.ok, "text": check.text} for check in look.checks}
        return JSONResponse({"ready": look.ready, "checks": checks}, 200 if look.ready else _UNWELL)

    def show_metrics(self, _request: Request) -> Response:
        """Give the metrics."""
        return Response(self.metrics.render(self.look(), datetime.now(UTC)), media_type=CONTENT_TYPE_LATEST)

    def look(self) -> Look:
        """Read the state and the worker's own books; what cannot be read is a red check."""
        with self.reading:
            try:
                view, state = self.read_view(), Check("state", True, "reachable")
            except SyncagentError as error:
                view, state = None, Check("state", False, safe_text(error))
            try:
                return Look(view, [state, *self.worker.checks()], self.worker.standings())
            except SyncagentError as error:
                return Look(view, [state, Check("engine", False, safe_text(error))], {})


@contextmanager
def serving(answers: Answers, host: str, port: int) -> Iterator[str]:
    """Serve in a thread of its own until the block ends; give the address, with the port that was picked for 0.

    Raises:
        ConfigurationError: the address cannot be listened on.
    """
    routes = [
        Route("/healthz", answers.healthz),
        Route("/readyz", answers.readyz),
        Route("/metrics", answers.show_metrics),
    ]
    config = uvicorn.Config(Starlette(routes=routes), log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    with _listen(host, port) as listening:
        thread = threading.Thread(target=server.run, args=([listening],), name="worker-http", daemon=True)
        thread.start()
        shown = f"[{host}]" if ":" in host else host
        try:
            yield f"http://{shown}:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(_STOP_SECONDS)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        message = f"{host}:{port} cannot be listened on ({error.strerror}); name another address"
        raise ConfigurationError([Problem("SYNCAGENT_WORKER_ADDRESS", 0, 0, message)]) from error
