import pytest

from tests.sandbox.salesforce.small_org import Client


def _disturb(client: Client) -> None:
    client.rows("SELECT Id FROM Lead WHERE Email = 'ito@b.example' AND SystemModstamp > 2020-01-01T00:00:00Z")
    client.call("POST", "sobjects/Lead", {"LastName": "新", "Company": "x", "Email": "ito@b.example"})
    client.call("PATCH", "sobjects/Opportunity/$opp1", {"StageName": "受注"})
    client.call("DELETE", "sobjects/Contact/$con1")


def test_everything_returns_and_a_snapshot_lasts(client: Client) -> None:
    before = client.org.dump()
    state, now = client.org.snapshot(), client.clock.now()
    for _ in range(3):
        _disturb(client)
        assert client.org.dump() != before
        client.org.restore(state)
        client.clock.set(now)
        assert client.org.dump() == before
        found = client.ask("SELECT Id FROM Lead WHERE Email = 'ito@b.example'")
        assert found.body["totalSize"] == 1
        assert found.headers["sforce-limit-info"] == "api-usage=1/100000"


def test_ids_are_handed_out_again(client: Client) -> None:
    state = client.org.snapshot()
    first = client.call("POST", "sobjects/Lead", {"LastName": "新", "Company": "x"}).body["id"]
    client.org.restore(state)
    assert client.call("POST", "sobjects/Lead", {"LastName": "新", "Company": "x"}).body["id"] == first


def test_snapshots_can_be_restored_in_any_order(client: Client) -> None:
    states, dumps = [], []
    for title in ("a", "b", "c"):
        client.call("PATCH", "sobjects/Lead/$lead1", {"Title": title})
        states.append(client.org.snapshot())
        dumps.append(client.org.dump())
    for number in (1, 2, 0, 2):
        client.org.restore(states[number])
        assert client.org.dump() == dumps[number]
        assert (
            client.row("SELECT Title FROM Lead WHERE SystemModstamp >= TODAY AND Id = '$lead1'")["Title"]
            == "abc"[number]
        )


def test_something_else_is_no_snapshot(client: Client) -> None:
    with pytest.raises(TypeError):
        client.org.restore({})
