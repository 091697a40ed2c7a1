"""The truth says exactly what is wrong: each kind of dirt is found again in the rows by its own definition."""

import re
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from tests.sandbox.generate.reading import Generated, Row, local_day

TEXT_DATE = re.compile(r"(?:(\d{4})-)?(\d{1,2})[-/月](\d{1,2})日? ")


def opportunities(org: Generated, kind: str) -> set[str]:
    return {item["opportunity"] for item in org.planted(kind)}


def open_opportunities(org: Generated) -> list[Row]:
    return [row for row in org.salesforce["Opportunity"] if not row["IsClosed"]]


def lost(org: Generated, reason: str | None) -> list[Row]:
    return [
        row
        for row in org.salesforce["Opportunity"]
        if row["StageName"] == "失注" and row.get("Loss_Reason__c") == reason
    ]


def written_date(text: str, today: date) -> date:
    """The date a next-step text starts with; without a year it is the nearest one to today."""
    year, month, day = TEXT_DATE.match(text).groups()  # type: ignore[union-attr]  # every text starts with a date
    if year:
        return date(int(year), int(month), int(day))
    return min((date(y, int(month), int(day)) for y in (today.year, today.year + 1)), key=lambda d: abs(d - today))


def dated_next_actions(org: Generated) -> set[str]:
    """Open opportunities with a next action dated today or later, in either system or as text."""
    today = org.clock.date()
    found = {
        row["Id"]
        for row in open_opportunities(org)
        if "NextStep" in row and written_date(row["NextStep"], today) >= today
    }
    found |= {
        t["WhatId"]
        for t in org.salesforce["Task"]
        if not t["IsClosed"] and "WhatId" in t and t["ActivityDate"] >= str(today)
    }
    found |= {e["WhatId"] for e in org.salesforce["Event"] if e["ActivityDate"] >= str(today)}
    deals, tasks = org.by_id("deals"), org.by_id("tasks")
    for row in org.hubspot["associations"]:
        (start, start_id), (end, end_id) = row["from"].split("/"), row["to"].split("/")
        if (start, end) == ("tasks", "deals") and tasks[start_id]["properties"]["hs_task_status"] != "COMPLETED":
            found.add(deals[end_id]["properties"].get("syncagent_salesforce_id", ""))
    return found


def test_next_actions_are_missing_where_the_truth_says_so(org: Generated) -> None:
    kinds = ("no_next_action", "next_action_overdue", "next_step_text_in_the_past")
    missing = set().union(*(opportunities(org, kind) for kind in kinds))
    assert missing == {row["Id"] for row in open_opportunities(org)} - dated_next_actions(org)
    assert all(len(opportunities(org, kind)) >= 3 for kind in kinds)


def test_every_kind_of_next_action_occurs(org: Generated) -> None:
    kinds = Counter(item["next_action"] for item in org.planted("open_opportunity"))
    assert kinds.keys() == {"task", "event", "text", "hubspot", "overdue", "stale_text", "none"}


@pytest.mark.parametrize("days", [52, 53, 59, 60])
def test_the_next_action_clock_stands_at_the_planted_days(org: Generated, days: int) -> None:
    touched: dict[str, list[date]] = defaultdict(list)
    for row in [*org.salesforce["Task"], *org.salesforce["Event"]]:
        if "WhatId" in row:
            stamps = (row["ActivityDate"], str(local_day(row["CreatedDate"])), str(local_day(row["LastModifiedDate"])))
            touched[row["WhatId"]] += [date.fromisoformat(stamp) for stamp in stamps]
    known = org.by_id("Opportunity")
    assert len(org.planted(f"no_next_action_{days}_days")) >= 3
    for identifier in opportunities(org, f"no_next_action_{days}_days"):
        clock = max(local_day(known[identifier]["CreatedDate"]), *touched[identifier])
        assert (org.clock.date() - clock).days == days
        assert "NextStep" not in known[identifier]


def test_close_dates_passed_and_zombies(org: Generated) -> None:
    today = org.clock.date()
    passed = {row["Id"] for row in open_opportunities(org) if row["CloseDate"] < str(today)}
    assert passed == opportunities(org, "close_date_passed")
    unmoved = {
        row["Id"] for row in open_opportunities(org) if local_day(row["LastStageChangeDate"]) <= date(2026, 5, 16)
    }
    assert passed & unmoved == opportunities(org, "zombie")
    assert len(opportunities(org, "zombie")) >= 3
    assert any(row["CloseDate"] == str(today) for row in open_opportunities(org))


