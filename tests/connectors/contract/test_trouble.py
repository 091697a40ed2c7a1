"""What every connector must get right when the network or the system misbehaves."""

from __future__ import annotations

import socket

import pytest

from syncagent.connectors.protocol import Write
from syncagent.domain.changes import Outcome
from syncagent.errors import AuthenticationFailed, OutcomeUnknown, RateLimited, Transient
from tests.connectors.contract.systems import Side
from tests.connectors.contract.test_writing import create, last_name, update
from tests.connectors.dataset import PEOPLE
from tests.connectors.fakes import FakeTime, make_hubspot, make_salesforce


def prepare(side: Side) -> None:
    """Log in and describe first, so that the fault hits the call that the test is about."""
    side.connector.describe(side.words.people)
    side.box.ledger.clear()


@pytest.mark.parametrize("kind", ["reset", "server_error", "reply_lost"])
def test_a_read_survives(side: Side, kind: str) -> None:
    prepare(side)
    side.fault(kind, times=2)
    assert last_name(side, 1) == ["山田1"]
    assert len(side.box.ledger) == 3


def test_a_pull_survives_trouble_on_every_other_call(side: Side) -> None:
    prepare(side)
    for after in range(0, 8, 2):
        side.fault("reset", after=after)
    pages = side.connector.pull(side.words.people, [side.words.last_name], None)
    assert len({record.ref.id for page in pages for record in page.records}) == PEOPLE


@pytest.mark.parametrize("kind", ["reply_lost", "reset", "server_error"])
def test_a_write_whose_reply_is_lost_is_sent_once_and_settled_by_reading(side: Side, kind: str) -> None:
    prepare(side)
    side.fault(kind)
    with pytest.raises(OutcomeUnknown, match="may or may not have happened"):
        side.connector.write(side.words.people, [create(side, "K1")])
    assert len(side.box.ledger) == 1
    found = side.connector.find(side.words.people, side.words.unique, ["K1"], [side.words.last_name])
    assert set(found) == ({"K1"} if kind == "reply_lost" else set())
    (result,) = side.connector.write(side.words.people, [create(side, "K1")])
    assert result.id == next(iter(found.values())).ref.id if found else result.outcome is Outcome.APPLIED
    assert sum(note.operation == "create" for entry in side.box.ledger for note in entry.writes) == 1


def test_an_update_whose_reply_is_lost(side: Side) -> None:
    prepare(side)
    side.fault("reply_lost")
    with pytest.raises(OutcomeUnknown):
        side.connector.write(side.words.people, [update(side, 1, "届いた")])
    assert last_name(side, 1) == ["届いた"]


def test_a_burst_of_429_is_waited_out_by_reads_and_writes(side: Side) -> None:
    prepare(side)
    side.fault("burst_429", times=4)
    (result,) = side.connector.write(side.words.people, [update(side, 1, "待った")])
    assert result.outcome is Outcome.APPLIED
    side.fault("burst_429", times=4)
    assert last_name(side, 1) == ["待った"]
    assert len(side.box.ledger.writes()) == 1
    assert side.time.passed > 0


def test_a_429_storm_ends_in_one_clear_error(side: Side) -> None:
    prepare(side)
    side.fault("burst_429", times=1000)
    with pytest.raises(RateLimited, match="slow down; the call was not executed"):
        side.connector.write(side.words.people, [update(side, 1, "無理")])
    assert len(side.box.ledger) == 8
    assert side.time.passed < 130


def test_an_endless_outage_ends_in_one_clear_error(side: Side) -> None:
    prepare(side)
    side.fault("server_error", times=1000)
    with pytest.raises(Transient, match="without success"):
        last_name(side, 1)


def test_a_token_that_expires_mid_run_is_renewed_once(side: Side) -> None:
    prepare(side)
    side.fault("expire_token")
    assert last_name(side, 1) == ["山田1"]
    side.fault("expire_token")
    (result,) = side.connector.write(side.words.people, [update(side, 1, "更新")])
    assert result.outcome is Outcome.APPLIED
    assert len(side.box.ledger.writes()) == 1


def test_a_token_that_expires_while_paging(side: Side) -> None:
    prepare(side)
    side.fault("expire_token", after=1)
    pages = side.connector.pull(side.words.people, [side.words.last_name], None)
    assert len({record.ref.id for page in pages for record in page.records}) == PEOPLE


def test_the_condition_of_a_guarded_update_survives_the_renewal(side: Side) -> None:
    record = side.connector.read(side.words.people, [side.words.id_of(1)], [])[side.words.id_of(1)]
    side.box.clock.touch()
    side.edit(1, last_name="人の手")
    side.fault("expire_token")
    guarded = Write("g", "update", record.ref.id, {side.words.last_name: "機械"}, unmodified_since=record.modified)
    (result,) = side.connector.write(side.words.people, [guarded])
    # HubSpot has no server-side condition and writes over the person's edit: its callers re-read before they write.
    stale = side.words.system == "salesforce"
    assert result.outcome is (Outcome.STALE if stale else Outcome.APPLIED)
    assert last_name(side, 1) == ["人の手" if stale else "機械"]


def test_a_wrong_token_is_one_clear_error(side: Side) -> None:
    from syncagent.connectors.hubspot import AccessToken as HubSpotToken
    from syncagent.connectors.hubspot import HubSpotOptions, connect_hubspot
    from syncagent.connectors.salesforce import ClientCredentials, SalesforceOptions, connect_salesforce

    time = FakeTime()
    wrong = (
        connect_salesforce(
            SalesforceOptions(ClientCredentials("sandbox-client", "wrong"), url=side.box.salesforce_url), now=time.now
        )
        if side.words.system == "salesforce"
        else connect_hubspot(HubSpotOptions(HubSpotToken("wrong"), url=side.box.hubspot_url), now=time.now)
    )
    with pytest.raises(AuthenticationFailed, match="Check") as caught:
        wrong.describe(side.words.people)
    assert "wrong" not in str(caught.value)


def test_a_system_that_is_down_is_one_clear_error(side: Side) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    time = FakeTime()
    make = make_salesforce if side.words.system == "salesforce" else make_hubspot
    with pytest.raises(Transient, match=r"no connection to 127\.0\.0\.1.*connection refused.*that it is running"):
        make(time, url).describe(side.words.people)
    assert time.passed < 5
