"""The search endpoint: filters, sorts, the text query, the 10,000-result wall and the lag of the index."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from syncagent.sandbox.hubspot import filters
from syncagent.sandbox.hubspot.crm import Call
from syncagent.sandbox.hubspot.definitions import PropertyDef
from syncagent.sandbox.hubspot.errors import bad_request
from syncagent.sandbox.hubspot.objecttypes import ObjectType
from syncagent.sandbox.hubspot.records import Record, Table
from syncagent.sandbox.hubspot.rendering import View, render
from syncagent.sandbox.hubspot.values import format_moment
from syncagent.sandbox.wire import Response

LIMIT_MAX = 200
WINDOW_MAX = 10_000
QUERY_LENGTH_MAX = 3_000


def answer(call: Call, kind: ObjectType) -> Response:
    """Serve one search."""
    body = call.body()
    limit = _read_count(body.get("limit", 10), "limit", 1, LIMIT_MAX)
    offset = _read_count(body.get("after") or 0, "after", 0, None)
    if offset + limit > WINDOW_MAX:
        raise bad_request(f"The total number of results is limited to {WINDOW_MAX}; after + limit was {offset + limit}")
    groups = _read_groups(call, kind, body.get("filterGroups") or [])
    words = _read_words(body.get("query"))
    found = _find(call, kind, groups, words)
    found = _sort(call, kind, found, body.get("sorts") or [])
    page = found[offset : offset + limit]
    view = View(call.listed(body, "properties"))
    answered: dict[str, Any] = {
        "total": len(found),
        "results": [render(call, kind, record, view) for record in page],
    }
    if offset + limit < len(found):
        answered["paging"] = {"next": {"after": str(offset + limit)}}
    return Response.json(200, answered)


def _read_count(value: Any, name: str, least: int, most: int | None) -> int:
    text = str(value)
    if not text.isdigit() or int(text) < least or (most is not None and int(text) > most):
        bounds = f"at least {least}" if most is None else f"between {least} and {most}"
        raise bad_request(f"{name} must be {bounds}, received {text}")
    return int(text)


def _read_words(query: Any) -> list[str]:
    text = str(query or "")
    if len(text) > QUERY_LENGTH_MAX:
        raise bad_request(f"query must be at most {QUERY_LENGTH_MAX} characters")
    return text.casefold().split()


def _read_groups(call: Call, kind: ObjectType, groups: Any) -> list[list[filters.Filter]]:
    switches = call.crm.switches
    if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
        raise bad_request("Invalid input JSON: 'filterGroups' must be a list of objects")
    rows = [group.get("filters") or [] for group in groups]
    _check_size(len(rows), switches["search_filter_groups_max"], "filterGroups")
    for row in rows:
        _check_size(len(row), switches["search_filters_per_group_max"], "filters in a group")
    _check_size(sum(map(len, rows)), switches["search_filters_max"], "filters in total")
    known = call.crm.definitions[kind.name]
    return [[filters.parse(row, known) for row in group] for group in rows]


def _check_size(size: int, most: int, what: str) -> None:
    if size > most:
        raise bad_request(f"Too many {what}: at most {most} are allowed, received {size}")


def _find(call: Call, kind: ObjectType, groups: Sequence[Sequence[filters.Filter]], words: list[str]) -> list[Record]:
    """The matching records: in the order of modification where the filters bound it, else of ids."""
    table = call.crm.table(kind)
    bounds = None if table.lagging else filters.bounds(groups, kind.modified)
    candidates: Iterable[Record] = _within(table, bounds)
    if table.lagging:
        candidates = _as_indexed(call, table, candidates)
    if groups and not _is_decided(groups, bounds, kind):
        candidates = (r for r in candidates if any(all(test.accepts(r) for test in group) for group in groups))
    if words:
        candidates = (record for record in candidates if _mentions(record, kind, words))
    return list(candidates)


def _within(table: Table, bounds: tuple[str, str] | None) -> list[Record]:
    records = table.records
    if bounds is None:
        return [records[str(number)] for number in table.live]
    first, last = filters.slice_of(table.modified, *bounds)
    return [records[str(number)] for _, number in table.modified[first:last]]


def _is_decided(groups: Sequence[Sequence[filters.Filter]], bounds: tuple[str, str] | None, kind: ObjectType) -> bool:
    """Whether the bounds alone select what one group asks for."""
    return bounds is not None and len(groups) == 1 and all(t.exact and t.name == kind.modified for t in groups[0])


def _as_indexed(call: Call, table: Table, candidates: Iterable[Record]) -> Iterable[Record]:
    """What a lagging index still believes: records as they were before writes it has not seen."""
    lag = timedelta(seconds=call.crm.switches["search_lag_seconds"])
    horizon = format_moment(call.crm.clock.now() - lag)
    believed: dict[str, Record | None] = {}
    for record_id, writes in list(table.lagging.items()):
        unseen = tuple(write for write in writes if write[0] > horizon)
        if unseen:
            table.lagging[record_id] = unseen
            believed[record_id] = unseen[0][1]
        else:
            del table.lagging[record_id]
    yield from (record for record in candidates if record.id not in believed)
    yield from (record for record in believed.values() if record is not None)


def _mentions(record: Record, kind: ObjectType, words: Iterable[str]) -> bool:
    text = " ".join(record.properties.get(name, "") for name in kind.searched).casefold()
    return all(word in text for word in words)


def _sort(call: Call, kind: ObjectType, found: list[Record], sorts: Any) -> list[Record]:
    if not isinstance(sorts, list):
        raise bad_request("Invalid input JSON: 'sorts' must be a list")
    if len(sorts) > 1:
        raise bad_request("Only one sort is supported")
    if not sorts:
        return sorted(found, key=lambda record: int(record.id))
    name, descending = _read_sort(sorts[0])
    definition = call.crm.definitions[kind.name].get(name)
    if definition is None:
        raise bad_request(f"Property {name} does not exist; it cannot be sorted by")
    with_value = [record for record in found if name in record.properties]
    without = sorted((record for record in found if name not in record.properties), key=lambda record: int(record.id))
    if descending:
        with_value.sort(key=lambda record: int(record.id))
        with_value.sort(key=lambda record: _sort_key(definition, record), reverse=True)
    else:
        with_value.sort(key=lambda record: (_sort_key(definition, record), int(record.id)))
    return with_value + without


def _sort_key(definition: PropertyDef, record: Record) -> Any:
    value = record.properties[definition.name]
    # Dates are kept in a form that sorts as text.
    return value if definition.type in ("date", "datetime") else filters.comparable(definition, value)


def _read_sort(sort: Any) -> tuple[str, bool]:
    if isinstance(sort, str):
        return sort.removeprefix("-"), sort.startswith("-")
    if isinstance(sort, Mapping) and sort.get("propertyName"):
        return str(sort["propertyName"]), sort.get("direction") == "DESCENDING"
    raise bad_request("Invalid input JSON: a sort has 'propertyName' and 'direction'")
