"""The server over real sockets: HTTP as clients send it, hang-ups as they see them, start and stop."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from syncagent.sandbox import Dataset, DatasetError, Sandbox, dump, load_dataset, save_dataset
from tests.sandbox.core.small_world import ORG

CONTACTS = "/crm/v3/objects/contacts"


def _dataset() -> Dataset:
    contacts = [{"id": "1", "properties": {"email": "a@example.jp", "lastname": "青空"}}]
    return Dataset(
        {**ORG, "salesforce": {"clients": [{"client_id": "c", "client_secret": "s"}]}}, {}, {"contacts": contacts}
    )


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(_dataset(), salesforce_token="t") as running:
        yield running


def _session(box: Sandbox) -> requests.Session:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {box.hubspot_token}"
    return session


def test_a_call_over_http(box: Sandbox) -> None:
    with _session(box) as session:
        reply = session.get(f"{box.hubspot_url}{CONTACTS}/a%40example.jp", params={"idProperty": "email"}, timeout=10)
    assert reply.json()["properties"]["lastname"] == "青空"
    assert reply.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert reply.headers["Date"] == "Sun, 15 Nov 2026 23:00:00 GMT"
    entry = box.ledger.since()[0]
    assert (entry.path, entry.query, entry.user) == (f"{CONTACTS}/a@example.jp", (("idProperty", "email"),), "agent")


def test_one_connection_serves_many_calls(box: Sandbox) -> None:
    connection = http.client.HTTPConnection(box.hubspot_url.removeprefix("http://"), timeout=10)
    headers = {"Authorization": f"Bearer {box.hubspot_token}"}
    for _ in range(3):
        connection.request("DELETE", f"{CONTACTS}/1", headers=headers)
        reply = connection.getresponse()
        assert (reply.status, reply.read()) == (204, b"")
    connection.close()


def test_a_chunked_body_is_read(box: Sandbox) -> None:
    body = json.dumps({"properties": {"lastname": "新"}}).encode()
    with _session(box) as session:
        chunks = iter([body[:5], body[5:]])
        reply = session.patch(f"{box.hubspot_url}{CONTACTS}/1", data=chunks, timeout=10)
    assert reply.json()["properties"]["lastname"] == "新"


def test_hang_ups_as_a_client_sees_them(box: Sandbox) -> None:
    box.fault("reply_lost", "hubspot", method="PATCH")
    box.fault("reset", "hubspot", method="GET")
    with _session(box) as session:
        url = f"{box.hubspot_url}{CONTACTS}/1"
        with pytest.raises(requests.ConnectionError, match="Remote end closed connection without response"):
            session.patch(url, json={"properties": {"lastname": "新"}}, timeout=10)
        with pytest.raises(requests.ConnectionError, match="reset"):
            session.get(url, timeout=10)
        assert session.get(url, timeout=10).json()["properties"]["lastname"] == "新"
    assert [(entry.fault, entry.committed) for entry in box.ledger] == [
        ("reply_lost", True),
        ("reset", False),
        (None, False),
    ]


def test_control_routes_answer_on_both_ports(box: Sandbox) -> None:
    for url in (box.salesforce_url, box.hubspot_url):
        assert requests.get(f"{url}/_sandbox/clock", timeout=10).json() == {"now": "2026-11-16T08:00:00+09:00"}


def test_in_process_helpers(box: Sandbox) -> None:
    name = box.snapshot()
    box.edit("hubspot", "contacts", "1", {"lastname": "新"}, "sato")
    assert len(box.ledger) == 1
    assert box.dump().hubspot["contacts"][0]["properties"]["lastname"] == "新"
    box.restore(name)
    assert box.dump().hubspot["contacts"][0]["properties"]["lastname"] == "青空"
    assert list(box.env()) == [
        "SYNCAGENT_SALESFORCE_URL",
        "SYNCAGENT_SALESFORCE_CLIENT_ID",
        "SYNCAGENT_SALESFORCE_CLIENT_SECRET",
        "SYNCAGENT_SALESFORCE_TOKEN",
        "SYNCAGENT_HUBSPOT_URL",
        "SYNCAGENT_HUBSPOT_TOKEN",
        "SYNCAGENT_CLOCK",
    ]


def test_dump_over_http(box: Sandbox, tmp_path: Path) -> None:
    dump(box.hubspot_url, tmp_path / "a")
    loaded = load_dataset(tmp_path / "a")
    assert loaded.hubspot["contacts"][0]["id"] == "1"
    with Sandbox(loaded) as again:
        dump(again.salesforce_url, tmp_path / "b")
    assert (tmp_path / "b/hubspot/contacts.jsonl").read_bytes() == (tmp_path / "a/hubspot/contacts.jsonl").read_bytes()


def test_dump_of_something_else(box: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(ConnectionRefusedError):
        dump("http://127.0.0.1:1", tmp_path)
    box.world.org = {}
    with pytest.raises(ValueError, match="is it a sandbox"):
        dump(box.hubspot_url, tmp_path)


def test_a_taken_port_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=rf"Port {port} on 127\.0\.0\.1 is not available"):
            Sandbox(_dataset(), hubspot_port=port).start()


def test_stopping_twice_is_harmless() -> None:
    box = Sandbox(_dataset(), clock="2026-12-01T00:00:00Z").start()
    assert box.clock.now().isoformat() == "2026-12-01T00:00:00+00:00"
    box.stop()
    box.stop()


def test_a_bad_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"there is no org\.yaml"):
        Sandbox(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_blocking_server(tmp_path: Path, number: int) -> None:
    save_dataset(_dataset(), tmp_path)
    code = "import sys; from syncagent.sandbox import run_server; run_server(sys.argv[1], hubspot_token='h')"
    env = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    line = json.loads(process.stdout.readline())
    variables = dict(row.split("=", 1) for row in Path(line["env"]).read_text("utf-8").splitlines())
    assert variables["SYNCAGENT_HUBSPOT_URL"] == line["hubspot"]
    assert variables["SYNCAGENT_HUBSPOT_TOKEN"] == "h"
    assert "SYNCAGENT_SALESFORCE_TOKEN" not in variables
    assert requests.get(f"{line['salesforce']}/_sandbox/clock", timeout=10).status_code == 200
    process.send_signal(number)
    assert process.wait(timeout=30) == 0
    assert process.stdout.read() == ""
    process.stdout.close()
