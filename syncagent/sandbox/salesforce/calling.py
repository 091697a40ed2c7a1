"""One authorised call: the request with the version of its path, its user, and the org it acts on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from syncagent.sandbox.salesforce.errors import Refusal, bad_json, not_found
from syncagent.sandbox.salesforce.metering import Meter
from syncagent.sandbox.salesforce.paging import Cursors
from syncagent.sandbox.salesforce.schema import SObject
from syncagent.sandbox.salesforce.sessions import Sessions
from syncagent.sandbox.salesforce.state import Org
from syncagent.sandbox.salesforce.transacting import Transaction
from syncagent.sandbox.wire import Request, Writes


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler gets. `version` is the number of the path, such as 62.0."""

    request: Request
    version: str
    user_id: str
    writes: Writes
    org: Org
    cursors: Cursors
    meter: Meter
    sessions: Sessions

    def definition(self, name: str) -> SObject:
        """The object a path names; raises Refusal NOT_FOUND."""
        found = self.org.schema.find(name)
        if found is None:
            raise not_found()
        return found

    def body(self) -> dict[str, Any]:
        """The request body as a JSON object; raises Refusal JSON_PARSER_ERROR."""
        try:
            body = self.request.json()
        except ValueError as error:
            raise bad_json(f"Unexpected character or end of input: {error}") from None
        if not isinstance(body, dict):
            raise bad_json("The HTTP entity body is required to be a JSON object")
        return body

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction that undoes everything when a Refusal leaves the block."""
        transaction = Transaction(self.org, self.user_id, self.writes)
        mark = transaction.mark()
        try:
            yield transaction
        except Refusal:
            transaction.roll_back(mark)
            raise