def test_losses_that_say_too_little(org: Generated) -> None:
    assert {row["Id"] for row in lost(org, None)} == opportunities(org, "lost_without_reason")
    nameless = {row["Id"] for row in lost(org, "競合") if "Competitor__c" not in row}
    assert nameless == opportunities(org, "competitor_without_name")
    returning = {row["WhatId"] for row in org.salesforce["Task"] if not row["IsClosed"] and "WhatId" in row}
    undated = {row["Id"] for row in lost(org, "時期延期") if row["Id"] not in returning}
    assert undated == opportunities(org, "postponed_without_date")


def test_holds_are_approved_requested_or_expired(org: Generated) -> None:
    today = str(org.clock.date())
    held = {row["Id"]: row for row in org.salesforce["Opportunity"] if "SyncAgent_Hold_Until__c" in row}
    approved = {i for i, row in held.items() if "SyncAgent_Hold_Approved_By__c" in row}
    running = {i for i, row in held.items() if row["SyncAgent_Hold_Until__c"] >= today}
    assert approved & running == opportunities(org, "hold_approved")
    assert approved - running == opportunities(org, "hold_expired")
    assert running - approved == opportunities(org, "hold_requested")
    assert all(row["SyncAgent_Hold_Reason__c"] for row in held.values())


def test_neglected_leads_were_handed_to_sales_and_never_touched(org: Generated) -> None:
    leads, contacts = org.by_id("Lead"), org.by_id("contacts")
    users = {user["Id"]: user for user in org.salesforce["User"]}
    touched = {row["WhoId"] for row in [*org.salesforce["Task"], *org.salesforce["Event"]] if "WhoId" in row}
    for item in org.planted("neglected_lead"):
        lead = leads[item["lead"]]
        assert item["lead"] not in touched
        assert "インサイドセールス" in users[lead["OwnerId"]]["Department"]
        assert lead["Status"] == "Open - Not Contacted"
        assert item["days"] > 7
        if "hubspot" in item:
            handed = contacts[item["hubspot"]]["properties"]["hs_lifecyclestage_marketingqualifiedlead_date"]
            assert (org.clock.date() - local_day(handed)).days == item["days"]
    assert not {item["lead"] for item in org.planted("handed_this_week")} & {
        i["lead"] for i in org.planted("neglected_lead")
    }


def test_differing_values_stand_in_the_rows_and_the_newer_side_is_newer(org: Generated) -> None:
    people, contacts = {**org.by_id("Contact"), **org.by_id("Lead")}, org.by_id("contacts")
    for side in ("salesforce", "hubspot", "both"):
        kind = "values_changed_on_both_sides" if side == "both" else f"value_newer_in_{side}"
        assert org.planted(kind)
        for item in org.planted(kind):
            row, twin = people[item["salesforce"]], contacts[item["hubspot"]]
            assert (row.get(item["field"], ""), twin["properties"].get(item["property"], "")) == (
                item["in_salesforce"],
                item["in_hubspot"],
            )
            versions = twin["history"].get(item["property"])
            assert bool(versions) == (side != "salesforce")
            if versions:
                assert versions[0]["value"] == item["in_hubspot"] != versions[1]["value"]
                assert versions[0]["timestamp"] > versions[1]["timestamp"]
            if side == "hubspot":
                assert versions[0]["timestamp"][:19] > row["LastModifiedDate"][:19]
            else:
                assert local_day(row["LastModifiedDate"]) >= org.clock.date() - timedelta(days=45)


def digits(number: str) -> str:
    """A telephone number by its digits alone, in any width, without the country code."""
    plain = "".join(str(int(letter)) for letter in number if letter.isdecimal())
    return "0" + plain[2:] if number.startswith("+81") else plain


def test_linked_people_agree_except_where_planted(org: Generated) -> None:
    contacts, pairs = org.by_id("contacts"), {"Title": "jobtitle", "Department__c": "department"}
    kinds = ("value_newer_in_salesforce", "value_newer_in_hubspot", "values_changed_on_both_sides")
    blanks = ("blank_in_salesforce", "blank_in_hubspot")
    planted = {(item["salesforce"], item["field"]) for kind in kinds + blanks for item in org.planted(kind)}
    differing = set()
    linked = 0
    for row in [*org.salesforce["Contact"], *org.salesforce["Lead"]]:
        if "SyncAgent_HubSpot_Id__c" not in row or row.get("IsConverted"):
            continue
        linked += 1
        twin = contacts[row["SyncAgent_HubSpot_Id__c"]]["properties"]
        assert row.get("Email", "").lower() == twin.get("email", "")
        differing |= {(row["Id"], field) for field, name in pairs.items() if row.get(field) != twin.get(name)}
        for field, name in (("Phone", "phone"), ("MobilePhone", "mobilephone")):
            if digits(row.get(field, "")) != digits(twin.get(name, "")):
                differing.add((row["Id"], field))
    assert differing == planted
    newer = sum(len(org.planted(kind)) for kind in kinds)
    assert 0.02 <= newer / linked <= 0.04


