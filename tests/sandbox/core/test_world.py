"""Calls, faults, ledger, snapshots and the control routes, without a network."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from syncagent.sandbox.clock import Clock
from syncagent.sandbox.faults import KINDS, FaultError, Faults
from syncagent.sandbox.org import OrgFile
from syncagent.sandbox.wire import EditError, Request, Response
from syncagent.sandbox.world import SNAPSHOTS_MAX, Outcome, World
from tests.sandbox.core.small_world import ORG, make_world

Json = Any  # whatever a body can hold
BEARER = {"authorization": "Bearer t", "x-user": "agent"}


def _call(world: World, method: str, path: str, body: bytes = b"", system: str = "hubspot") -> Outcome:
    return world.answer(system, Request(method, path, (("a", "1"),), BEARER, body))


def _admin(world: World, method: str, name: str, body: Json = None, **query: str) -> tuple[int, Any]:
    sent = b"" if body is None else orjson.dumps(body)
    reply = world.answer("salesforce", Request(method, f"/_sandbox/{name}", tuple(query.items()), {}, sent)).response
    return reply.status, orjson.loads(reply.body)


def test_the_ledger_tells_calls_in_order() -> None:
    world = make_world()
    _call(world, "PUT", "/p", b"one")
    _call(world, "GET", "/p", system="salesforce")
    first, second = (entry.as_json() for entry in world.ledger)
    assert first == {
        "seq": 1,
        "at": "2026-11-16T08:00:01+09:00",
        "system": "hubspot",
        "method": "PUT",
        "path": "/p",
        "query": [["a", "1"]],
        "user": "agent",
        "status": 204,
        "fault": None,
        "committed": True,
        "writes": [
            {"operation": "update", "object": "pages", "id": "/p", "fields": {"text": "one"}, "before": {"text": None}}
        ],
    }
    assert (second["seq"], second["system"], second["status"], second["committed"]) == (2, "salesforce", 404, False)
    assert [entry.seq for entry in world.ledger.since(1)] == [2]
    assert [entry.seq for entry in world.ledger.writes()] == [1]
    assert [entry.seq for entry in world.ledger.writes("salesforce")] == []
    assert len(world.ledger) == 2


def test_a_lost_reply_is_committed() -> None:
    world = make_world()
    world.faults.add("reply_lost", "hubspot", method="put")
    assert _call(world, "PUT", "/p", b"one").hang_up == "reply_lost"
    entry = world.ledger.since()[0]
    assert (entry.fault, entry.status, entry.committed) == ("reply_lost", 204, True)
    assert _call(world, "GET", "/p").response.status == 200


def test_a_reset_commits_nothing() -> None:
    world = make_world()
    world.faults.add("reset", "hubspot")
    assert _call(world, "PUT", "/p", b"one").hang_up == "reset"
    entry = world.ledger.since()[0]
    assert (entry.fault, entry.status, entry.committed) == ("reset", None, False)
    assert _call(world, "GET", "/p").response.status == 404


@pytest.mark.parametrize(("kind", "status"), [("burst_429", 429), ("expire_token", 401), ("server_error", 503)])
def test_refusals_are_worded_by_the_system(kind: str, status: int) -> None:
    world = make_world()
    world.faults.add(kind, "hubspot", retry_after=2, times=2)
    outcomes = [_call(world, "PUT", "/p", b"one") for _ in range(3)]
    assert [outcome.response.status for outcome in outcomes] == [status, status, 204]
    assert orjson.loads(outcomes[0].response.body) == [kind, 2]
    assert [entry.fault for entry in world.ledger] == [kind, kind, None]
    assert all(outcome.hang_up is None for outcome in outcomes)


def test_a_fault_waits_for_matching_calls() -> None:
    world = make_world()
    world.faults.add("server_error", "hubspot", method="GET", path="^/b$", after=1)
    calls = [("GET", "/a"), ("PUT", "/b"), ("GET", "/b"), ("GET", "/bb"), ("GET", "/b"), ("GET", "/b")]
    assert [_call(world, *call).response.status for call in calls] == [404, 204, 200, 404, 503, 200]
    assert world.faults.as_json() == []


def test_an_expired_token_needs_a_token() -> None:
    faults = Faults()
    faults.add("expire_token", "hubspot")
    assert faults.take("hubspot", Request("POST", "/token", (), {})) is None
    assert faults.take("hubspot", Request("GET", "/p", (), BEARER)) is not None


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "flood", "system": "hubspot"}, f"there are {', '.join(KINDS)}"),
        ({"kind": "reset", "system": "oracle"}, "there are salesforce, hubspot"),
        ({"kind": "reset", "system": "hubspot", "often": 1}, "a fault has kind, system"),
        ({"kind": "reset", "system": "hubspot", "times": 0}, "times must be a whole number of at least 1"),
        ({"kind": "reset", "system": "hubspot", "after": "x"}, "after must be a whole number"),
        ({"kind": "reset", "system": "hubspot", "path": "("}, "is not a regular expression"),
    ],
)
def test_refused_faults(fault: dict[str, Any], words: str) -> None:
    with pytest.raises(FaultError, match=words):
        Faults().add(**fault)
    status, body = _admin(make_world(), "POST", "faults", fault)
    assert status == 400
    assert "error" in body


def test_a_defect_of_a_handler_is_a_500_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    world = make_world()
    assert _call(world, "GET", "/boom").response.status == 500
    assert "defect of the sandbox" in caplog.text
    assert not world.ledger.since()[0].committed
    assert _call(world, "PUT", "/p", b"x").response.status == 204


def test_snapshot_and_restore() -> None:
    world = make_world()
    _call(world, "PUT", "/p", b"one")
    name = world.snapshot()
    now = world.clock.now()
    for _ in range(2):
        _call(world, "PUT", "/p", b"two")
        world.faults.add("reset", "hubspot")
        world.restore(name)
        assert (len(world.ledger), world.faults.as_json(), world.clock.now()) == (0, [], now)
        assert orjson.loads(_call(world, "GET", "/p").response.body)["text"] == "one"
    with pytest.raises(KeyError):
        world.restore("nosuch")


def test_the_oldest_snapshot_is_dropped() -> None:
    world = make_world()
    first = world.snapshot()
    names = [world.snapshot() for _ in range(SNAPSHOTS_MAX)]
    with pytest.raises(KeyError):
        world.restore(first)
    world.restore(names[0])


def test_control_of_the_ledger() -> None:
    world = make_world()
    _call(world, "PUT", "/p", b"one")
    _call(world, "GET", "/p")
    status, body = _admin(world, "GET", "ledger")
    assert (status, [entry["seq"] for entry in body["entries"]]) == (200, [1, 2])
    assert [entry["seq"] for entry in _admin(world, "GET", "ledger", since="1")[1]["entries"]] == [2]
    assert _admin(world, "GET", "ledger", since="x")[0] == 400
    assert _admin(world, "DELETE", "ledger") == (200, {"entries": []})
    assert _admin(world, "GET", "ledger")[1] == {"entries": []}


def test_control_of_the_faults() -> None:
    world = make_world()
    status, fault = _admin(world, "POST", "faults", {"kind": "reset", "system": "hubspot", "path": "x", "after": 2})
    assert (status, fault["after"], fault["times"], fault["path"]) == (200, 2, 1, "x")
    assert _admin(world, "GET", "faults")[1] == {"faults": [fault]}
    assert _admin(world, "DELETE", "faults")[1] == {"faults": []}
    assert _admin(world, "POST", "faults", [])[0] == 400
    assert world.answer("hubspot", Request("POST", "/_sandbox/faults", (), {}, b"{")).response.status == 400


def test_control_of_the_clock() -> None:
    world = make_world()
    assert _admin(world, "GET", "clock")[1] == {"now": "2026-11-16T08:00:00+09:00"}
    assert _admin(world, "POST", "clock", {"advance_seconds": 90})[1] == {"now": "2026-11-16T08:01:30+09:00"}
    assert _admin(world, "POST", "clock", {"now": "2026-12-01T00:00:00Z"})[1] == {"now": "2026-12-01T00:00:00+00:00"}
    for body in ({"now": "2026-12-01"}, {}, {"advance_seconds": "x"}):
        assert _admin(world, "POST", "clock", body)[0] == 400


def test_control_of_snapshots_and_the_dump() -> None:
    world = make_world()
    name = _admin(world, "POST", "snapshot")[1]["snapshot"]
    _call(world, "PUT", "/p", b"one", system="salesforce")
    dump = _admin(world, "GET", "dump")[1]
    assert dump["salesforce"] == {"Page": [{"Id": "/p", "Text": "one"}]}
    assert dump["org"]["clock"] == {"now": "2026-11-16T08:00:01+09:00", "tick_seconds": 1}
    assert _admin(world, "POST", "restore", {"snapshot": name}) == (200, {"snapshot": name})
    assert _admin(world, "GET", "dump")[1]["salesforce"] == {"Page": []}
    status, body = _admin(world, "POST", "restore", {"snapshot": "nosuch"})
    assert (status, body["error"]) == (400, "There is no snapshot 'nosuch'.")
    assert _admin(world, "POST", "restore", {})[0] == 400


def test_a_person_edits() -> None:
    world = make_world()
    edit = {"system": "hubspot", "object": "pages", "id": "p", "fields": {"text": "x"}, "user": "sato"}
    assert _admin(world, "POST", "edit", edit)[0] == 200
    entry = world.ledger.since()[0]
    assert (entry.user, entry.system, entry.committed) == ("person:sato", "hubspot", True)
    for change in ({"system": "oracle"}, {"object": "planets"}, {"fields": 1}):
        assert _admin(world, "POST", "edit", {**edit, **change})[0] == 400
    with pytest.raises(EditError):
        world.edit("hubspot", "planets", "1", {}, "sato")
    assert len(world.ledger) == 1


def test_an_unknown_control_route() -> None:
    status, body = _admin(make_world(), "GET", "nosuch")
    assert status == 404
    assert "GET /_sandbox/ledger" in body["error"]


def test_the_clock_stands_still() -> None:
    clock = Clock(OrgFile.parse(ORG).now, timedelta(seconds=2))
    start = clock.now()
    assert clock.now() == start
    assert clock.touch() == start + timedelta(seconds=2) == clock.now()
    with pytest.raises(ValueError, match="needs a time zone"):
        clock.set(start.replace(tzinfo=None))


def test_requests_and_responses() -> None:
    request = Request("GET", "/p", (("a", "1"), ("a", "2")), {}, b"[1]")
    assert (request.param("a"), request.param("b"), request.param("b", "x")) == ("1", None, "x")
    assert (request.params("a"), request.json()) == (["1", "2"], [1])
    assert Response.json(200, {"a": "青"}, {"x": "y"}).headers["x"] == "y"
