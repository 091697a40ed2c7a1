"""Ids are well-formed and every reference resolves."""

from collections import Counter

import pytest

from tests.sandbox.generate.reading import Generated

PREFIXES = {
    "Account": "001", "Campaign": "701", "CampaignMember": "00v", "Contact": "003", "Event": "00U", "Lead": "00Q",
    "Opportunity": "006", "OpportunityContactRole": "00K", "OpportunityHistory": "008", "Task": "00T", "User": "005",
}  # fmt: skip
TARGETS = {
    "AccountId": ("Account",), "CampaignId": ("Campaign",), "ContactId": ("Contact",), "LeadId": ("Lead",),
    "OpportunityId": ("Opportunity",), "OwnerId": ("User",), "CreatedById": ("User",), "LastModifiedById": ("User",),
    "ManagerId": ("User",), "ConvertedAccountId": ("Account",), "ConvertedContactId": ("Contact",),
    "ConvertedOpportunityId": ("Opportunity",), "ParentId": ("Campaign",), "WhoId": ("Lead", "Contact"),
    "WhatId": ("Opportunity",),
}  # fmt: skip
TWINS = {"Contact": "contacts", "Lead": "contacts", "Account": "companies", "Opportunity": "deals"}
ASSOCIATION_TYPES = {
    ("contacts", "companies"): {1, 279}, ("deals", "companies"): {5, 341}, ("contacts", "deals"): {4},
    ("tasks", "deals"): {216}, ("tasks", "contacts"): {204},
}  # fmt: skip


def checksum(identifier: str) -> str:
    """The three last characters by the published rule, written down independently of the generator."""
    bits = ["".join("1" if letter.isupper() else "0" for letter in reversed(identifier[i : i + 5])) for i in (0, 5, 10)]
    return "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[int(group, 2)] for group in bits)


@pytest.mark.parametrize("sobject", sorted(PREFIXES))
def test_salesforce_ids_are_unique_and_carry_prefix_and_checksum(org: Generated, sobject: str) -> None:
    ids = [row["Id"] for row in org.salesforce[sobject]]
    assert len({identifier[:15].lower() for identifier in ids}) <= len(set(ids)) == len(ids)
    for identifier in ids:
        assert len(identifier) == 18
        assert identifier.startswith(PREFIXES[sobject])
        assert identifier[15:] == checksum(identifier[:15])


def test_every_salesforce_reference_resolves(org: Generated) -> None:
    known = {name: org.by_id(name).keys() for name in org.salesforce}
    checked: Counter[str] = Counter()
    for sobject, rows in org.salesforce.items():
        for row in rows:
            for field in TARGETS.keys() & row.keys():
                assert any(row[field] in known[target] for target in TARGETS[field]), (sobject, row["Id"], field)
                checked[field] += 1
            unknown = {field for field in row if field.endswith("Id") and field not in TARGETS}
            assert unknown <= {"Id", "ProfileId"}
    assert checked.keys() == TARGETS.keys()


@pytest.mark.parametrize("sobject", sorted(TWINS))
def test_links_resolve_and_are_unique_on_both_sides(org: Generated, sobject: str) -> None:
    twins, rows = org.by_id(TWINS[sobject]), org.by_id(sobject)
    for row in rows.values():
        link = row.get("SyncAgent_HubSpot_Id__c")
        assert link is None or link in twins
    links = [row["SyncAgent_HubSpot_Id__c"] for row in rows.values() if "SyncAgent_HubSpot_Id__c" in row]
    assert len(set(links)) == len(links) > len(rows) * (0.3 if sobject == "Lead" else 0.5)
    back = Counter(twin["properties"].get("syncagent_salesforce_id") for twin in twins.values())
    del back[None]
    assert set(back.values()) == {1}


def test_what_hubspot_knows_of_salesforce_exists_and_agrees(org: Generated) -> None:
    people = {**org.by_id("Contact"), **org.by_id("Lead")}
    stale = {item["hubspot"] for item in org.planted("link_to_converted_lead")}
    for name, known in (("contacts", people), ("companies", org.by_id("Account")), ("deals", org.by_id("Opportunity"))):
        for twin in org.hubspot[name]:
            link = twin["properties"].get("syncagent_salesforce_id")
            if link and twin["id"] not in stale:
                assert known[link].get("SyncAgent_HubSpot_Id__c") in (None, twin["id"])


def test_associations_join_existing_objects_with_their_own_types(org: Generated) -> None:
    known = {name: org.by_id(name).keys() for name in ("contacts", "companies", "deals", "tasks")}
    seen = set()
    for row in org.hubspot["associations"]:
        (start, start_id), (end, end_id) = row["from"].split("/"), row["to"].split("/")
        assert start_id in known[start]
        assert end_id in known[end]
        assert {kind["typeId"] for kind in row["types"]} == ASSOCIATION_TYPES[start, end]
        seen.add((row["from"], row["to"]))
    assert len(seen) == len(org.hubspot["associations"])


def test_a_member_joins_one_person_and_one_campaign_once(org: Generated) -> None:
    pairs = Counter(
        (row["CampaignId"], row.get("ContactId") or row["LeadId"]) for row in org.salesforce["CampaignMember"]
    )
    assert set(pairs.values()) == {1}
    campaigns = org.by_id("Campaign")
    for row in org.salesforce["CampaignMember"]:
        assert row["HasResponded"] == (row["Status"] == "Responded") == ("FirstRespondedDate" in row)
        if row["HasResponded"]:
            campaign = campaigns[row["CampaignId"]]
            assert campaign["StartDate"] <= row["FirstRespondedDate"] <= campaign["EndDate"]


def test_the_people_of_an_opportunity_are_of_its_account(org: Generated) -> None:
    contacts, opportunities = org.by_id("Contact"), org.by_id("Opportunity")
    for role in org.salesforce["OpportunityContactRole"]:
        assert contacts[role["ContactId"]]["AccountId"] == opportunities[role["OpportunityId"]]["AccountId"]
    primary = Counter(role["OpportunityId"] for role in org.salesforce["OpportunityContactRole"] if role["IsPrimary"])
    assert set(primary.values()) == {1}


def test_converted_leads_point_at_their_contact(org: Generated) -> None:
    contacts = org.by_id("Contact")
    converted = [lead for lead in org.salesforce["Lead"] if lead["IsConverted"]]
    assert len(converted) > 100
    for lead in converted:
        contact = contacts[lead["ConvertedContactId"]]
        assert contact["AccountId"] == lead["ConvertedAccountId"]
        assert (contact["LastName"], contact.get("Email")) == (lead["LastName"], lead.get("Email"))
        assert lead["Status"] == "Closed - Converted"


def test_people_who_left_still_own_rows(org: Generated) -> None:
    gone = {user["Id"] for user in org.salesforce["User"] if not user["IsActive"]}
    assert len(gone) == 2
    owned = {
        row["Id"]
        for name in ("Account", "Contact", "Lead", "Opportunity")
        for row in org.salesforce[name]
        if row["OwnerId"] in gone
    }
    assert owned == {item["id"] for item in org.planted("owner_inactive")}
    assert owned
