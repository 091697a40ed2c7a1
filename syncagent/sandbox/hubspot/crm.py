"""The portal's state: tables, definitions, pipelines, owners, associations; and one call in progress."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from syncagent.sandbox.clock import Clock
from syncagent.sandbox.hubspot.associations import Associations
from syncagent.sandbox.hubspot.definitions import PropertyDef
from syncagent.sandbox.hubspot.errors import bad_request, not_found
from syncagent.sandbox.hubspot.objecttypes import ObjectType, find_type
from syncagent.sandbox.hubspot.records import Table
from syncagent.sandbox.hubspot.values import format_moment
from syncagent.sandbox.wire import Request, Writes

# Behaviours no one could confirm, by name without the `hubspot.` of org.yaml.
SWITCHES: Mapping[str, Any] = {
    "lifecycle_backwards": "ignored",
    "search_lag_seconds": 0,
    "retry_after": False,
    "search_filter_groups_max": 5,
    "search_filters_per_group_max": 6,
    "search_filters_max": 18,
}


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, as history shows it."""

    name: str
    source_type: str = "INTEGRATION"
    source_id: str | None = None
    user_id: int | None = None


@dataclass(slots=True)
class Crm:
    """Everything the portal knows; the parts a snapshot keeps are the tables, definitions, groups and associations."""

    portal_id: int
    clock: Clock
    switches: Mapping[str, Any]
    owners: list[dict[str, Any]]
    pipelines: dict[str, dict[str, Any]]
    definitions: dict[str, dict[str, PropertyDef]]
    groups: dict[str, dict[str, dict[str, Any]]]
    tables: dict[str, Table]
    associations: Associations
    owner_ids: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.owner_ids = frozenset(owner["id"] for owner in self.owners)

    def now(self) -> str:
        """The present in HubSpot's form."""
        return format_moment(self.clock.now())

    def table(self, kind: ObjectType) -> Table:
        """The table of a type."""
        return self.tables[kind.name]


class Call:
    """One request being served: who asks, what it reads, what it writes."""

    def __init__(self, crm: Crm, request: Request, author: Author, writes: Writes, base_url: str) -> None:
        self.crm = crm
        self.request = request
        self.author = author
        self.writes = writes
        self.base_url = base_url

    @cached_property
    def stamp(self) -> str:
        """The moment of this request's writes: asking for it the first time moves the clock by one tick."""
        return format_moment(self.crm.clock.touch())

    def body(self) -> dict[str, Any]:
        """The JSON object sent; raises HubSpotError."""
        try:
            body = self.request.json()
        except ValueError:
            raise bad_request("Invalid input JSON on line 1, column 1: the body is not JSON") from None
        if not isinstance(body, dict):
            raise bad_request("Invalid input JSON on line 1, column 1: an object is expected")
        return body

    def inputs(self, maximum: int) -> list[dict[str, Any]]:
        """The `inputs` of a batch, at most `maximum`; raises HubSpotError."""
        inputs = self.body().get("inputs")
        if not isinstance(inputs, list) or not all(isinstance(item, dict) for item in inputs):
            raise bad_request("Invalid input JSON: 'inputs' must be a list of objects")
        if len(inputs) > maximum:
            raise bad_request(f"The maximum number of inputs in a batch request is {maximum}, received {len(inputs)}")
        return inputs

    def listed(self, body: Mapping[str, Any], key: str) -> list[str]:
        """A list of names in a body, empty when absent; raises HubSpotError."""
        names = body.get(key) or []
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise bad_request(f"Invalid input JSON: '{key}' must be a list of texts")
        return names

    def names(self, parameter: str) -> list[str]:
        """A list in the query: repeated parameters, commas, or both."""
        parts = [part.strip() for value in self.request.params(parameter) for part in value.split(",")]
        return list(dict.fromkeys(part for part in parts if part))

    def flag(self, parameter: str) -> bool:
        """A boolean in the query, in any case."""
        return (self.request.param(parameter) or "").lower() == "true"

    def count(self, parameter: str, default: int, maximum: int) -> int:
        """A whole number in the query from 1 to the maximum; raises HubSpotError."""
        text = self.request.param(parameter) or str(default)
        if not text.isdigit() or not 1 <= int(text) <= maximum:
            raise bad_request(f"{parameter} must be between 1 and {maximum}, received {text}")
        return int(text)

    def kind(self, text: str) -> ObjectType:
        """The object type a path names; raises HubSpotError."""
        kind = find_type(text)
        if kind is None:
            raise not_found(f"Unable to infer object type from: {text}")
        return kind
