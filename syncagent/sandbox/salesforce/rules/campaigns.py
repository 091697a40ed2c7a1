"""Campaigns and their members: default statuses, one membership a person, and who responded when."""

from collections.abc import Mapping
from typing import Any

from syncagent.sandbox.salesforce.errors import Refusal, required
from syncagent.sandbox.salesforce.rules.base import Rules
from syncagent.sandbox.salesforce.state import Org, read_stamp
from syncagent.sandbox.salesforce.table import Row
from syncagent.sandbox.salesforce.transacting import Transaction

DEFAULT_STATUSES: tuple[Row, ...] = (
    {"Label": "Sent", "SortOrder": 3, "IsDefault": True},
    {"Label": "Responded", "SortOrder": 4, "HasResponded": True},
)


class CampaignRules(Rules):
    """A new campaign brings its two member statuses."""

    def follow(self, transaction: Transaction, before: Row | None, row: Row) -> None:
        """Add the default statuses of a new campaign."""
        if before is None:
            for status in DEFAULT_STATUSES:
                transaction.insert("CampaignMemberStatus", {"CampaignId": row["Id"], **status})


class CampaignMemberRules(Rules):
    """One row for a person in a campaign; the status says whether the person responded."""

    def prepare(self, transaction: Transaction, before: Row | None, row: Row, given: Mapping[str, Any]) -> None:
        """Fill in the campaign's default status, and the response when the status changed."""
        del given
        org = transaction.org
        if row.get("Status") is None:
            row["Status"] = _default_status(org, row.get("CampaignId"))
        if before is None or before.get("Status") != row["Status"]:
            row["HasResponded"] = has_responded(org, row)
            if row["HasResponded"] and "FirstRespondedDate" not in row:
                today = read_stamp(transaction.stamp).astimezone(org.zone).date()
                row["FirstRespondedDate"] = today.isoformat()

    def check(self, transaction: Transaction, before: Row | None, row: Row) -> None:
        """Refuse a member without a person, and a person who is a member already."""
        if before is not None:
            return
        person = "ContactId" if row.get("ContactId") else "LeadId"
        if not row.get(person):
            raise required(["LeadId", "ContactId"])
        for other in transaction.org.live("CampaignMember", person, row[person]):
            if other["CampaignId"] == row["CampaignId"]:
                raise Refusal("DUPLICATE_VALUE", "Already a campaign member.", ())

    def complete(self, org: Org, row: Row) -> None:
        """Fill in status, response and its date where the dataset does not give them."""
        row.setdefault("Status", _default_status(org, row.get("CampaignId")))
        row.setdefault("HasResponded", has_responded(org, row))
        if row["HasResponded"]:
            day = read_stamp(row["CreatedDate"]).astimezone(org.zone).date()
            row.setdefault("FirstRespondedDate", day.isoformat())


def has_responded(org: Org, member: Row) -> bool:
    """Whether the campaign counts the member's status as a response; an unknown status counts as none."""
    label = str(member.get("Status", "")).casefold()
    statuses = org.live("CampaignMemberStatus", "CampaignId", member.get("CampaignId"))
    return any(status.get("HasResponded", False) for status in statuses if status["Label"].casefold() == label)


def _default_status(org: Org, campaign_id: Any) -> str:
    statuses = org.live("CampaignMemberStatus", "CampaignId", campaign_id)
    label: str = next((status["Label"] for status in statuses if status.get("IsDefault")), "Sent")
    return label
