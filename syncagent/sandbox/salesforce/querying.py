"""The query resources."""

from typing import Any

from syncagent.sandbox.salesforce.calling import Call
from syncagent.sandbox.salesforce.paging import PAGE_MAX, page_size
from syncagent.sandbox.salesforce.soql import Runner
from syncagent.sandbox.salesforce.soql.complaining import malformed
from syncagent.sandbox.salesforce.table import Row
from syncagent.sandbox.wire import Response


def run_query(call: Call) -> Response:
    """GET query."""
    return _run(call, include_deleted=False)


def run_query_all(call: Call) -> Response:
    """GET queryAll: deleted records too."""
    return _run(call, include_deleted=True)


def continue_query(call: Call, address: str) -> Response:
    """GET query/{locator}-{offset}."""
    return Response.json(200, call.cursors.next_page(address, call.version))


def count_records(call: Call) -> Response:
    """GET limits/recordCount."""
    names = (call.request.param("sObjects") or "").split(",")
    wanted = {name.strip().lower() for name in names if name.strip()}
    counts = [
        {"count": sum("IsDeleted" not in row for row in call.org.tables[entry.name].rows.values()), "name": entry.name}
        for entry in call.org.schema
        if not wanted or entry.name.lower() in wanted
    ]
    return Response.json(200, {"sObjects": counts})


def _run(call: Call, *, include_deleted: bool) -> Response:
    text = call.request.param("q")
    if not text:
        raise malformed("A query string has to be specified")
    asked = page_size(call.request.headers.get("sforce-query-options", ""))
    size = max(1, min(asked, call.org.switches["page_rows_max"]))

    def show_children(rows: list[Row], show: Any) -> dict[str, Any]:
        return call.cursors.first_page(rows, show, PAGE_MAX, call.version)

    found = Runner(call.org, call.version, include_deleted, show_children).run(text)
    if found.count is not None:
        return Response.json(200, {"totalSize": found.count, "done": True, "records": []})
    return Response.json(200, call.cursors.first_page(found.rows, found.show, size, call.version))