def test_phones_are_written_in_several_ways(org: Generated) -> None:
    phones = [row["properties"]["phone"] for row in org.hubspot["contacts"] if "phone" in row["properties"]]
    ways = Counter("+" if p[0] == "+" else "wide" if "０" in p else "-" if "-" in p else "bare" for p in phones)
    assert ways.keys() == {"+", "wide", "-", "bare"}


def test_duplicates_are_there(org: Generated) -> None:
    contacts = Counter(row.get("Email", "").lower() for row in org.salesforce["Contact"])
    leads = org.by_id("Lead")
    for item in org.planted("same_email_on_two_contacts_and_a_lead"):
        assert contacts[item["email"].lower()] >= 2
        assert leads[item["lead"]]["Email"] == item["email"]
    for item in org.planted("shared_mailbox"):
        assert contacts[item["email"]] >= 2
    twins = org.by_id("contacts")
    for item in org.planted("same_person_twice_in_hubspot"):
        first, second = (twins[item[which]]["properties"] for which in ("first", "second"))
        assert (first["lastname"], first["firstname"]) == (second["lastname"], second["firstname"])
        assert first.get("email") != second["email"]
    addresses = Counter(row["properties"]["email"] for row in org.hubspot["contacts"] if "email" in row["properties"])
    assert set(addresses.values()) == {1}  # HubSpot would have refused the second


def test_companies_are_spelled_differently_where_planted(org: Generated) -> None:
    accounts, companies = org.by_id("Account"), org.by_id("companies")
    for item in org.planted("company_spelling"):
        assert accounts[item["salesforce"]]["Name"] == item["in_salesforce"] != item["in_hubspot"]
        assert companies[item["hubspot"]]["properties"]["name"] == item["in_hubspot"]
        assert accounts[item["salesforce"]].get("SyncAgent_HubSpot_Id__c") in (None, item["hubspot"])
    planted = {item["salesforce"] for item in org.planted("company_spelling")}
    for account in accounts.values():
        link = account.get("SyncAgent_HubSpot_Id__c")
        if link and account["Id"] not in planted:
            assert companies[link]["properties"]["name"] == account["Name"]


def test_deals_differ_where_planted(org: Generated) -> None:
    known, deals = org.by_id("Opportunity"), org.by_id("deals")
    planted = {item["hubspot"] for item in org.planted("deal_amount_differs")}
    assert planted
    for deal in deals.values():
        link = deal["properties"].get("syncagent_salesforce_id")
        if link:
            amount = known[link].get("Amount")
            assert (deal["properties"].get("amount") != (None if amount is None else str(amount))) == (
                deal["id"] in planted
            )


def test_roles_and_campaigns_are_missing_where_planted(org: Generated) -> None:
    with_role = {role["OpportunityId"] for role in org.salesforce["OpportunityContactRole"]}
    everything = {row["Id"] for row in org.salesforce["Opportunity"]}
    assert everything - with_role == opportunities(org, "opportunity_without_role")
    without = {row["Id"] for row in org.salesforce["Opportunity"] if "CampaignId" not in row}
    assert without == opportunities(org, "opportunity_without_campaign")
    known = org.by_id("Opportunity")
    roles = {(role["OpportunityId"], role["ContactId"]): role for role in org.salesforce["OpportunityContactRole"]}
    late = {pair for pair, role in roles.items() if known[pair[0]]["IsClosed"]
            and role["CreatedDate"] > known[pair[0]]["LastStageChangeDate"]}  # fmt: skip
    assert late == {(item["opportunity"], item["contact"]) for item in org.planted("late_role")}


def test_only_hubspot_knows_the_strays(org: Generated) -> None:
    contacts = org.by_id("contacts")
    addresses = {row.get("Email", "").lower() for name in ("Contact", "Lead") for row in org.salesforce[name]}
    for item in org.planted("only_in_hubspot"):
        properties = contacts[item["hubspot"]]["properties"]
        assert "syncagent_salesforce_id" not in properties
        assert properties.get("email") not in addresses
