"""Pipelines and their stages, read only here."""

from syncagent.sandbox.hubspot.crm import Call
from syncagent.sandbox.hubspot.errors import HubSpotError, not_found
from syncagent.sandbox.wire import Response


def answer(call: Call, parts: list[str]) -> Response:
    """Serve a path below `pipelines`: its first part is the object type."""
    if call.request.method != "GET":
        raise HubSpotError(405, "METHOD_NOT_ALLOWED", "The sandbox's pipelines come from org.yaml and are read only")
    lines = call.crm.pipelines if call.kind(parts[0]).name == "deals" else {}
    match parts[1:]:
        case []:
            return Response.json(200, {"results": list(lines.values())})
        case [line_id, *rest] if line_id in lines:
            line = lines[line_id]
        case _:
            raise not_found(f"Pipeline {'/'.join(parts[1:])} does not exist")
    match rest:
        case []:
            return Response.json(200, line)
        case ["stages"]:
            return Response.json(200, {"results": line["stages"]})
        case ["stages", stage_id]:
            for stage in line["stages"]:
                if stage["id"] == stage_id:
                    return Response.json(200, stage)
    raise not_found(f"Pipeline path {'/'.join(rest)} does not exist")
