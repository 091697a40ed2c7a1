"""The sandbox as a whole: built from a dataset, started in a thread for tests or blocking for the command line."""

import asyncio
import gc
import http.client
import json
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from syncagent.sandbox.clock import Clock
from syncagent.sandbox.dataset import ENV_FILE, Dataset, collector_paused, load_dataset, save_dataset
from syncagent.sandbox.faults import Fault, Faults
from syncagent.sandbox.hubspot import HubSpotPortal
from syncagent.sandbox.ledger import Ledger
from syncagent.sandbox.listening import bind, serve, url_of
from syncagent.sandbox.org import OrgFile, read_moment
from syncagent.sandbox.salesforce import SalesforceOrg
from syncagent.sandbox.wire import System
from syncagent.sandbox.world import World

HUBSPOT_TOKEN = "sandbox-hubspot-token"  # noqa: S105 - a made-up token of a made-up portal
_START_SECONDS_MAX = 30


class Sandbox:
    """Both systems over one dataset. `with Sandbox(dataset) as box:` serves until the block ends."""

    def __init__(
        self,
        dataset: Dataset | Path | str,
        *,
        clock: datetime | str | None = None,
        salesforce_port: int = 0,
        hubspot_port: int = 0,
        salesforce_token: str | None = None,
        hubspot_token: str = HUBSPOT_TOKEN,
    ) -> None:
        with collector_paused():
            data = dataset if isinstance(dataset, Dataset) else load_dataset(dataset)
            org = OrgFile.parse(data.org)
            time = Clock(org.now if clock is None else read_moment(clock, "clock"), org.tick)
            systems: dict[str, System] = {
                "salesforce": SalesforceOrg(data, time, salesforce_token),
                "hubspot": HubSpotPortal(data, org, time, hubspot_token),
            }
        self.world = World(data.org, time, systems)
        self.salesforce_token = salesforce_token
        self.hubspot_token = hubspot_token
        self._clients = org.salesforce.get("clients") or []
        self._ports = {"salesforce": salesforce_port, "hubspot": hubspot_port}
        self._urls: dict[str, str] = {}
        self._listeners: dict[str, socket.socket] = {}
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    @property
    def salesforce_url(self) -> str:
        """Where the Salesforce side listens; known once started."""
        return self._urls["salesforce"]

    @property
    def hubspot_url(self) -> str:
        """Where the HubSpot side listens; known once started."""
        return self._urls["hubspot"]

    @property
    def clock(self) -> Clock:
        """The sandbox's time."""
        return self.world.clock

    @property
    def ledger(self) -> Ledger:
        """Every call so far."""
        return self.world.ledger

    @property
    def faults(self) -> Faults:
        """The faults in waiting."""
        return self.world.faults

    def fault(self, kind: str, system: str, **more: Any) -> Fault:
        """Arrange a fault, for example `box.fault("burst_429", "hubspot", times=3)`."""
        return self.world.faults.add(kind, system, **more)

    def edit(self, system: str, object: str, id: str, fields: Mapping[str, Any], user: str) -> None:  # noqa: A002
        """A person edits a record on the screen; raises EditError when the rules refuse it."""
        self.world.edit(system, object, id, fields, user)

    def snapshot(self) -> str:
        """Remember the whole state; see World.snapshot."""
        return self.world.snapshot()

    def restore(self, name: str) -> None:
        """Return to a snapshot; see World.restore."""
        self.world.restore(name)

    def dump(self) -> Dataset:
        """The present state as a dataset."""
        return self.world.dump()

    def env(self) -> dict[str, str]:
        """The environment variables that point the agent at this sandbox."""
        variables = {"SYNCAGENT_SALESFORCE_URL": self.salesforce_url}
        if self._clients:
            variables["SYNCAGENT_SALESFORCE_CLIENT_ID"] = self._clients[0]["client_id"]
            variables["SYNCAGENT_SALESFORCE_CLIENT_SECRET"] = self._clients[0]["client_secret"]
        if self.salesforce_token is not None:
            variables["SYNCAGENT_SALESFORCE_TOKEN"] = self.salesforce_token
        variables["SYNCAGENT_HUBSPOT_URL"] = self.hubspot_url
        variables["SYNCAGENT_HUBSPOT_TOKEN"] = self.hubspot_token
        variables["SYNCAGENT_CLOCK"] = self.clock.now().isoformat()
        return variables

    def start(self) -> Self:
        """Serve from a thread of its own; returns once both ports accept. Raises OSError when a port is taken."""
        self._bind()
        ready = threading.Event()
        self._thread = threading.Thread(target=self.run, args=(ready.set,), name="sandbox", daemon=True)
        self._thread.start()
        if not ready.wait(_START_SECONDS_MAX):
            raise RuntimeError("The sandbox did not start; its thread's error is in the log.")
        return self

    def stop(self) -> None:
        """Close the ports and wait for the thread."""
        self.request_stop()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def request_stop(self) -> None:
        """Ask the serving loop to end; safe from any thread or signal handler."""
        if self._loop is not None and self._stop is not None:
            with suppress(RuntimeError):  # the loop may have ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)

    def run(self, ready: Callable[[], object]) -> None:
        """Serve in this thread until asked to stop; `ready` is called once both ports accept."""
        if not self._listeners:
            self._bind()
        asyncio.run(self._serve(ready))

    async def _serve(self, ready: Callable[[], object]) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await serve(self.world, self._listeners, ready, self._stop)
        self._listeners = {}

    def _bind(self) -> None:
        for system, port in self._ports.items():
            try:
                self._listeners[system] = bind(port)
            except OSError:
                for listener in self._listeners.values():
                    listener.close()
                self._listeners = {}
                raise
        self._urls = {system: url_of(listener) for system, listener in self._listeners.items()}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def run_server(
    data: Path | str,
    salesforce_port: int = 0,
    hubspot_port: int = 0,
    salesforce_token: str | None = None,
    hubspot_token: str | None = None,
    clock: str | None = None,
    env_file: Path | str | None = None,
) -> None:
    """Serve a dataset folder until SIGTERM or SIGINT; prints one JSON line and writes the env file when ready."""
    box = Sandbox(
        data,
        clock=clock,
        salesforce_port=salesforce_port,
        hubspot_port=hubspot_port,
        salesforce_token=salesforce_token,
        hubspot_token=hubspot_token or HUBSPOT_TOKEN,
    )
    gc.freeze()  # this process serves nothing else: later collections need not walk the portal
    env_path = Path(env_file) if env_file is not None else Path(data) / ENV_FILE

    def announce() -> None:
        env_path.write_text("".join(f"{key}={value}\n" for key, value in box.env().items()), encoding="utf-8")
        line = {"salesforce": box.salesforce_url, "hubspot": box.hubspot_url, "env": str(env_path)}
        print(json.dumps(line), flush=True)  # noqa: T201 - the line scripts wait for

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: box.request_stop())
    box.run(announce)


def dump(url: str, folder: Path | str) -> None:
    """Save a running sandbox's state, from either port's address, as a dataset folder."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=300)
    try:
        connection.request("GET", "/_sandbox/dump")
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise ValueError(f"{url} answered {answer.status} to the dump request: is it a sandbox?")
    save_dataset(Dataset(**json.loads(body)), folder)
