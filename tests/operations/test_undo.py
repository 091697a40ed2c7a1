"""Undo: every field back, the bases with it, and nothing a person touched since."""

from __future__ import annotations

from typing import Any
from unittest import mock

from tests.installation import YAMAMOTO, person_id, person_mapping
from tests.operations.conftest import Company
from tests.operations.test_sync_cycle import edit_hubspot, edit_salesforce, planned, rows

MAPPED = {
    "salesforce": ("LastName", "FirstName", "Email", "Phone", "MobilePhone", "Title", "Company", "Department__c"),
    "hubspot": ("lastname", "firstname", "email", "phone", "mobilephone", "jobtitle", "company", "department"),
}


def values(company: Company) -> dict[tuple[str, str], dict[str, object]]:
    """Give the mapped values of every person in both systems."""
    dump = company.box.dump()
    people = {("salesforce", row["Id"]): row for name in ("Contact", "Lead") for row in dump.salesforce[name]}
    people = {key: row for key, row in people.items() if not row.get("IsDeleted")}
    people |= {("hubspot", row["id"]): row["properties"] for row in dump.hubspot["contacts"] if not row.get("archived")}
    return {key: {name: row.get(name) or None for name in MAPPED[key[0]]} for key, row in people.items()}


def applied(company: Company) -> dict[str, Any]:
    """Have people edit on both sides, plan and apply."""
    for number in (1, 2):
        edit_salesforce(company, number, Title="部長", Phone=f"03-9999-000{number}")
    edit_hubspot(company, 3, jobtitle="本部長", mobilephone="+819011112222")
    company.agent.do("pull")
    plan = company.agent.plan("--only", "sync")
    company.agent.apply(plan)
    return plan


def undo(company: Company, run: str = "run-0001") -> tuple[int, dict[str, Any]]:
    said = company.agent.call("undo", run, "--format", "json")
    report: dict[str, Any] = said.json()
    return said.code, report


def test_undo_restores_each_field_and_proposes_the_same_again(company: Company) -> None:
    for number in (1, 2):
        edit_salesforce(company, number, Title="部長", Phone=f"03-9999-000{number}")
    edit_hubspot(company, 3, jobtitle="本部長", mobilephone="+819011112222")
    company.agent.do("pull")
    plan = company.agent.plan("--only", "sync")
    before = values(company)
    company.agent.apply(plan)
    assert values(company) != before
    code, report = undo(company)
    assert (code, {each["outcome"] for each in report["outcomes"]}) == (0, {"applied"})
    assert values(company) == before
    assert planned(company) == rows(plan)


def test_an_undo_can_be_undone(company: Company) -> None:
    plan = applied(company)
    after = values(company)
    undo(company)
    code, _report = undo(company, "run-0002")
    assert code == 0
    assert values(company) == after
    assert len(plan["changes"]) == 6
    assert planned(company) == []


def test_undo_leaves_alone_what_a_person_touched_since(company: Company) -> None:
    applied(company)
    edit_hubspot(company, 1, jobtitle="社長")
    code, report = undo(company)
    assert code == 1
    assert sorted(each["outcome"] for each in report["outcomes"]) == ["applied"] * 5 + ["stale"]
    assert values(company)["hubspot", "1"]["jobtitle"] == "社長"
    assert values(company)["hubspot", "2"]["jobtitle"] == "課長"


def test_a_field_undo_left_alone_keeps_what_both_sides_agreed_on(company: Company) -> None:
    edit_salesforce(company, 1, Email="new@kaisha.example", Phone="03-9999-0001")
    company.agent.do("pull")
    company.agent.apply(company.agent.plan("--only", "sync"))
    edit_hubspot(company, 1, email="newest@kaisha.example")
    assert undo(company)[0] == 1
    assert planned(company) == [
        ("1", "phone", "+81312340001", "+81399990001"),
        (person_id(1), "Email", "new@kaisha.example", "newest@kaisha.example"),
    ]


def test_a_run_is_taken_back_once(company: Company) -> None:
    applied(company)
    undo(company)
    again = company.agent.call("undo", "run-0001")
    assert (again.code, again.err) == (1, "syncagent: run-0001 was already taken back by run-0002\n")


def test_what_an_undo_could_not_do_is_done_by_the_next(company: Company) -> None:
    applied(company)
    company.box.fault("expire_token", "hubspot", method="POST", path="batch/update", times=2)
    said = company.agent.call("undo", "run-0001", "--format", "json")
    assert (said.code, {each["outcome"] for each in said.json()["outcomes"]}) == (1, {"retry"})
    assert values(company)["hubspot", "1"]["jobtitle"] == "部長"
    company.box.faults.clear()
    assert undo(company)[0] == 0
    assert values(company)["hubspot", "1"]["jobtitle"] == "課長"
    assert values(company)["salesforce", person_id(3)]["Title"] == "課長"
    assert "was already taken back by run-0003" in company.agent.call("undo", "run-0001").err


def test_a_run_cut_short_can_be_taken_back_at_once(company: Company) -> None:
    for number in (1, 2):
        edit_salesforce(company, number, Title="部長")
    edit_hubspot(company, 3, jobtitle="本部長")
    company.agent.do("pull")
    plan = company.agent.plan("--only", "sync")
    before = values(company)
    company.agent.do("approve", plan["digest"], "--by", "山本")
    with mock.patch("syncagent.operations.apply._settle", side_effect=KeyboardInterrupt):
        stopped = company.agent.call("apply", plan["digest"])
    assert (stopped.code, stopped.err) == (1, "stopped; the same command picks up where it left off\n")
    assert values(company) != before
    assert "was interrupted and is not finished" in company.agent.call("plan").err
    assert undo(company)[0] == 0
    assert values(company) == before
    assert "was already applied by run run-0001" in company.agent.call("apply", plan["digest"]).err
    assert planned(company) == rows(plan)


def test_an_unknown_run_names_the_ones_there_are(company: Company) -> None:
    said = company.agent.call("undo", "run-0099")
    assert said.code == 2
    assert said.err.startswith("syncagent: there is no run run-0099; the latest are: ")


def created(company: Company) -> dict[str, Any]:
    """Create the four people only one side knows."""
    (company.agent.folder / "mappings" / "person.yaml").write_text(person_mapping(create=True), encoding="utf-8")
    plan = company.agent.plan("--only", "sync")
    return company.agent.apply(plan)


def live(company: Company) -> set[tuple[str, str]]:
    return set(values(company))


def test_undo_of_creates_takes_the_records_away_and_they_can_come_again(company: Company) -> None:
    before = live(company)
    created(company)
    assert len(live(company) - before) == 4
    assert undo(company)[0] == 0
    assert live(company) == before
    company.agent.do("pull")
    assert len(company.agent.plan("--only", "sync")["changes"]) == 4


def test_undo_keeps_a_created_record_somebody_has_edited(company: Company) -> None:
    report = created(company)
    mine = next(each["record"] for each in report["outcomes"] if each["record"].isdigit())
    company.box.edit("hubspot", "contacts", mine, {"lastname": "佐々木"}, YAMAMOTO)
    code, undone = undo(company)
    assert code == 1
    messages = [each["message"] for each in undone["outcomes"] if each["outcome"] == "stale"]
    assert messages == ["lastname was edited since the record was created; it stays"]
    assert ("hubspot", mine) in live(company)
