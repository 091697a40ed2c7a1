"""Opportunities: the stage sets probability and outcome, and every change of the forecast leaves a history row."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from syncagent.sandbox.salesforce.rules.base import Rules
from syncagent.sandbox.salesforce.state import Org
from syncagent.sandbox.salesforce.table import Row
from syncagent.sandbox.salesforce.transacting import Transaction

TRACKED = ("Amount", "Probability", "StageName", "CloseDate")
_COPIED = ("StageName", "Amount", "ExpectedRevenue", "CloseDate", "Probability", "ForecastCategory")
_CATEGORIES = {"Best Case": "BestCase", "Commit": "Forecast"}
_MONTHS_IN_QUARTER = 3


class OpportunityRules(Rules):
    """What StageName, Amount and CloseDate carry with them."""

    def prepare(self, transaction: Transaction, before: Row | None, row: Row, given: Mapping[str, Any]) -> None:
        """Apply the stage when it changed, and recompute the fields that follow from others."""
        stage_changed = before is None or before.get("StageName") != row.get("StageName")
        if stage_changed:
            apply_stage(transaction.org, row, given)
        elif given.get("ForecastCategoryName"):
            row["ForecastCategory"] = _category(given["ForecastCategoryName"])
        if stage_changed and before is not None:
            row["LastStageChangeDate"] = transaction.stamp
        fill_derived(row)

    def follow(self, transaction: Transaction, before: Row | None, row: Row) -> None:
        """Add the history row of a tracked change."""
        if row.get("IsDeleted"):
            return
        changed = [name for name in TRACKED if before is None or before.get(name) != row.get(name)]
        if before is None and row.get("ContactId"):
            row = _make_primary(transaction, row)
        if not changed:
            return
        entry = transaction.insert("OpportunityHistory", history_fields(row, before))
        links = {
            "Amount": "LastAmountChangedHistoryId",
            "CloseDate": "LastCloseDateChangedHistoryId",
        }
        pointers = {links[name]: entry["Id"] for name in changed if name in links and before is not None}
        if pointers:
            transaction.put("Opportunity", {**row, **pointers})

    def complete(self, org: Org, row: Row) -> None:
        """Fill in what the stage says where the dataset does not."""
        given = dict(row)
        apply_stage(org, row, given)
        row.update(given)
        fill_derived(row)


class ContactRoleRules(Rules):
    """An opportunity has at most one primary contact."""

    def follow(self, transaction: Transaction, before: Row | None, row: Row) -> None:
        """Clear the primary flag of the others."""
        del before
        if not row.get("IsPrimary") or row.get("IsDeleted"):
            return
        others = transaction.org.live("OpportunityContactRole", "OpportunityId", row["OpportunityId"])
        for other in others:
            if other["Id"] != row["Id"] and other.get("IsPrimary"):
                transaction.modify("OpportunityContactRole", other, {"IsPrimary": False})


def _make_primary(transaction: Transaction, row: Row) -> Row:
    """ContactId is accepted at creation only, and lives on as the primary contact role."""
    role = {"OpportunityId": row["Id"], "ContactId": row["ContactId"], "IsPrimary": True}
    transaction.insert("OpportunityContactRole", role)
    kept = {name: value for name, value in row.items() if name != "ContactId"}
    transaction.put("Opportunity", kept)
    return kept


def apply_stage(org: Org, row: Row, given: Mapping[str, Any]) -> None:
    """Set what the stage decides, except a probability or forecast category given with it.

    A stage that is not in the org's list is accepted, as StageName is no restricted picklist, and changes nothing else.
    """
    stages = org.tables["OpportunityStage"].with_value("ApiName", row.get("StageName"))
    if not stages:
        return
    stage = stages[0]
    row["IsClosed"] = stage.get("IsClosed", False)
    row["IsWon"] = stage.get("IsWon", False)
    if given.get("Probability") is None:
        row["Probability"] = stage.get("DefaultProbability", 0.0)
    category = given.get("ForecastCategoryName") or stage["ForecastCategoryName"]
    row["ForecastCategoryName"] = category
    row["ForecastCategory"] = _category(category)


def fill_derived(row: Row) -> None:
    """Expected revenue and the fiscal period, which begins with the calendar year."""
    amount, probability = row.get("Amount"), row.get("Probability")
    if amount is None:
        row.pop("ExpectedRevenue", None)
    else:
        row["ExpectedRevenue"] = round(amount * (probability or 0.0) / 100, 2)
    close_date = row.get("CloseDate")
    if close_date:
        day = date.fromisoformat(close_date)
        quarter = (day.month - 1) // _MONTHS_IN_QUARTER + 1
        row.update(FiscalYear=day.year, FiscalQuarter=quarter, Fiscal=f"{day.year} {quarter}")


def history_fields(row: Row, before: Row | None) -> Row:
    """The history row of an opportunity as it stands, with the amount and close date it had before."""
    fields: Row = {name: row.get(name) for name in _COPIED}
    fields["OpportunityId"] = row["Id"]
    if before is not None:
        fields.update(PrevAmount=before.get("Amount"), PrevCloseDate=before.get("CloseDate"))
    return fields


def _category(name: str) -> str:
    return _CATEGORIES.get(name, name)
