"""The two loopback ports: uvicorn's HTTP protocol around synchronous handlers, with control over the socket."""

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from syncagent.sandbox.wire import Request, Response
from syncagent.sandbox.world import Outcome, World

HOST = "127.0.0.1"
_KEEP_ALIVE_SECONDS = 600
_BODILESS = (204, 304)


class _Protocol(HttpToolsProtocol):
    """uvicorn's protocol, with the connection put where the application can cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        # asyncio does this only for sockets that name their protocol; without it an answer waits 40 ms for an ACK.
        raw: socket.socket = transport.get_extra_info("socket")
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["transport"] = self.transport


def bind(port: int) -> socket.socket:
    """A listening socket on the loopback address; port 0 picks a free one. Raises OSError naming the port."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise OSError(f"Port {port} on {HOST} is not available: {error.strerror}. Choose another or 0.") from None
    return listener


def url_of(listener: socket.socket) -> str:
    """The address a client uses."""
    return f"http://{HOST}:{listener.getsockname()[1]}"


async def serve(
    world: World, listeners: Mapping[str, socket.socket], ready: Callable[[], object], stop: asyncio.Event
) -> None:
    """Serve each system on its socket until `stop` is set; `ready` is called once both accept."""
    loop = asyncio.get_running_loop()
    servers, states = [], []
    for system, listener in listeners.items():
        config = Config(
            _application(world, system),
            http=_Protocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
        config.load()
        state = ServerState()
        states.append(state)

        def connect(config: Config = config, state: ServerState = state) -> asyncio.Protocol:
            return _Protocol(config, state, {}, loop)

        servers.append(await loop.create_server(connect, sock=listener, backlog=1024))
    ready()
    await stop.wait()
    for server in servers:
        server.close()
    for state in states:
        for connection in list(state.connections):
            connection.shutdown()
    # Transports close on the loop's next turns; leaving before would warn about unclosed sockets.
    while any(state.connections for state in states):  # noqa: ASYNC110 - uvicorn offers no event for it
        await asyncio.sleep(0.001)


def _application(world: World, system: str) -> Callable[..., Any]:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        outcome = world.answer(system, _request_of(scope, bytes(body)))
        if outcome.hang_up is not None:
            await _hang_up(scope["state"]["transport"], outcome, receive)
            return
        response = outcome.response
        headers = _headers_of(response, format_datetime(world.clock.now().astimezone(UTC), usegmt=True))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})

    return application


def _request_of(scope: Any, body: bytes) -> Request:
    query = tuple(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Request(scope["method"], scope["path"], query, headers, body)


def _headers_of(response: Response, date: str) -> list[tuple[bytes, bytes]]:
    headers = {"date": date, **response.headers}
    if response.status not in _BODILESS:
        headers["content-length"] = str(len(response.body))
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


async def _hang_up(transport: asyncio.Transport, outcome: Outcome, receive: Any) -> None:
    if outcome.hang_up == "reset":
        # Linger with timeout 0 makes the kernel send RST instead of FIN.
        raw: socket.socket = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    # Wait until uvicorn knows, or it would answer 500 on our behalf.
    while (await receive())["type"] != "http.disconnect":
        pass
