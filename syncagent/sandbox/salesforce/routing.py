"""The resources below /services/data/vNN.0 and the methods each one knows."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from syncagent.sandbox.salesforce import gathering, querying, rows
from syncagent.sandbox.salesforce.calling import Call
from syncagent.sandbox.salesforce.describing import basic_information, describe, list_objects
from syncagent.sandbox.salesforce.errors import not_allowed, not_found
from syncagent.sandbox.wire import Response

Handler = Callable[..., Response]


def dispatch(call: Call, path: str) -> Response:
    """Answer a call whose path, without version and slashes around it, is given; raises Refusal 404 or 405."""
    method = call.request.param("_HttpMethod") if call.request.method == "POST" else None
    method = method or call.request.method
    for pattern, handlers in _RESOURCES:
        match = pattern.fullmatch(path)
        if match:
            handler = handlers.get("GET" if method == "HEAD" else method)
            if handler is None:
                raise not_allowed(method, ["HEAD", *sorted(handlers)])
            response: Response = handler(call, *match.groups())
            return response
    raise not_found()


def _resources(call: Call) -> Response:
    base = f"/services/data/v{call.version}"
    names = ("sobjects", "query", "queryAll", "limits", "composite")
    organization, user = call.org.settings["org_id"], call.user_id
    return Response.json(200, {**{name: f"{base}/{name}" for name in names}, "identity": f"/id/{organization}/{user}"})


def _limits(call: Call) -> Response:
    return Response.json(200, call.meter.limits())


def _list_objects(call: Call) -> Response:
    return Response.json(200, list_objects(call.org.schema, call.version))


def _basic_information(call: Call, name: str) -> Response:
    return Response.json(200, basic_information(call.definition(name), call.version))


def _describe(call: Call, name: str) -> Response:
    return Response.json(200, describe(call.definition(name), call.version))


def _composite(call: Call) -> Response:
    base = f"/services/data/v{call.version}/composite"
    return Response.json(200, {"sobjects": f"{base}/sobjects"})


_TABLE: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("", {"GET": _resources}),
    ("limits", {"GET": _limits}),
    ("limits/recordCount", {"GET": querying.count_records}),
    ("query", {"GET": querying.run_query}),
    ("queryAll", {"GET": querying.run_query_all}),
    ("query(?:All)?/([^/]+)", {"GET": querying.continue_query}),
    ("composite", {"GET": _composite}),
    (
        "composite/sobjects",
        {"POST": gathering.create_rows, "PATCH": gathering.update_rows, "DELETE": gathering.delete_rows},
    ),
    ("composite/sobjects/([^/]+)", {"GET": gathering.retrieve_rows, "POST": gathering.retrieve_rows_by_body}),
    ("composite/sobjects/([^/]+)/([^/]+)", {"PATCH": gathering.upsert_rows}),
    ("sobjects", {"GET": _list_objects}),
    ("sobjects/([^/]+)", {"GET": _basic_information, "POST": rows.create_row}),
    ("sobjects/([^/]+)/describe", {"GET": _describe}),
    ("sobjects/([^/]+)/([^/]+)", {"GET": rows.read_row, "PATCH": rows.update_row, "DELETE": rows.delete_row}),
    (
        "sobjects/([^/]+)/([^/]+)/(.+)",
        {"GET": rows.read_row_by_key, "PATCH": rows.upsert_row, "DELETE": rows.delete_row_by_key},
    ),
)
_RESOURCES = tuple((re.compile(pattern), handlers) for pattern, handlers in _TABLE)
