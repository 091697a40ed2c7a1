"""Query results in pages: locators that name a result and an offset, valid for two days."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from syncagent.sandbox.salesforce.errors import Refusal
from syncagent.sandbox.salesforce.identifiers import read_id
from syncagent.sandbox.salesforce.state import Org
from syncagent.sandbox.salesforce.table import Row

PAGE_MIN, PAGE_MAX = 200, 2000
_PREFIX = "0r8"
_LIFETIME = timedelta(days=2)
_LOCATOR_LENGTH = 18


@dataclass(frozen=True, slots=True)
class Cursor:
    """A result that did not fit into one page: the rows as they were found, and how to show them."""

    rows: list[Row]
    show: Callable[[Row], dict[str, Any]]
    size: int
    expires: datetime


@dataclass(slots=True)
class Cursors:
    """The open results by locator."""

    org: Org
    _open: dict[str, Cursor] = field(default_factory=dict)

    def first_page(
        self, rows: list[Row], show: Callable[[Row], dict[str, Any]], size: int, version: str
    ) -> dict[str, Any]:
        """The answer of a new query; a locator is made only when more is to come."""
        cursor = Cursor(rows, show, size, self.org.clock.now() + _LIFETIME)
        locator = ""
        if len(rows) > size:
            locator = self.org.ids.make(_PREFIX, self._open.__contains__)
            self._open = {name: known for name, known in self._open.items() if known.expires > self.org.clock.now()}
            self._open[locator] = cursor
        return _page(cursor, locator, 0, version)

    def next_page(self, address: str, version: str) -> dict[str, Any]:
        """The page of `{locator}-{offset}`; raises Refusal INVALID_QUERY_LOCATOR."""
        name, _, offset = address.partition("-")
        cursor = self._open.get(read_id(name) or "")
        usable = cursor is not None and cursor.expires > self.org.clock.now() and offset.isdecimal()
        if cursor is None or not usable or int(offset) >= len(cursor.rows):
            raise Refusal("INVALID_QUERY_LOCATOR", f"invalid query locator: {address}")
        return _page(cursor, name[:_LOCATOR_LENGTH], int(offset), version)

    def snapshot(self) -> dict[str, Cursor]:
        """The open results."""
        return dict(self._open)

    def restore(self, state: Mapping[str, Cursor]) -> None:
        """Return to a snapshot."""
        self._open = dict(state)


def page_size(options: str) -> int:
    """The batchSize of a Sforce-Query-Options header, moved into the legal 200 to 2,000."""
    for option in options.split(","):
        name, _, value = option.partition("=")
        if name.strip().lower() == "batchsize" and value.strip().isdecimal():
            return max(PAGE_MIN, min(PAGE_MAX, int(value)))
    return PAGE_MAX


def _page(cursor: Cursor, locator: str, offset: int, version: str) -> dict[str, Any]:
    end = offset + cursor.size
    done = end >= len(cursor.rows)
    page: dict[str, Any] = {"totalSize": len(cursor.rows), "done": done}
    if not done:
        page["nextRecordsUrl"] = f"/services/data/v{version}/query/{locator}-{end}"
    page["records"] = [cursor.show(row) for row in cursor.rows[offset:end]]
    return page
