"""Deals: stages within pipelines, what follows from a stage, dates of entry and exit."""

import pytest

from tests.sandbox.hubspot.small_portal import Caller

DEALS = "/crm/v3/objects/deals"
FACTS = "closedate,hs_is_closed,hs_is_closed_won,hs_is_closed_lost,hs_deal_stage_probability,hs_closed_amount"


def _read(call: Caller, record_id: str, names: str) -> dict[str, str | None]:
    properties: dict[str, str | None] = call.get(f"{DEALS}/{record_id}?properties={names}").body["properties"]
    return {name: properties[name] for name in names.split(",")}


def test_history_of_the_dataset_fills_the_stage_dates(call: Caller) -> None:
    names = "hs_v2_date_entered_p1,hs_v2_date_exited_p1,hs_v2_date_entered_p2,hs_v2_date_exited_p2,hs_is_closed"
    assert _read(call, "21", names) == {
        "hs_v2_date_entered_p1": "2026-09-01T00:00:00.000Z",
        "hs_v2_date_exited_p1": "2026-10-05T00:00:00.000Z",
        "hs_v2_date_entered_p2": "2026-10-05T00:00:00.000Z",
        "hs_v2_date_exited_p2": None,
        "hs_is_closed": "false",
    }
    assert _read(call, "22", "hs_v2_date_entered_p1") == {"hs_v2_date_entered_p1": "2026-11-15T23:00:00.000Z"}


def test_a_won_deal(call: Caller) -> None:
    call.patch(f"{DEALS}/21", {"dealstage": "closedwon"})
    assert _read(call, "21", FACTS) == {
        "closedate": "2026-11-15T23:00:01.000Z",
        "hs_is_closed": "true",
        "hs_is_closed_won": "true",
        "hs_is_closed_lost": "false",
        "hs_deal_stage_probability": "1.0",
        "hs_closed_amount": "1500000",
    }
    assert call.writes.notes == []


def test_a_lost_deal_keeps_its_close_date(call: Caller) -> None:
    call.patch(f"{DEALS}/21", {"closedate": "2026-12-31T00:00:00Z"})
    call.patch(f"{DEALS}/21", {"dealstage": "closedlost"})
    facts = _read(call, "21", FACTS)
    assert facts["closedate"] == "2026-12-31T00:00:00.000Z"
    assert (facts["hs_is_closed"], facts["hs_is_closed_won"], facts["hs_is_closed_lost"]) == ("true", "false", "true")
    assert facts["hs_closed_amount"] == "0"


def test_reopening_moves_the_dates(call: Caller) -> None:
    call.patch(f"{DEALS}/21", {"dealstage": "p1"})
    names = "hs_v2_date_entered_p1,hs_v2_date_exited_p1,hs_v2_date_exited_p2"
    assert _read(call, "21", names) == {
        "hs_v2_date_entered_p1": "2026-11-15T23:00:01.000Z",
        "hs_v2_date_exited_p1": None,
        "hs_v2_date_exited_p2": "2026-11-15T23:00:01.000Z",
    }
    history = call.get(f"{DEALS}/21?propertiesWithHistory=dealstage").body["propertiesWithHistory"]["dealstage"]
    assert [version["value"] for version in history] == ["p1", "p2", "p1"]
    assert history[1]["updatedByUserId"] == 501


def test_the_ledger_holds_what_was_asked_for_alone(call: Caller) -> None:
    call.patch(f"{DEALS}/21", {"dealstage": "closedwon"})
    # Read after the write, so keep the note first.
    call.patch(f"{DEALS}/22", {"dealstage": "closedlost"})
    assert call.writes.notes[0].as_json()["fields"] == {"dealstage": "closedlost"}


@pytest.mark.parametrize(
    "sent",
    [{"dealstage": "771"}, {"dealstage": "nosuch"}, {"pipeline": "renewal"}, {"pipeline": "nosuch", "dealstage": "p1"}],
)
def test_a_stage_belongs_to_its_pipeline(call: Caller, sent: dict[str, str]) -> None:
    reply = call.patch(f"{DEALS}/21", sent)
    assert reply.status == 400
    assert reply.body["errors"][0]["code"] == "INVALID_OPTION"


def test_moving_to_another_pipeline(call: Caller) -> None:
    assert call.patch(f"{DEALS}/21", {"pipeline": "renewal", "dealstage": "771"}).status == 200


def test_a_new_deal_without_a_pipeline_gets_the_default(call: Caller) -> None:
    record_id = call.post(DEALS, {"properties": {"dealname": "新", "dealstage": "p1", "amount": "10"}}).body["id"]
    assert _read(call, record_id, "pipeline,hs_v2_date_entered_p1,amount_in_home_currency") == {
        "pipeline": "default",
        "hs_v2_date_entered_p1": "2026-11-15T23:00:01.000Z",
        "amount_in_home_currency": "10",
    }


def test_clearing_the_amount(call: Caller) -> None:
    call.patch(f"{DEALS}/21", {"amount": ""})
    assert _read(call, "21", "amount,amount_in_home_currency") == {"amount": None, "amount_in_home_currency": None}


def test_an_owner_is_named_by_owner_id(call: Caller) -> None:
    assert call.patch(f"{DEALS}/21", {"hubspot_owner_id": "501"}).status == 400
    assert call.patch(f"{DEALS}/21", {"hubspot_owner_id": "101"}).status == 200
    assert _read(call, "21", "hubspot_owner_assigneddate")["hubspot_owner_assigneddate"] == "2026-11-15T23:00:01.000Z"
