"""org.yaml: the part of a dataset that is settings rather than records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SYSTEMS = ("salesforce", "hubspot")

# The legal keys and the kind of each value. "!" marks a key that must be there, "?" a value that may be null,
# "*" any key; a list holds the shape of its items.
_OPTION = {"label!": "text", "value!": "text", "displayOrder": "integer", "hidden": "flag"}
_STAGE = {"id!": "text", "label!": "text", "displayOrder": "integer", "metadata": {"*": "text"}}
_SHAPE: dict[str, Any] = {
    "version!": "integer",
    "clock!": {"now!": "moment", "tick_seconds": "number"},
    "zone": "text",
    "currencies": {
        "corporate": "text",
        "multi": "flag",
        "rates": [{"code!": "text", "decimals": "integer", "rate": "number"}],
    },
    "salesforce": {
        "org_id": "text",
        "version": "text",
        "clients": [{"client_id!": "text", "client_secret!": "text", "user": "text"}],
        "daily_api_requests": "integer",
        "stages": [
            {
                "name!": "text",
                "label": "text",
                "probability": "number",
                "closed": "flag",
                "won": "flag",
                "forecast": "text",
                "sort": "integer",
            }
        ],
        "fields": {"*": [{"name!": "text", "*": "anything"}]},
        "validation_rules": ["anything"],
        "duplicate_rules": ["anything"],
    },
    "hubspot": {
        "portal_id": "integer",
        "owners": [
            {
                "id!": "text",
                "userId": "integer?",
                "email": "text",
                "firstName": "text",
                "lastName": "text",
                "teams": [{"id!": "text", "name!": "text", "primary": "flag"}],
                "archived": "flag",
            }
        ],
        "pipelines": {
            "*": [{"id!": "text", "label!": "text", "displayOrder": "integer", "stages!": [_STAGE]}],
        },
        "properties": {
            "*": [
                {
                    "name!": "text",
                    "label": "text",
                    "type": "text",
                    "fieldType": "text",
                    "groupName": "text",
                    "description": "text",
                    "hasUniqueValue": "flag",
                    "options": [_OPTION],
                }
            ],
        },
        "tokens": [{"token!": "text", "user!": "text"}],
        "limits": {"per_ten_seconds": "integer?", "search_per_second": "integer?", "daily": "integer?"},
    },
    "switches": {"*": "anything"},
}

_KINDS: dict[str, tuple[str, tuple[type, ...]]] = {
    "text": ("a text", (str,)),
    "integer": ("a whole number", (int,)),
    "number": ("a number", (int, float)),
    "flag": ("true or false", (bool,)),
    "moment": ("a date and time with a zone", (str, datetime)),
}


class OrgError(ValueError):
    """org.yaml says something the sandbox cannot use; the message names the key."""


@dataclass(frozen=True, slots=True)
class OrgFile:
    """A checked org.yaml. `salesforce` and `hubspot` keep the file's own keys; absent ones are absent."""

    now: datetime
    tick: timedelta
    zone: ZoneInfo
    currencies: Mapping[str, Any]
    salesforce: Mapping[str, Any]
    hubspot: Mapping[str, Any]
    switches: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, data: Mapping[str, Any], source: str = "org.yaml") -> "OrgFile":
        """Check the keys and kinds of a parsed org.yaml; raises OrgError."""
        _check(data, _SHAPE, source, "")
        if data["version"] != 1:
            raise OrgError(f"{source}: version: {data['version']} is not known; this sandbox reads version 1.")
        clock = data["clock"]
        switches = data.get("switches") or {}
        for name in switches:
            if name.partition(".")[0] not in SYSTEMS or "." not in name:
                raise OrgError(f"{source}: switches.{name}: a switch is named salesforce.<name> or hubspot.<name>.")
        return cls(
            now=read_moment(clock["now"], f"{source}: clock.now"),
            tick=timedelta(seconds=clock.get("tick_seconds", 1)),
            zone=_read_zone(data.get("zone", "UTC"), source),
            currencies=data.get("currencies") or {"corporate": "JPY", "multi": False, "rates": []},
            salesforce=data.get("salesforce") or {},
            hubspot=data.get("hubspot") or {},
            switches=switches,
        )

    def switches_of(self, system: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
        """A system's switches: its documented defaults overlaid by the file's; raises OrgError on an unknown name."""
        given = {n.partition(".")[2]: v for n, v in self.switches.items() if n.partition(".")[0] == system}
        for name, value in given.items():
            if name not in defaults:
                legal = ", ".join(f"{system}.{known}" for known in sorted(defaults))
                raise OrgError(f"org.yaml: switches.{system}.{name}: no such switch; there are {legal}.")
            if type(value) is not type(defaults[name]):
                kind = type(defaults[name]).__name__
                raise OrgError(f"org.yaml: switches.{system}.{name}: {value!r} is not of kind {kind}.")
        return {**defaults, **given}


def read_moment(value: Any, where: str) -> datetime:
    """An ISO 8601 date and time that carries its zone; raises OrgError naming the place."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise OrgError(f"{where}: {value!r} is not a date and time like 2026-11-16T08:00:00+09:00.") from None
    if moment.tzinfo is None:
        raise OrgError(f"{where}: {value!r} has no zone; write for example 2026-11-16T08:00:00+09:00.")
    return moment


def _read_zone(name: str, source: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise OrgError(f"{source}: zone: {name!r} is not a time zone such as Asia/Tokyo.") from None


def _check(value: Any, shape: Any, source: str, key: str) -> None:
    if isinstance(shape, str):
        _check_kind(value, shape, source, key)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            raise OrgError(f"{source}: {key}: a list is expected, not {value!r}.")
        for position, item in enumerate(value):
            _check(item, shape[0], source, f"{key}[{position}]")
    else:
        _check_mapping(value, shape, source, key)


def _check_mapping(value: Any, shape: dict[str, Any], source: str, key: str) -> None:
    if not isinstance(value, Mapping):
        raise OrgError(f"{source}: {key or 'the file'}: keys and values are expected, not {value!r}.")
    shapes = {name.removesuffix("!"): inner for name, inner in shape.items()}
    for name in shape:
        if name.endswith("!") and name[:-1] not in value:
            raise OrgError(f"{source}: {_join(key, name[:-1])}: the key is missing.")
    for name, item in value.items():
        if name not in shapes and "*" not in shapes:
            raise OrgError(f"{source}: {_join(key, str(name))}: unknown key; legal are {', '.join(shapes)}.")
        _check(item, shapes.get(name, shapes.get("*")), source, _join(key, str(name)))


def _check_kind(value: Any, kind: str, source: str, key: str) -> None:
    if kind == "anything" or (kind.endswith("?") and value is None):
        return
    words, types = _KINDS[kind.removesuffix("?")]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise OrgError(f"{source}: {key}: {words} is expected, not {value!r}.")


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
