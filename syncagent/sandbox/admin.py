"""The control routes under /_sandbox/ on both ports: for tests and operators, without authentication."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from syncagent.sandbox.org import OrgError, read_moment
from syncagent.sandbox.wire import EditError, Request, Response

if TYPE_CHECKING:
    from syncagent.sandbox.world import World

PREFIX = "/_sandbox/"


class _AdminError(ValueError):
    """A control request that makes no sense; the message says what would."""


def answer(world: "World", request: Request) -> Response:
    """Serve one control request."""
    name = request.path.removeprefix(PREFIX).strip("/")
    route = _ROUTES.get((request.method, name))
    if route is None:
        legal = ", ".join(f"{method} {PREFIX}{known}" for method, known in _ROUTES)
        return Response.json(404, {"error": f"No control route {request.method} {request.path}; there are {legal}."})
    try:
        return Response.json(200, route(world, request))
    except (ValueError, KeyError) as error:
        return Response.json(400, {"error": str(error)})


def _read_body(request: Request) -> Mapping[str, Any]:
    try:
        body = request.json()
    except ValueError:
        raise _AdminError("The body must be a JSON object.") from None
    if not isinstance(body, dict):
        raise _AdminError("The body must be a JSON object.")
    return body


def _need(body: Mapping[str, Any], key: str) -> Any:
    if key not in body:
        raise _AdminError(f"The key {key!r} is missing.")
    return body[key]


def _list_calls(world: "World", request: Request) -> Any:
    since = request.param("since", "0") or "0"
    if not since.isdigit():
        raise _AdminError(f"since must be a whole number, not {since!r}.")
    return {"entries": [entry.as_json() for entry in world.ledger.since(int(since))]}


def _clear_calls(world: "World", _request: Request) -> Any:
    world.ledger.clear()
    return {"entries": []}


def _list_faults(world: "World", _request: Request) -> Any:
    return {"faults": world.faults.as_json()}


def _add_fault(world: "World", request: Request) -> Any:
    body = dict(_read_body(request))
    return world.faults.add(body.pop("kind", None), body.pop("system", None), **body).as_json()


def _clear_faults(world: "World", _request: Request) -> Any:
    world.faults.clear()
    return {"faults": []}


def _show_clock(world: "World", _request: Request) -> Any:
    return {"now": world.clock.now().isoformat()}


def _move_clock(world: "World", request: Request) -> Any:
    body = _read_body(request)
    if "now" in body:
        try:
            world.clock.set(read_moment(body["now"], "now"))
        except OrgError as error:
            raise _AdminError(str(error)) from None
    else:
        world.clock.advance(timedelta(seconds=float(_need(body, "advance_seconds"))))
    return {"now": world.clock.now().isoformat()}


def _snapshot(world: "World", _request: Request) -> Any:
    return {"snapshot": world.snapshot()}


def _restore(world: "World", request: Request) -> Any:
    name = str(_need(_read_body(request), "snapshot"))
    try:
        world.restore(name)
    except KeyError:
        raise _AdminError(f"There is no snapshot {name!r}.") from None
    return {"snapshot": name}


def _dump(world: "World", _request: Request) -> Any:
    return asdict(world.dump())


def _edit(world: "World", request: Request) -> Any:
    body = _read_body(request)
    system = str(_need(body, "system"))
    if system not in world.systems:
        raise _AdminError(f"Unknown system {system!r}; there are {', '.join(world.systems)}.")
    fields = _need(body, "fields")
    if not isinstance(fields, dict):
        raise EditError("fields must be a JSON object of field names and values.")
    world.edit(system, str(_need(body, "object")), str(_need(body, "id")), fields, str(_need(body, "user")))
    return {"now": world.clock.now().isoformat()}


_ROUTES: Mapping[tuple[str, str], Callable[["World", Request], Any]] = {
    ("GET", "ledger"): _list_calls,
    ("DELETE", "ledger"): _clear_calls,
    ("GET", "faults"): _list_faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "clock"): _show_clock,
    ("POST", "clock"): _move_clock,
    ("POST", "snapshot"): _snapshot,
    ("POST", "restore"): _restore,
    ("GET", "dump"): _dump,
    ("POST", "edit"): _edit,
}
