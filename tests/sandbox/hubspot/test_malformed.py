"""Whatever a client sends is answered in HubSpot's words, and a refused request changes nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.hubspot.small_portal import Json, make_caller, make_dataset

WORDS = [
    "inputs",
    "id",
    "properties",
    "propertiesWithHistory",
    "associations",
    "to",
    "from",
    "types",
    "associationTypeId",
    "filterGroups",
    "filters",
    "propertyName",
    "operator",
    "value",
    "values",
    "highValue",
    "sorts",
    "direction",
    "limit",
    "after",
    "query",
    "idProperty",
    "objectWriteTraceId",
    "name",
    "label",
    "type",
    "fieldType",
    "groupName",
    "options",
    "hasUniqueValue",
]
TEXTS = [
    "email",
    "lastname",
    "lastmodifieddate",
    "createdate",
    "EQ",
    "IN",
    "BETWEEN",
    "1",
    "11",
    "21",
    "a@example.jp",
    "",
]
POSTS = [
    *(f"/crm/v3/objects/contacts/batch/{action}" for action in ("read", "create", "update", "upsert", "archive")),
    "/crm/v3/objects/contacts",
    "/crm/v3/objects/contacts/search",
    *(
        f"/crm/v4/associations/contacts/companies/batch/{action}"
        for action in ("read", "create", "archive", "labels/archive", "associate/default")
    ),
    "/crm/v3/properties/contacts",
    "/crm/v3/properties/contacts/groups",
    "/crm/v3/properties/contacts/batch/create",
    "/crm/v3/properties/contacts/batch/read",
]
OTHERS = [
    ("PATCH", "/crm/v3/objects/contacts/1"),
    ("PATCH", "/crm/v3/properties/contacts/interests"),
    ("PATCH", "/crm/v3/properties/contacts/groups/contactinformation"),
    ("PUT", "/crm/v4/objects/contacts/1/associations/companies/12"),
]
_leaf = st.none() | st.booleans() | st.integers(-5, 400) | st.sampled_from([*TEXTS, *WORDS])
_json = st.recursive(
    _leaf,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*WORDS, *TEXTS]), inner, max_size=5),
    max_leaves=12,
)
_top = st.dictionaries(st.sampled_from(WORDS), _json, max_size=5)
_inputs = st.lists(_top, max_size=3).map(lambda rows: {"inputs": rows})
_filters = st.lists(_top, max_size=3).map(lambda rows: {"filterGroups": [{"filters": rows}]})
_property = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["rank", "size"]) | _json,
        "label": _json,
        "type": st.sampled_from(["string", "enumeration"]) | _json,
        "fieldType": st.sampled_from(["text", "select"]) | _json,
        "groupName": st.just("contactinformation") | _json,
        "options": _json,
    }
)
_read = st.fixed_dictionaries(
    {"inputs": st.just([{"id": "1"}]), "properties": _json, "propertiesWithHistory": _json, "idProperty": _json}
)
_search = st.fixed_dictionaries(
    {}, optional={"sorts": _json, "properties": _json, "limit": _json, "after": _json, "query": _json}
)
_write = st.fixed_dictionaries({"properties": st.just({"lastname": "x"}) | _json, "associations": _json})
_body = st.one_of(_top, _inputs, _filters, _json, _property, _read, _search, _write)
_call = st.sampled_from([*(("POST", path) for path in POSTS), *OTHERS])


CALL = make_caller(make_dataset())
START = CALL.portal.snapshot()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_call, _body), min_size=1, max_size=4))
def test_no_body_breaks_the_portal(calls: list[tuple[tuple[str, str], Json]]) -> None:
    call = CALL
    call.portal.restore(START)
    for (method, path), body in calls:
        before = call.clock.now()
        reply = call(method, path, body)
        assert reply.status in (200, 201, 204, 207, 400, 404, 405, 409)
        if reply.status >= 400:
            assert reply.body["category"]
            assert not call.writes
            assert call.clock.now() == before
    for path in ("/crm/v3/objects/contacts", "/crm/v3/properties/contacts", "/crm/v3/properties/contacts/groups"):
        assert call.get(path).status == 200
