"""Stage history, clocks and stamps agree with each other and with the planted days."""

from collections import defaultdict
from datetime import datetime
from itertools import pairwise

import pytest

from tests.sandbox.generate.reading import Generated, Row, local_day

BOUNDARIES = (82, 83, 89, 90)
CODES = {"P1": "p1", "P2": "p2", "P3": "p3", "P4": "p4", "P5": "p5", "受注": "closedwon", "失注": "closedlost"}


def histories(org: Generated) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in org.salesforce["OpportunityHistory"]:
        rows[row["OpportunityId"]].append(row)
    return rows


def last_move(history: list[Row]) -> str:
    """When the stage was last set to another value."""
    moved: str = history[0]["CreatedDate"]
    for before, after in pairwise(history):
        if before["StageName"] != after["StageName"]:
            moved = after["CreatedDate"]
    return moved


def days_in_stage(org: Generated, history: list[Row]) -> int:
    return (org.clock.date() - local_day(last_move(history))).days


def test_history_runs_forward_and_ends_where_the_opportunity_stands(org: Generated) -> None:
    known = histories(org)
    for opportunity in org.salesforce["Opportunity"]:
        rows = known[opportunity["Id"]]
        stamps = [row["CreatedDate"] for row in rows]
        assert stamps == sorted(set(stamps))
        assert stamps[0] == opportunity["CreatedDate"]
        for field in ("StageName", "Amount", "CloseDate", "Probability", "ForecastCategory", "ExpectedRevenue"):
            assert rows[-1].get(field) == opportunity.get(field), (opportunity["Id"], field)
        assert opportunity["LastStageChangeDate"] == last_move(rows)
        assert opportunity["LastModifiedDate"] >= stamps[-1]
        closed = [row for row in rows[:-1] if row["StageName"] in ("受注", "失注")]
        assert not closed


def test_planted_days_are_the_days_since_the_last_stage_move_in_japan(org: Generated) -> None:
    known = histories(org)
    open_ids = {row["Id"] for row in org.salesforce["Opportunity"] if not row["IsClosed"]}
    assert {item["opportunity"] for item in org.planted("open_opportunity")} == open_ids
    for item in org.planted("open_opportunity"):
        assert days_in_stage(org, known[item["opportunity"]]) == item["days_in_stage"]


@pytest.mark.parametrize("days", BOUNDARIES)
def test_three_or_more_lie_on_each_boundary(org: Generated, days: int) -> None:
    known = histories(org)
    planted = {item["opportunity"] for item in org.planted(f"stage_unchanged_{days}_days")}
    found = {
        o["Id"]
        for o in org.salesforce["Opportunity"]
        if not o["IsClosed"] and days_in_stage(org, known[o["Id"]]) == days
    }
    assert len(planted) >= 3
    assert planted == found


def test_some_boundary_cases_differ_when_days_are_counted_in_utc(org: Generated) -> None:
    known = histories(org)
    ids = [item["opportunity"] for days in BOUNDARIES for item in org.planted(f"stage_unchanged_{days}_days")]
    moves = [last_move(known[opportunity]) for opportunity in ids]
    assert any(str(local_day(moment)) != moment[:10] for moment in moves)


def test_a_new_close_date_is_no_stage_move(org: Generated) -> None:
    known = histories(org)
    pushed = [rows for rows in known.values() if rows[-1]["CreatedDate"] != last_move(rows)]
    assert len(pushed) >= 10


def test_over_ninety_days_is_planted_for_all_that_are(org: Generated) -> None:
    known = histories(org)
    planted = {item["opportunity"] for item in org.planted("stage_unchanged_over_90_days")}
    found = {
        o["Id"] for o in org.salesforce["Opportunity"] if not o["IsClosed"] and days_in_stage(org, known[o["Id"]]) > 90
    }
    assert planted == found


def test_deals_repeat_the_stage_history_of_their_opportunity(org: Generated) -> None:
    known, behind = histories(org), {item["hubspot"] for item in org.planted("deal_stage_behind")}
    for deal in org.hubspot["deals"]:
        link, versions = deal["properties"].get("syncagent_salesforce_id"), deal["history"]["dealstage"]
        assert [v["timestamp"] for v in versions] == sorted({v["timestamp"] for v in versions}, reverse=True)
        assert versions[0]["value"] == deal["properties"]["dealstage"]
        entered = deal["properties"][f"hs_v2_date_entered_{versions[0]['value']}"]
        assert entered == versions[0]["timestamp"]
        if link:
            stages = [row["StageName"] for row in known[link]]
            walked = [s for s, before in zip(stages, [None, *stages], strict=False) if s != before]
            expected = [CODES[name.split(" ")[0]] for name in walked]
            shown = [v["value"] for v in reversed(versions)]
            assert shown == (expected[:-1] if deal["id"] in behind else expected)


def test_nothing_was_written_after_the_clock_or_before_the_company_began(org: Generated) -> None:
    first, limit = "2024-11-16", org.clock.timestamp()
    for rows in org.salesforce.values():
        for row in rows:
            modified = row.get("LastModifiedDate", row["CreatedDate"])
            assert first <= row["CreatedDate"] <= modified <= row["SystemModstamp"]
            assert datetime.fromisoformat(row["SystemModstamp"]).timestamp() < limit
    for name in ("contacts", "companies", "deals", "tasks"):
        for row in org.hubspot[name]:
            properties = row["properties"]
            created = properties.get("createdate") or properties["hs_createdate"]
            modified = properties.get("lastmodifieddate") or properties["hs_lastmodifieddate"]
            assert first <= created <= modified
            assert datetime.fromisoformat(modified).timestamp() < limit


def test_activities_come_after_what_they_are_about(org: Generated) -> None:
    begun = {
        row["Id"]: row["CreatedDate"] for name in ("Opportunity", "Lead", "Contact") for row in org.salesforce[name]
    }
    for row in [*org.salesforce["Task"], *org.salesforce["Event"]]:
        about = row.get("WhatId") or row["WhoId"]
        assert row["CreatedDate"] >= begun[about], row["Id"]
        if "WhatId" in row:
            assert local_day(row["CreatedDate"]).isoformat() <= row["ActivityDate"]


def test_nobody_works_at_the_weekend(org: Generated) -> None:
    calls = [row for row in org.salesforce["Task"] if row["TaskSubtype"] == "Call"]
    assert len(calls) > 200
    for row in [*calls, *org.salesforce["Event"]]:
        assert datetime.fromisoformat(row["ActivityDate"]).weekday() < 5, row
