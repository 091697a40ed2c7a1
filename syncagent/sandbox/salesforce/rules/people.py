"""Leads, contacts and users: the composed name, and leads that were converted."""

from collections.abc import Mapping
from typing import Any

from syncagent.sandbox.salesforce.errors import Refusal
from syncagent.sandbox.salesforce.rules.base import Rules
from syncagent.sandbox.salesforce.state import Org
from syncagent.sandbox.salesforce.table import Row
from syncagent.sandbox.salesforce.transacting import Transaction

_PARTS = frozenset({"FirstName", "LastName"})


class PersonRules(Rules):
    """Name is made of the other name fields, in the order of the org's locale."""

    def prepare(self, transaction: Transaction, before: Row | None, row: Row, given: Mapping[str, Any]) -> None:
        """Compose the name anew when a part of it was given."""
        if before is None or not _PARTS.isdisjoint(given):
            row["Name"] = compose_name(transaction.org, row)

    def complete(self, org: Org, row: Row) -> None:
        """Compose a missing name."""
        row.setdefault("Name", compose_name(org, row))


class LeadRules(PersonRules):
    """A converted lead can no longer be edited."""

    def check(self, transaction: Transaction, before: Row | None, row: Row) -> None:
        """Refuse an edit of a converted lead."""
        del transaction, row
        if before is not None and before.get("IsConverted"):
            raise Refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ())


def compose_name(org: Org, row: Row) -> str:
    """`LastName FirstName`, or the other way round where the switch name_order says first_last."""
    order = ("LastName", "FirstName") if org.switches["name_order"] == "last_first" else ("FirstName", "LastName")
    return " ".join(row[name] for name in order if row.get(name))
