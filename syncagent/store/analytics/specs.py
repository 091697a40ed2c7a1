"""What an analytic view is made of, and how a mirrored value becomes a typed column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from syncagent.language.conditions import ColumnType

_EXACT = "DECIMAL(38, 9)"
_EPOCH = "DATE '1970-01-01'"
_DAY_TEXT_LENGTH = 10


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column: its name, the field it is read from, and its type.

    A day is an INTEGER day number in the org's zone, an instant BIGINT microseconds UTC, minor BIGINT minor units of
    the currency in the column that ``currency`` names, decimal DECIMAL(38, 9). What cannot be read as the type is NULL.
    """

    name: str
    source: str
    type: ColumnType
    currency: str = ""


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """A typed view over one mirrored object.

    ``<name>`` holds the live records: ``id``, the columns, and ``_state``. ``<name>_all`` holds those in every state,
    with ``_successor`` besides (converted leads are needed to find who they became).
    """

    name: str
    system: str
    object: str
    columns: tuple[ColumnSpec, ...]

    def __post_init__(self) -> None:
        names = {column.name for column in self.columns}
        if len(names) < len(self.columns) or names & {"id", "_state", "_successor"}:
            raise ValueError(f"view {self.name}: column names must differ, and id and _state are taken")
        for column in self.columns:
            if column.currency and column.currency not in names:
                raise ValueError(f"view {self.name}: {column.name} names no column {column.currency} for its currency")


def quoted(name: str) -> str:
    """Quote an identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text."""
    return "'" + text.replace("'", "''") + "'"


def typed(raw: str, column_type: ColumnType, zone: ZoneInfo) -> str:
    """Build the expression that reads raw text as a type; ``minor`` needs :func:`in_minor_units`."""
    instant = f"TRY_CAST({raw} AS TIMESTAMPTZ)"
    local = literal(zone.key)
    is_day = f"length({raw}) = {_DAY_TEXT_LENGTH}"
    expressions: Mapping[ColumnType, str] = {
        "text": raw,
        "int": f"TRY_CAST(TRY_CAST({raw} AS {_EXACT}) AS BIGINT)",
        "bool": f"CASE lower({raw}) WHEN 'true' THEN true WHEN 'false' THEN false END",
        "day": f"CAST(CASE WHEN {is_day} THEN TRY_CAST({raw} AS DATE) - {_EPOCH} "
        f"ELSE CAST(timezone({local}, {instant}) AS DATE) - {_EPOCH} END AS INTEGER)",
        "instant": f"epoch_us(CASE WHEN {is_day} THEN timezone({local}, TRY_CAST({raw} AS TIMESTAMP)) "
        f"ELSE {instant} END)",
        "decimal": f"TRY_CAST({raw} AS {_EXACT})",
    }
    return expressions[column_type]


def in_minor_units(raw: str, currency: str, decimals: Mapping[str, int]) -> str:
    """Build the exact shift of a decimal text by its currency's decimal places, rounded half up.

    The exponent is written behind the digits, because DuckDB multiplies wide decimals as floats.
    """
    cases = " ".join(f"WHEN {literal(code)} THEN 'e{places}'" for code, places in sorted(decimals.items()))
    places = f"CASE {currency} {cases} END" if cases else "NULL"
    plain = f"CAST(TRY_CAST({raw} AS {_EXACT}) AS VARCHAR)"
    return f"TRY_CAST(round(TRY_CAST({plain} || {places} AS {_EXACT})) AS BIGINT)"
