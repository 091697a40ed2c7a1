"""What HubSpot says about an object, and how its property values are read and written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from syncagent.connectors.hubspot.client import Client
from syncagent.connectors.replies import Refusal
from syncagent.connectors.scalars import instant_text, wire_instant
from syncagent.domain.records import FieldInfo, Scalar
from syncagent.domain.time import parse_instant
from syncagent.errors import Rejected

MERGED_IDS = "hs_merged_object_ids"
_CONTACTS = frozenset({"contacts", "contact", "0-1"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Schema:
    """One object: its properties, and the ones every read of it carries."""

    object: str
    fields: Mapping[str, FieldInfo]

    @property
    def stamp(self) -> str:
        """The property a pull is ordered by.

        Contacts have their own name for it: a contact search on ``hs_lastmodifieddate`` silently finds nothing.
        """
        return "lastmodifieddate" if self.object.lower() in _CONTACTS else "hs_lastmodifieddate"

    @property
    def keys(self) -> tuple[str, ...]:
        """The properties that tell when a record changed and which ids were merged into it."""
        return (self.stamp, MERGED_IDS) if MERGED_IDS in self.fields else (self.stamp,)

    def require(self, names: Iterable[str]) -> None:
        """Check that every property exists; HubSpot itself would silently leave unknown ones out.

        Raises:
            Rejected: naming all that do not; nothing was sent.
        """
        missing = sorted(set(names) - set(self.fields))
        if missing:
            raise Rejected(
                f"hubspot: {self.object} has no property {', '.join(missing)}; nothing was read. Check the internal "
                "name in the mapping, and that the property was not archived.",
                system="hubspot",
                code="PROPERTY_DOESNT_EXIST",
            )

    def decode(self, name: str, value: Any) -> Scalar:
        """Read a property value: empty is None, instants become UTC text, everything else stays as it is."""
        if value is None or value == "":
            return None
        text = str(value)
        if self.fields[name].type == "datetime":
            return parse_stamp(text).isoformat() if text.lstrip("-").isdecimal() else instant_text(text)
        return text

    def encode(self, name: str, value: Scalar) -> str:
        """Write a scalar as the text HubSpot takes; "" clears the property.

        Raises:
            ValueError: a datetime property is given a text that is not an instant.
        """
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str) and value and self.fields[name].type == "datetime":
            return wire_instant(parse_instant(value))
        return str(value)


def parse_stamp(text: str) -> datetime:
    """Read an instant as HubSpot writes it: ISO 8601 or milliseconds since 1970."""
    if text.lstrip("-").isdecimal():
        return _EPOCH + timedelta(milliseconds=int(text))
    return parse_instant(text)


def milliseconds(instant: datetime) -> str:
    """Give an instant as search filters take it."""
    return str((instant - _EPOCH) // timedelta(milliseconds=1))


def fetch_schema(client: Client, object_name: str) -> Schema:
    """Read an object's property definitions.

    Raises:
        Rejected: there is no such object, or we may not see it.
    """
    try:
        answer = client.properties(object_name)
    except Refusal as error:
        if error.status in (400, 404):
            raise Rejected(
                f"hubspot has no object {object_name!r} the app may see; nothing was read. Use the plural name, "
                "for example contacts, companies, deals or tasks, and check the app's scopes.",
                system="hubspot",
                code=error.code,
            ) from error
        raise
    infos = (_field(raw, object_name) for raw in answer["results"])
    return Schema(object_name, {info.name: info for info in infos})


def _field(raw: Mapping[str, Any], object_name: str) -> FieldInfo:
    locked = (raw.get("modificationMetadata") or {}).get("readOnlyValue", False)
    is_email = raw["name"] == "email" and object_name.lower() in _CONTACTS
    return FieldInfo(
        name=raw["name"],
        label=raw.get("label") or raw["name"],
        type=raw["type"],
        writable=not (locked or raw.get("calculated")),
        unique=bool(raw.get("hasUniqueValue")) or is_email,
        options=tuple(str(option["value"]) for option in raw.get("options") or ()),
        restricted=raw["type"] == "enumeration" and bool(raw.get("options")),
    )
