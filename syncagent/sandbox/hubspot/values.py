"""One property value: from what a client sends to the text HubSpot keeps, or the reason it refuses."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from syncagent.sandbox.hubspot.definitions import PropertyDef

TEXT_LENGTH_MAX = 65536

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_MILLISECONDS = re.compile(r"-?\d{1,15}")
_EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s.,;<>()]+")


class ValueRefused(ValueError):
    """A value that does not fit its property: HubSpot's code and words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def format_moment(moment: datetime) -> str:
    """HubSpot's form of a moment: UTC with milliseconds."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def canonical_moment(text: str) -> str:
    """A moment in HubSpot's form from epoch milliseconds or ISO 8601; raises ValueError."""
    if _MILLISECONDS.fullmatch(text):
        return format_moment(_from_milliseconds(text))
    moment = datetime.fromisoformat(text)
    return format_moment(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def canonical(definition: PropertyDef, raw: Any, owners: Collection[str] = ()) -> str:
    """The text HubSpot keeps for a value, "" when it clears the property; raises ValueRefused."""
    text = _as_text(raw)
    if text.strip() == "":
        return ""
    if definition.name == "email":
        return _canonical_email(text)
    if definition.name == "hubspot_owner_id":
        return _one_of(text, owners) if owners else text
    if definition.type == "enumeration":
        return _canonical_choice(definition, text)
    return _READERS.get(definition.type, _canonical_text)(text)


def _as_text(raw: Any) -> str:
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, (list, dict)):
        raise ValueRefused("INVALID_STRING", f"{raw} was not a valid value.")
    return str(raw)


def _canonical_text(text: str) -> str:
    if len(text) > TEXT_LENGTH_MAX:
        raise ValueRefused("INVALID_STRING", f"The value is longer than {TEXT_LENGTH_MAX} characters.")
    return text


def _canonical_email(text: str) -> str:
    email = text.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise ValueRefused("INVALID_EMAIL", f"Email address {text} is invalid")
    return email


def _canonical_number(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise ValueRefused("INVALID_LONG", f"{text} was not a valid long.")
    return text


def _canonical_date(text: str) -> str:
    if _MILLISECONDS.fullmatch(text):
        try:
            moment = _from_milliseconds(text)
        except ValueError:
            raise ValueRefused("INVALID_DATE", f"{text} was not a valid date.") from None
        clock = f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d}"
        if clock != "00:00:00.000":
            raise ValueRefused("INVALID_DATE", f"{text} is at {clock} UTC, not midnight!")
        return f"{moment:%Y-%m-%d}"
    try:
        # fromisoformat takes compact forms HubSpot does not.
        return date.fromisoformat(text if "-" in text else "").isoformat()
    except ValueError:
        raise ValueRefused("INVALID_DATE", f"{text} was not a valid date.") from None


def _canonical_datetime(text: str) -> str:
    try:
        return canonical_moment(text)
    except ValueError:
        raise ValueRefused("INVALID_DATE", f"{text} was not a valid long.") from None


def _canonical_choice(definition: PropertyDef, text: str) -> str:
    legal = definition.values
    if definition.external_options and not legal:
        return text
    if definition.field_type != "checkbox":
        return _one_of(text, legal)
    chosen = [_one_of(part, legal) for part in text.split(";") if part]
    # A leading semicolon asks to append; the caller, who knows the old value, does it.
    return (";" if text.startswith(";") else "") + ";".join(dict.fromkeys(chosen))


def _one_of(text: str, legal: Collection[str]) -> str:
    if text not in legal:
        raise ValueRefused("INVALID_OPTION", f"{text} was not one of the allowed options: [{', '.join(legal)}]")
    return text


def _from_milliseconds(text: str) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=int(text))
    except OverflowError as error:
        raise ValueError(str(error)) from None


_READERS: Mapping[str, Callable[[str], str]] = {
    "number": _canonical_number,
    "date": _canonical_date,
    "datetime": _canonical_datetime,
    "bool": lambda text: _one_of(text, ("true", "false")),
}
