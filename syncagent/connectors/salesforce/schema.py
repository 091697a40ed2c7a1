"""What Salesforce says about an object, and how its values are read and written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from syncagent.connectors.replies import Refusal
from syncagent.connectors.salesforce.client import Client
from syncagent.connectors.scalars import decimal_text, instant_text, wire_instant
from syncagent.domain.records import FieldInfo, Scalar
from syncagent.domain.time import parse_instant
from syncagent.errors import Rejected

_NAME = re.compile(r"[A-Za-z]\w*")
_NUMBERS = frozenset({"double", "currency", "percent"})
_WITHOUT_SCALAR = frozenset({"address", "location", "base64", "complexvalue"})
"""Compound and binary fields: their parts are fields of their own, or too big to be a value."""


@dataclass(frozen=True, slots=True)
class Schema:
    """One object: its fields, and the columns every read of it carries."""

    object: str
    fields: Mapping[str, FieldInfo]

    @property
    def stamp(self) -> str:
        """The column a pull is ordered by: SystemModstamp, or CreatedDate for rows that never change."""
        found = next((name for name in ("SystemModstamp", "CreatedDate") if name in self.fields), None)
        if found is None:
            raise Rejected(
                f"salesforce: {self.object} has neither SystemModstamp nor CreatedDate and cannot be pulled.",
                system="salesforce",
            )
        return found

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that tell which record this is, when it changed and what became of it."""
        wanted = ("Id", self.stamp, "IsDeleted", "MasterRecordId", "IsConverted", "ConvertedContactId")
        return tuple(name for name in wanted if name in self.fields)

    def require(self, names: Iterable[str]) -> None:
        """Check that every field exists and is visible to us.

        Raises:
            Rejected: naming all that are not; nothing was sent.
        """
        missing = sorted(set(names) - set(self.fields))
        if missing:
            raise Rejected(
                f"salesforce: {self.object} has no readable field {', '.join(missing)}; nothing was read. Check the "
                "spelling in the mapping, and that the integration user may see it (field-level security).",
                system="salesforce",
                code="INVALID_FIELD",
            )

    def decode(self, name: str, value: Any) -> Scalar:
        """Read a JSON value as the scalar its type stands for."""
        if value is None or isinstance(value, bool):
            return value
        kind = self.fields[name].type
        if kind in _NUMBERS or isinstance(value, Decimal):
            return decimal_text(value)
        if kind == "datetime":
            return instant_text(value)
        return value if isinstance(value, int) else str(value)

    def encode(self, name: str, value: Scalar) -> Any:
        """Write a scalar as the JSON its type needs; numbers go out digit by digit, never through a float.

        Raises:
            ValueError: a text that is not a number or an instant.
        """
        kind = self.fields[name].type
        if isinstance(value, str) and kind in _NUMBERS | {"int"}:
            return orjson.Fragment(decimal_text(value).encode())
        if isinstance(value, str) and kind == "datetime":
            return wire_instant(parse_instant(value), "+0000")
        return value


def fetch_schema(client: Client, object_name: str) -> Schema:
    """Read an object's description.

    Raises:
        Rejected: there is no such object, or we may not see it.
    """
    unknown = Rejected(
        f"salesforce has no object {object_name!r} visible to the integration user; nothing was read. "
        "Check its API name and the user's permissions.",
        system="salesforce",
        code="INVALID_TYPE",
    )
    if not _NAME.fullmatch(object_name):
        raise unknown
    try:
        answer = client.get(f"sobjects/{object_name}/describe")
    except Refusal as error:
        raise (unknown if error.status in (400, 404) else error) from error
    fields = (_field(raw) for raw in answer["fields"] if raw["type"] not in _WITHOUT_SCALAR)
    return Schema(str(answer.get("name", object_name)), {info.name: info for info in fields})


def _field(raw: Mapping[str, Any]) -> FieldInfo:
    createable, updateable = bool(raw.get("createable")), bool(raw.get("updateable"))
    return FieldInfo(
        name=raw["name"],
        label=raw.get("label") or raw["name"],
        type=raw["type"],
        length=raw.get("length") or None,
        writable=createable or updateable,
        required=createable and not raw.get("nillable") and not raw.get("defaultedOnCreate"),
        unique=bool(raw.get("unique")) or raw["type"] == "id",
        options=tuple(value["value"] for value in raw.get("picklistValues") or () if value.get("active", True)),
        restricted=bool(raw.get("restrictedPicklist")),
    )
