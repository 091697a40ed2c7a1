"""Every kind of answer against the published client's models."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.sandbox.hubspot.small_portal import Caller, Json

CONTRACT = orjson.loads((Path(__file__).parent / "data/contract.json").read_bytes())["packages"]
TRACE = "objectWriteTraceId"
LINK = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
CALLS: list[tuple[str, str, Any]] = [
    ("GET", "/crm/v3/objects/contacts?propertiesWithHistory=email&associations=companies&limit=3", None),
    ("GET", "/crm/v3/objects/contacts/1?propertiesWithHistory=email&associations=deals", None),
    ("GET", "/crm/v3/objects/contacts/90?archived=true", None),
    ("GET", "/crm/v3/objects/contacts/999", None),
    ("POST", "/crm/v3/objects/contacts", {"properties": {"email": "n@example.jp"}}),
    ("POST", "/crm/v3/objects/contacts", {"properties": {"email": "user1@example.jp"}}),
    ("PATCH", "/crm/v3/objects/contacts/1", {"properties": {"lastname": "x"}}),
    ("PATCH", "/crm/v3/objects/contacts/1", {"properties": {"nosuch": "x"}}),
    ("POST", "/crm/v3/objects/contacts/search", {"limit": 2}),
    ("POST", "/crm/v3/objects/contacts/batch/read", {"inputs": [{"id": "1"}], "properties": []}),
    ("POST", "/crm/v3/objects/contacts/batch/read", {"inputs": [{"id": "1"}, {"id": "999"}]}),
    ("POST", "/crm/v3/objects/contacts/batch/create", {"inputs": [{"properties": {"email": "n@example.jp"}}]}),
    ("POST", "/crm/v3/objects/contacts/batch/create", {"inputs": [{"properties": {"nosuch": "1"}, TRACE: "t"}]}),
    ("POST", "/crm/v3/objects/contacts/batch/update", {"inputs": [{"id": "1", "properties": {"lastname": "x"}}]}),
    ("POST", "/crm/v3/objects/contacts/batch/update", {"inputs": [{"id": "999", "properties": {}, TRACE: "t"}]}),
    (
        "POST",
        "/crm/v3/objects/contacts/batch/upsert",
        {"inputs": [{"id": "n@example.jp", "idProperty": "email", "properties": {}}]},
    ),
    (
        "POST",
        "/crm/v3/objects/contacts/batch/upsert",
        {"inputs": [{"id": "n@example.jp", "idProperty": "email", "properties": {"nosuch": "1"}, TRACE: "t"}]},
    ),
    ("GET", "/crm/v3/objects/deals?limit=1", None),
    ("GET", "/crm/v4/objects/contacts/1/associations/companies", None),
    ("PUT", "/crm/v4/objects/contacts/1/associations/companies/12", LINK),
    ("PUT", "/crm/v4/objects/contacts/1/associations/default/companies/12", None),
    ("POST", "/crm/v4/associations/contacts/deals/batch/read", {"inputs": [{"id": "1"}]}),
    ("POST", "/crm/v4/associations/contacts/deals/batch/read", {"inputs": [{"id": "4"}]}),
    (
        "POST",
        "/crm/v4/associations/contacts/companies/batch/create",
        {"inputs": [{"from": {"id": "1"}, "to": {"id": "12"}, "types": LINK}]},
    ),
    (
        "POST",
        "/crm/v4/associations/contacts/companies/batch/create",
        {"inputs": [{"from": {"id": "999"}, "to": {"id": "12"}, "types": LINK}]},
    ),
    (
        "POST",
        "/crm/v4/associations/contacts/companies/batch/associate/default",
        {"inputs": [{"from": {"id": "1"}, "to": {"id": "12"}}]},
    ),
    ("GET", "/crm/v4/associations/contacts/companies/labels", None),
    ("GET", "/crm/v3/properties/contacts", None),
    ("GET", "/crm/v3/properties/deals/dealstage", None),
    ("GET", "/crm/v3/properties/contacts/groups", None),
    ("POST", "/crm/v3/properties/contacts/batch/read", {"archived": False, "inputs": [{"name": "x"}]}),
    ("GET", "/crm/v3/pipelines/deals", None),
    ("GET", "/crm/v3/pipelines/deals/default/stages/p1", None),
    ("GET", "/crm/v3/owners/", None),
    ("GET", "/crm/v3/owners/101", None),
]


@pytest.mark.parametrize(("method", "url", "body"), CALLS, ids=lambda value: value if isinstance(value, str) else "")
def test_answer_fits_the_contract(call: Caller, method: str, url: str, body: Json) -> None:
    reply = call(method, url, body)
    model, models = _model_of(method, url.partition("?")[0], reply.status)
    assert list(_faults(reply.body, model, models, "$")) == []


def _model_of(method: str, path: str, status: int) -> tuple[str, dict[str, Any]]:
    found = [
        (endpoint["path"].count("{"), endpoint["responses"].get(str(status), "Error"), package["models"])
        for package in CONTRACT.values()
        for endpoint in package["endpoints"]
        if endpoint["method"] == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", endpoint["path"]), path)
    ]
    assert found, f"the contract has no {method} {path}"
    _, model, models = min(found, key=lambda row: row[0])
    return model, models


def _faults(value: Json, kind: str, models: dict[str, Any], place: str) -> Iterator[str]:
    if kind.startswith("list["):
        for position, item in enumerate(value):
            yield from _faults(item, kind[5:-1], models, f"{place}[{position}]")
    elif kind.startswith("dict[str, "):
        for key, item in value.items():
            if item is not None:
                yield from _faults(item, kind[10:-1], models, f"{place}.{key}")
    elif kind in models:
        yield from _model_faults(value, models[kind], models, place)
    elif kind == "datetime":
        datetime.fromisoformat(value)
    elif kind != "object" and type(value).__name__ != kind:
        yield f"{place}: {value!r} is no {kind}"


def _model_faults(value: Json, model: dict[str, Any], models: dict[str, Any], place: str) -> Iterator[str]:
    for name in model["required"]:
        if value.get(name) is None:
            yield f"{place}.{name}: missing"
    for name, kind in model["properties"].items():
        if value.get(name) is not None:
            yield from _faults(value[name], kind, models, f"{place}.{name}")
            legal = model.get("enums", {}).get(name)
            if legal and value[name] not in legal:
                yield f"{place}.{name}: {value[name]!r} is none of {legal}"
