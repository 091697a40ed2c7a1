"""Search filters: each operator of the contract, compared by the property's type."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from syncagent.sandbox.hubspot.definitions import PropertyDef
from syncagent.sandbox.hubspot.errors import bad_request
from syncagent.sandbox.hubspot.records import Record
from syncagent.sandbox.hubspot.values import canonical_moment

Test = Callable[[Any], bool]

_EXACT = ("EQ", "GTE", "LTE", "BETWEEN")
_LAST = "￿"


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter, ready to test records.

    `low` and `high` bound what a date filter can accept, inclusively; `exact` says that it accepts all in between.
    """

    name: str
    accepts_value: Callable[[str | None], bool]
    low: str | None = None
    high: str | None = None
    exact: bool = False

    def accepts(self, record: Record) -> bool:
        """Whether a record passes."""
        return self.accepts_value(record.properties.get(self.name))


def parse(data: Any, known: Mapping[str, PropertyDef]) -> Filter:
    """A filter from its JSON form; raises HubSpotError."""
    if not isinstance(data, dict):
        raise bad_request("Invalid input JSON: a filter is an object")
    definition = known.get(str(data.get("propertyName")))
    if definition is None:
        raise bad_request(f"Property {data.get('propertyName')} does not exist; it cannot be searched by")
    operator = str(data.get("operator"))
    if operator not in OPERATORS:
        raise bad_request(f"Invalid input JSON: operator {operator} is none of {', '.join(OPERATORS)}")
    if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        wants = operator == "HAS_PROPERTY"
        return Filter(definition.name, lambda value: (value is not None) == wants)
    test = OPERATORS[operator](definition, data)
    low, high = _bounds_of(definition, operator, data)
    # A record without the property matches no comparison, negated ones included.
    return Filter(definition.name, lambda value: value is not None and test(value), low, high, operator in _EXACT)


def comparable(definition: PropertyDef, value: str) -> Any:
    """A value in the form in which its type is compared; raises ValueError."""
    if definition.type == "number":
        return float(value)
    if definition.type == "datetime":
        return canonical_moment(value)
    if definition.type == "date":
        return canonical_moment(value)[:10]
    if definition.type == "enumeration":
        return value
    return value.casefold()


def bounds(groups: Sequence[Sequence[Filter]], modified: str) -> tuple[str, str] | None:
    """The range of modification times that any of the groups can accept; None when one of them sets no bound."""
    ranges = [_bounds_of_group(group, modified) for group in groups]
    if not ranges or None in ranges:
        return None
    return min(low for low, _ in filter(None, ranges)), max(high for _, high in filter(None, ranges))


def slice_of(index: Sequence[tuple[str, int]], low: str, high: str) -> tuple[int, int]:
    """The part of a sorted (moment, id) index within inclusive bounds."""
    return bisect_left(index, (low, 0)), bisect_right(index, (high, 1 << 62))


def _bounds_of_group(group: Sequence[Filter], modified: str) -> tuple[str, str] | None:
    dated = [test for test in group if test.name == modified and (test.low or test.high)]
    if not dated:
        return None
    return max(test.low or "" for test in dated), min(test.high or _LAST for test in dated)


def _read(definition: PropertyDef, data: Mapping[str, Any], key: str) -> Any:
    raw = data.get(key)
    if raw is None:
        raise bad_request(f"Invalid input JSON: operator {data.get('operator')} needs '{key}'")
    try:
        return comparable(definition, str(raw))
    except ValueError:
        raise bad_request(f"{raw} is not a valid {definition.type} for property {definition.name}") from None


def _bounds_of(definition: PropertyDef, operator: str, data: Mapping[str, Any]) -> tuple[str | None, str | None]:
    if definition.type != "datetime" or operator not in ("EQ", "GT", "GTE", "LT", "LTE", "BETWEEN"):
        return None, None
    value = _read(definition, data, "value")
    low = value if operator in ("EQ", "GT", "GTE", "BETWEEN") else None
    high = value if operator in ("EQ", "LT", "LTE") else None
    return low, _read(definition, data, "highValue") if operator == "BETWEEN" else high


def _comparison(check: Callable[[Any, Any], bool]) -> Callable[[PropertyDef, Mapping[str, Any]], Test]:
    def build(definition: PropertyDef, data: Mapping[str, Any]) -> Test:
        wanted = _read(definition, data, "value")
        if definition.type in ("datetime", "date"):  # kept in comparable form already
            return lambda value: check(value, wanted)
        return lambda value: check(comparable(definition, value), wanted)

    return build


def _between(definition: PropertyDef, data: Mapping[str, Any]) -> Test:
    low, high = _read(definition, data, "value"), _read(definition, data, "highValue")
    return lambda value: bool(low <= comparable(definition, value) <= high)


def _membership(*, wanted: bool) -> Callable[[PropertyDef, Mapping[str, Any]], Test]:
    def build(definition: PropertyDef, data: Mapping[str, Any]) -> Test:
        values = data.get("values")
        if not isinstance(values, list) or not values:
            raise bad_request(f"Invalid input JSON: operator {data.get('operator')} needs 'values'")
        if definition.type in ("number", "date", "datetime"):
            members = {_read(definition, {"value": value}, "value") for value in values}
        else:
            # The index holds texts in lower case and the given values are not lowered: capitals never match.
            members = {str(value) for value in values}
        return lambda value: (comparable(definition, value) in members) == wanted

    return build


def _token(*, wanted: bool) -> Callable[[PropertyDef, Mapping[str, Any]], Test]:
    def build(_definition: PropertyDef, data: Mapping[str, Any]) -> Test:
        text = str(data.get("value") or "")
        if not text.strip("*"):
            raise bad_request(f"Invalid input JSON: operator {data.get('operator')} needs 'value'")
        pattern = _pattern(text.casefold())
        return lambda value: _contains(value.casefold(), pattern) == wanted

    return build


def _contains(text: str, pattern: re.Pattern[str]) -> bool:
    return pattern.fullmatch(text) is not None or any(pattern.fullmatch(token) for token in re.findall(r"\w+", text))


@lru_cache(maxsize=64)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split("*"))))


OPERATORS: Mapping[str, Callable[[PropertyDef, Mapping[str, Any]], Test]] = {
    "EQ": _comparison(lambda value, wanted: bool(value == wanted)),
    "NEQ": _comparison(lambda value, wanted: bool(value != wanted)),
    "LT": _comparison(lambda value, wanted: bool(value < wanted)),
    "LTE": _comparison(lambda value, wanted: bool(value <= wanted)),
    "GT": _comparison(lambda value, wanted: bool(value > wanted)),
    "GTE": _comparison(lambda value, wanted: bool(value >= wanted)),
    "BETWEEN": _between,
    "IN": _membership(wanted=True),
    "NOT_IN": _membership(wanted=False),
    "HAS_PROPERTY": _comparison(lambda *_: True),
    "NOT_HAS_PROPERTY": _comparison(lambda *_: False),
    "CONTAINS_TOKEN": _token(wanted=True),
    "NOT_CONTAINS_TOKEN": _token(wanted=False),
}
