"""People and systems move between plan and apply: what changed drops out with a reason, the rest is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest
import requests

from syncagent.connectors.protocol import Connector
from syncagent.domain.records import Record, State, System
from syncagent.operations.apply import apply_plan
from tests.installation import YAMAMOTO, person_id
from tests.operations.conftest import Company
from tests.operations.test_sync_cycle import edit_hubspot, edit_salesforce, planned


def approved(company: Company) -> dict[str, Any]:
    """Change three people in Salesforce, plan and approve."""
    for number in (1, 2, 3):
        edit_salesforce(company, number, Title="部長")
    company.agent.do("pull")
    plan = company.agent.plan("--only", "sync")
    assert len(plan["changes"]) == 3
    company.agent.do("approve", plan["digest"], "--by", "山本")
    return plan


def apply(company: Company, plan: dict[str, Any]) -> tuple[int, dict[str, tuple[str, str]]]:
    """Apply; give the exit code and each record's outcome with its message."""
    said = company.agent.call("apply", plan["digest"], "--format", "json")
    records = {each["id"]: each["record"]["id"] for each in plan["changes"]}
    outcomes = {records[each["change"]]: (each["outcome"], each["message"]) for each in said.json()["outcomes"]}
    return said.code, outcomes


def test_an_edited_record_drops_out_and_the_rest_is_applied(company: Company) -> None:
    plan = approved(company)
    edit_hubspot(company, 2, jobtitle="社長")
    code, outcomes = apply(company, plan)
    assert code == 1
    assert (outcomes["1"][0], outcomes["3"][0]) == ("applied", "applied")
    assert outcomes["2"][0] == "stale"
    assert "jobtitle changed since the plan was made" in outcomes["2"][1]
    assert value(company, 2, "jobtitle") == "社長"


def test_an_edit_of_another_field_does_not_matter(company: Company) -> None:
    plan = approved(company)
    edit_hubspot(company, 2, firstname="花子")
    assert apply(company, plan)[0] == 0


def test_somebody_was_faster(company: Company) -> None:
    plan = approved(company)
    edit_hubspot(company, 2, jobtitle="部長")
    _code, outcomes = apply(company, plan)
    assert outcomes["2"] == ("stale", "jobtitle already holds the planned value; somebody was faster")


def test_a_record_that_is_gone_drops_out(company: Company) -> None:
    plan = approved(company)
    remove_contact(company, "2")
    code, outcomes = apply(company, plan)
    assert code == 1
    assert outcomes["2"] == ("stale", "the record no longer exists; nothing was written")


def remove_contact(company: Company, record: str) -> None:
    """Archive a HubSpot contact as another program would."""
    url = f"{company.box.hubspot_url}/crm/v3/objects/contacts/{record}"
    headers = {"Authorization": f"Bearer {company.box.hubspot_token}"}
    assert requests.delete(url, headers=headers, timeout=10).status_code == 204


def test_a_stale_row_is_proposed_again_on_the_new_values(company: Company) -> None:
    plan = approved(company)
    edit_hubspot(company, 2, jobtitle="社長")
    apply(company, plan)
    assert planned(company) == [(person_id(2), "Title", "部長", "社長")]


@dataclass(slots=True)
class Becoming:
    """A connector in whose eyes one record has meanwhile become something else; it passes everything else on."""

    real: Connector
    record: str
    state: State
    successor: str

    def __getattr__(self, name: str) -> object:
        """Pass on what is not told here."""
        return getattr(self.real, name)

    def read(self, object_name: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Record]:
        """Read, and find the one record changed."""
        found = dict(self.real.read(object_name, ids, fields))
        if self.record in found:
            found[self.record] = replace(found[self.record], state=self.state, successor=self.successor)
        return found


@pytest.mark.parametrize(
    ("system", "state", "edited"),
    [("salesforce", State.CONVERTED, "hubspot"), ("hubspot", State.MERGED, "salesforce")],
)
def test_a_lead_converted_or_a_contact_merged_meanwhile_is_left_alone(
    company: Company, system: System, state: State, edited: System
) -> None:
    kind, record, name = ("contacts", "13", "jobtitle") if edited == "hubspot" else ("Lead", person_id(13), "Title")
    company.box.edit(edited, kind, record, {name: "社長"}, YAMAMOTO)
    company.agent.do("pull")
    plan = company.agent.plan("--only", "sync")
    company.agent.do("approve", plan["digest"], "--by", "山本")
    target = plan["changes"][0]["record"]["id"]
    before = company.box.ledger.writes(system)
    with company.agent.installation() as installation:
        connector = Becoming(installation.connector(system), target, state, person_id(1))
        installation.connected[system] = cast("Connector", connector)
        report = apply_plan(installation, plan["digest"])
    assert [each.outcome for each in report.outcomes] == ["stale"]
    assert f"the record is now {state}; nothing was written" in report.outcomes[0].message
    assert company.box.ledger.writes(system) == before
    assert company.agent.call("plan").code == 0


def value(company: Company, number: int, name: str) -> object:
    """Read a HubSpot contact's property straight from the sandbox."""
    rows = {row["id"]: row for row in company.box.dump().hubspot["contacts"]}
    return rows[str(number)]["properties"].get(name)
