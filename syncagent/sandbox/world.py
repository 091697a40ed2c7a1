"""Both systems with their clock, ledger and faults: everything a request meets, without the network."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from syncagent.sandbox import admin
from syncagent.sandbox.clock import Clock
from syncagent.sandbox.dataset import ASSOCIATIONS, Dataset
from syncagent.sandbox.faults import HANG_UPS, Fault, Faults
from syncagent.sandbox.ledger import Ledger
from syncagent.sandbox.wire import Request, Response, System, Writes

SNAPSHOTS_MAX = 64

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What goes back over the connection: the response, or the way of hanging up when `hang_up` is set."""

    response: Response
    hang_up: str | None = None


@dataclass(frozen=True, slots=True)
class _Snapshot:
    now: datetime
    systems: Mapping[str, object]


class World:
    """The state behind both ports. One lock makes calls, edits and snapshots happen one at a time."""

    def __init__(self, org: Mapping[str, Any], clock: Clock, systems: Mapping[str, System]) -> None:
        self.org = org
        self.clock = clock
        self.systems = systems
        self.ledger = Ledger()
        self.faults = Faults()
        self.lock = threading.RLock()
        self._snapshots: OrderedDict[str, _Snapshot] = OrderedDict()
        self._taken = 0

    def answer(self, system: str, request: Request) -> Outcome:
        """Serve one call on the port of a system, faults and ledger included."""
        with self.lock:
            if request.path.startswith(admin.PREFIX):
                return Outcome(admin.answer(self, request))
            fault = self.faults.take(system, request)
            writes = Writes()
            if fault is None or fault.kind == "reply_lost":
                response = self._handle(system, request, writes)
            elif fault.kind == "reset":
                response = Response(0)
            else:
                response = self.systems[system].refuse(fault.kind, request, fault.retry_after)
            self._record(system, request, response, fault, writes)
            hang_up = fault.kind if fault is not None and fault.kind in HANG_UPS else None
            return Outcome(response, hang_up)

    def edit(self, system: str, object: str, id: str, fields: Mapping[str, Any], user: str) -> None:  # noqa: A002
        """A person edits a record on the screen; raises EditError when the system's rules refuse it."""
        with self.lock:
            writes = Writes()
            self.systems[system].edit(object, id, fields, user, writes)
            call = ("EDIT", f"/_sandbox/edit/{object}/{id}", ())
            self.ledger.record(self.clock.now(), system, call, f"person:{user}", 200, None, writes.notes)

    def snapshot(self) -> str:
        """Remember the whole state under a new id; the oldest of more than 64 is dropped."""
        with self.lock:
            self._taken += 1
            name = str(self._taken)
            states = {system: handler.snapshot() for system, handler in self.systems.items()}
            self._snapshots[name] = _Snapshot(self.clock.now(), states)
            if len(self._snapshots) > SNAPSHOTS_MAX:
                self._snapshots.popitem(last=False)
            return name

    def restore(self, name: str) -> None:
        """Return to a snapshot; ledger and faults are cleared. Raises KeyError for an unknown id."""
        with self.lock:
            snapshot = self._snapshots[name]
            for system, state in snapshot.systems.items():
                self.systems[system].restore(state)
            self.clock.set(snapshot.now)
            self.ledger.clear()
            self.faults.clear()

    def dump(self) -> Dataset:
        """The present state as a dataset that a sandbox can start from."""
        with self.lock:
            clock = {**self.org["clock"], "now": self.clock.now().isoformat()}
            dumped = {system: handler.dump() for system, handler in self.systems.items()}
            hubspot = dumped.get("hubspot", {})
            associations = hubspot.pop(ASSOCIATIONS, [])
            return Dataset({**self.org, "clock": clock}, dumped.get("salesforce", {}), hubspot, associations)

    def _handle(self, system: str, request: Request, writes: Writes) -> Response:
        try:
            return self.systems[system].handle(request, writes)
        except Exception:
            logger.exception(
                "The sandbox failed on %s %s; this is a defect of the sandbox.", request.method, request.path
            )
            writes.notes.clear()
            return Response.json(500, {"status": "error", "message": "internal error of the sandbox"})

    def _record(self, system: str, request: Request, response: Response, fault: Fault | None, writes: Writes) -> None:
        self.ledger.record(
            self.clock.now(),
            system,
            (request.method, request.path, request.query),
            self.systems[system].user_of(request),
            response.status or None,
            None if fault is None else fault.kind,
            writes.notes,
        )
