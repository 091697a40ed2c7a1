"""A one-table system and a dataset, so that the core is tested without either emulated API."""

from collections.abc import Mapping
from typing import Any

from syncagent.sandbox.clock import Clock
from syncagent.sandbox.org import OrgFile
from syncagent.sandbox.wire import EditError, Request, Response, Writes
from syncagent.sandbox.world import World

ORG: dict[str, Any] = {"version": 1, "clock": {"now": "2026-11-16T08:00:00+09:00", "tick_seconds": 1}}


class Notebook:
    """A system that keeps one text per path: PUT writes it, GET reads it, GET /boom fails."""

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self.clock = clock
        self.pages: dict[str, str] = {}

    def handle(self, request: Request, writes: Writes) -> Response:
        if request.path == "/boom":
            writes.note("update", "pages", "boom")
            raise RuntimeError("boom")
        if request.method == "PUT":
            text = request.body.decode()
            writes.note("update", "pages", request.path, {"text": text}, {"text": self.pages.get(request.path)})
            self.clock.touch()
            self.pages[request.path] = text
            return Response(204)
        if request.path not in self.pages:
            return Response.json(404, {"error": "no such page"})
        return Response.json(200, {"text": self.pages[request.path], "query": request.query})

    def user_of(self, request: Request) -> str:
        return request.headers.get("x-user", "")

    def refuse(self, kind: str, _request: Request, retry_after: int | None) -> Response:
        return Response.json({"burst_429": 429, "expire_token": 401, "server_error": 503}[kind], [kind, retry_after])

    def snapshot(self) -> object:
        return dict(self.pages)

    def restore(self, state: object) -> None:
        assert isinstance(state, dict)
        self.pages = dict(state)

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        return {"Page": [{"Id": path, "Text": text} for path, text in self.pages.items()]}

    def edit(self, object: str, id: str, fields: Mapping[str, Any], user: str, writes: Writes) -> None:  # noqa: A002
        if object != "pages":
            raise EditError(f"there is no {object}")
        writes.note("update", object, id, fields)
        self.pages[id] = f"{fields['text']} by {user}"


def make_world() -> World:
    """Two notebooks behind one clock."""
    org = OrgFile.parse(ORG)
    clock = Clock(org.now, org.tick)
    return World(ORG, clock, {name: Notebook(name, clock) for name in ("salesforce", "hubspot")})
