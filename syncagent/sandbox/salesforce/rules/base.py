"""The moments at which an object's own rules act on a write."""

from collections.abc import Mapping
from typing import Any

from syncagent.sandbox.salesforce.state import Org
from syncagent.sandbox.salesforce.table import Row
from syncagent.sandbox.salesforce.transacting import Transaction


class Rules:
    """No rules. Rows passed as `row` are the caller's own copies and may be changed; `before` never."""

    def prepare(self, transaction: Transaction, before: Row | None, row: Row, given: Mapping[str, Any]) -> None:
        """Fill in what follows from the given fields, before any check; `before` is None on create."""

    def check(self, transaction: Transaction, before: Row | None, row: Row) -> None:
        """Refuse a row that breaks a rule between records."""

    def follow(self, transaction: Transaction, before: Row | None, row: Row) -> None:
        """Write to other records what follows from this one; a deleted row carries IsDeleted."""

    def complete(self, org: Org, row: Row) -> None:
        """Fill in what a dataset row leaves out, keeping whatever it says."""
