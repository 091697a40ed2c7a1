"""Values from request bodies and datasets, checked against the field and turned into the stored form.

Stored forms: text trimmed and never empty, ids of 18 characters, dates as YYYY-MM-DD, moments as UTC stamps, currency,
double and percent as floats rounded to the field's scale, int as int, booleans as they are; null is None.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from syncagent.sandbox.salesforce.errors import Refusal, bad_json, malformed_id
from syncagent.sandbox.salesforce.identifiers import read_id
from syncagent.sandbox.salesforce.schema import FLOAT_TYPES, ID_TYPES, TEXT_TYPES, Field
from syncagent.sandbox.salesforce.state import format_stamp

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]{2,}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# The years a date field can hold.
_YEAR_MIN, _YEAR_MAX = 1700, 4000
_INT_MAX = 2**31 - 1


def read_value(field: Field, value: Any) -> Any:
    """The stored form of a JSON value; raises Refusal with the wire's code for one that does not fit."""
    if value is None or value == "":
        return None
    if field.type in TEXT_TYPES:
        return _read_text(field, value)
    if field.type in ID_TYPES:
        return _read_reference(field, value)
    return _READERS["double" if field.type in FLOAT_TYPES else field.type](field, value)


def _undeserialisable(field: Field, value: Any) -> Refusal:
    token = {str: "STRING", bool: "TRUE" if value else "FALSE", int: "NUMBER_INT", float: "NUMBER_FLOAT"}
    kind = token.get(type(value))
    wanted = field.type if field.type not in TEXT_TYPES | ID_TYPES | FLOAT_TYPES else "string"
    wanted = "double" if field.type in FLOAT_TYPES else wanted
    origin = f"VALUE_{kind} value {value}" if kind else f"START_{'ARRAY' if isinstance(value, list) else 'OBJECT'}"
    return bad_json(f"Cannot deserialize instance of {wanted} from {origin} or request may be missing a required field")


def _read_text(field: Field, value: Any) -> str | None:
    if not isinstance(value, str):
        raise _undeserialisable(field, value)
    text = value.strip()
    if len(text) > field.length:
        message = f"{field.label}: data value too large: {text} (max length={field.length})"
        raise Refusal("STRING_TOO_LONG", message, (field.name,))
    if field.type == "email" and text and not _EMAIL.fullmatch(text):
        raise Refusal("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {text}", (field.name,))
    if field.legal_values is not None:
        for choice in text.split(";") if field.type == "multipicklist" else [text]:
            if choice and choice not in field.legal_values:
                message = f"{field.label}: bad value for restricted picklist field: {choice}"
                raise Refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (field.name,))
    return text or None


def _read_reference(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise _undeserialisable(field, value)
    record_id = read_id(value)
    if record_id is None:
        raise malformed_id(field.label, field.name, value)
    return record_id


def _read_boolean(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise _undeserialisable(field, value)


def _read_float(field: Field, value: Any) -> float:
    number = _to_number(field, value)
    places = field.raw["precision"] - field.raw["scale"]
    if not math.isfinite(number) or (places > 0 and abs(number) >= 10**places):
        message = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise Refusal("NUMBER_OUTSIDE_VALID_RANGE", message, (field.name,))
    scale: int = field.raw["scale"]
    return round(number, scale)


def _read_int(field: Field, value: Any) -> int:
    number = _to_number(field, value)
    if not number.is_integer() or abs(number) > _INT_MAX:
        raise _undeserialisable(field, value)
    return int(number)


def _to_number(field: Field, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _undeserialisable(field, value)
    try:
        return float(value)
    except (ValueError, OverflowError):
        raise _undeserialisable(field, value) from None


def _read_date(field: Field, value: Any) -> str:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise _undeserialisable(field, value)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise _undeserialisable(field, value) from None
    return _in_calendar(field, day.year, value, day.isoformat())


def _read_datetime(field: Field, value: Any) -> str:
    if not isinstance(value, str) or not _DATE.match(value):
        raise _undeserialisable(field, value)
    try:
        moment = datetime.fromisoformat(value)
        stamp = format_stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (OverflowError, ValueError):
        raise _undeserialisable(field, value) from None
    return _in_calendar(field, moment.year, value, stamp)


def _in_calendar(field: Field, year: int, value: str, stored: str) -> str:
    if not _YEAR_MIN <= year <= _YEAR_MAX:
        text = f"{field.label}: invalid date: {value}"
        raise Refusal("NUMBER_OUTSIDE_VALID_RANGE", text, (field.name,))
    return stored


_READERS: dict[str, Callable[[Field, Any], Any]] = {
    "boolean": _read_boolean,
    "double": _read_float,
    "int": _read_int,
    "date": _read_date,
    "datetime": _read_datetime,
}
