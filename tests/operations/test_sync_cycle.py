"""People edit, the agent pulls, plans and applies: what flows where, and what does not."""

from __future__ import annotations

from typing import Any

from tests.installation import SATO, YAMAMOTO, person_id, person_mapping
from tests.operations.conftest import Company


def edit_salesforce(company: Company, number: int, **fields: object) -> None:
    company.box.edit("salesforce", "Contact", person_id(number), fields, SATO)


def edit_hubspot(company: Company, number: int, **fields: object) -> None:
    company.box.edit("hubspot", "contacts", str(number), fields, YAMAMOTO)


def planned(company: Company) -> list[tuple[str, str, object, object]]:
    """Pull and plan; give the changes as (record id, field, before, after)."""
    company.agent.do("pull")
    return rows(company.agent.plan("--only", "sync"))


def rows(plan: dict[str, Any]) -> list[tuple[str, str, object, object]]:
    return [(each["record"]["id"], each["field"], each["before"], each["after"]) for each in plan["changes"]]


def test_a_second_pull_reads_what_changed_since_and_nothing_else(company: Company) -> None:
    edit_salesforce(company, 3, Title="部長")
    report = company.agent.do("pull", "--format", "json").json()
    read = {(each["system"], each["object"]): each for each in report["objects"]}
    contacts, leads = read["salesforce", "Contact"], read["salesforce", "Lead"]
    only_the_newest = 1  # the overlap reaches 5 minutes back from it, and people's stamps lie days apart
    assert (contacts["new"], contacts["changed"], contacts["same"], contacts["live"]) == (0, 1, only_the_newest, 12)
    assert (leads["new"], leads["changed"], leads["same"]) == (0, 0, only_the_newest)


def test_a_change_on_one_side_flows_and_a_second_plan_is_empty(company: Company) -> None:
    edit_salesforce(company, 1, Title="部長", Phone="03-9999-0001")
    edit_hubspot(company, 2, jobtitle="本部長")
    company.agent.do("pull")
    plan = company.agent.plan("--only", "sync")
    assert rows(plan) == [
        ("1", "jobtitle", "課長", "部長"),
        ("1", "phone", "+81312340001", "+81399990001"),
        (person_id(2), "Title", "課長", "本部長"),
    ]
    report = company.agent.apply(plan)
    assert [each["outcome"] for each in report["outcomes"]] == ["applied"] * 3
    assert company.agent.plan("--only", "sync")["changes"] == []
    assert planned(company) == []


def test_our_own_writes_come_back_as_nothing_new(company: Company) -> None:
    edit_salesforce(company, 1, Phone="03-9999-0001")
    company.agent.do("pull")
    company.agent.apply(company.agent.plan("--only", "sync"))
    for _again in range(2):
        assert planned(company) == []


def test_a_cleared_value_does_not_wipe_the_other_side_and_a_value_never_set_flows(company: Company) -> None:
    edit_salesforce(company, 1, Title=None)
    edit_hubspot(company, 2, mobilephone="+819011112222")
    changes = planned(company)
    assert ("1", "jobtitle", "課長", None) not in changes
    assert (person_id(2), "MobilePhone", None, "090-1111-2222") in changes


def test_a_cleared_value_wipes_where_the_mapping_says_so(company: Company) -> None:
    text = person_mapping().replace("    hubspot: jobtitle\n", "    hubspot: jobtitle\n    blank: overwrite\n")
    (company.agent.folder / "mappings" / "person.yaml").write_text(text, encoding="utf-8")
    edit_salesforce(company, 1, Title=None)
    assert planned(company) == [("1", "jobtitle", "課長", None)]


def test_the_same_edit_on_both_sides_is_no_change(company: Company) -> None:
    edit_salesforce(company, 1, Title="部長")
    edit_hubspot(company, 1, jobtitle="部長")
    company.agent.do("pull")
    plan = company.agent.plan("--only", "sync")
    assert (plan["changes"], plan["conflicts"]) == ([], [])


def test_different_edits_follow_the_rule_of_the_field(company: Company) -> None:
    edit_salesforce(company, 1, Title="部長", LastName="山本")
    edit_hubspot(company, 1, jobtitle="本部長", lastname="山木")
    assert planned(company) == [("1", "lastname", "山木", "山本"), (person_id(1), "Title", "部長", "本部長")]


def test_a_conflict_nobody_s_rule_settles_waits_with_both_values(company: Company) -> None:
    edit_salesforce(company, 1, Email="a@kaisha.example")
    edit_hubspot(company, 1, email="b@kaisha.example")
    company.agent.do("pull")
    plan = company.agent.plan("--only", "sync")
    (conflict,) = plan["conflicts"]
    assert (conflict["field"], conflict["salesforce_value"], conflict["hubspot_value"]) == (
        "email",
        "a@kaisha.example",
        "b@kaisha.example",
    )
    assert plan["changes"] == []
    listed = company.agent.do("conflicts").out
    assert "a@kaisha.example" in listed
    assert "b@kaisha.example" in listed


def test_the_same_plan_has_the_same_digest(company: Company) -> None:
    edit_salesforce(company, 1, Title="部長")
    company.agent.do("pull")
    first, second = company.agent.plan(), company.agent.plan()
    assert first["digest"] == second["digest"]


def test_a_mapping_that_changes_holds_for_records_that_did_not(company: Company) -> None:
    assert planned(company) == []
    (company.agent.folder / "mappings" / "person.yaml").write_text(person_mapping(create=True), encoding="utf-8")
    plan = company.agent.plan("--only", "sync")
    assert sorted((each["operation"], each["record"]["system"]) for each in plan["changes"]) == [
        ("create", "hubspot"),
        ("create", "hubspot"),
        ("create", "salesforce"),
        ("create", "salesforce"),
    ]
    company.agent.apply(plan)
    assert planned(company) == []
