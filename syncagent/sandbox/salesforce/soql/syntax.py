"""A parsed query: plain values, each with its place in the text so that errors can point at it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the query text, both counted from 1."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Path:
    """A field, possibly through parent relationships: `Account.Owner.Name`."""

    parts: tuple[str, ...]
    at: Position


@dataclass(frozen=True, slots=True)
class Call:
    """An aggregate function, its name in capitals; COUNT() has no argument."""

    function: str
    argument: Path | None
    at: Position


Expression = Path | Call


@dataclass(frozen=True, slots=True)
class Selected:
    """One entry of the field list, with its alias if it has one."""

    expression: Expression
    alias: str | None


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM), the name in capitals."""

    name: str


@dataclass(frozen=True, slots=True)
class Value:
    """A literal: its kind is string, number, date, datetime, date_literal, boolean or null; the text as written."""

    kind: str
    text: str
    at: Position


@dataclass(frozen=True, slots=True)
class Comparison:
    """One filter. The operator is =, !=, <, <=, >, >=, LIKE, IN, NOT IN, INCLUDES or EXCLUDES."""

    left: Expression
    operator: str
    right: "Value | tuple[Value, ...] | Query"


@dataclass(frozen=True, slots=True)
class Negation:
    """NOT."""

    term: "Condition"


@dataclass(frozen=True, slots=True)
class Junction:
    """A chain of AND (`every`) or of OR."""

    every: bool
    terms: tuple["Condition", ...]


Condition = Comparison | Negation | Junction


@dataclass(frozen=True, slots=True)
class Ordering:
    """One key of ORDER BY."""

    expression: Expression
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A whole SELECT; `source` is an object, or in a nested query a child relationship."""

    selected: tuple["Selected | FieldGroup | Query", ...]
    source: str
    alias: str | None
    at: Position
    where: Condition | None
    group: tuple[Expression, ...]
    having: Condition | None
    order: tuple[Ordering, ...]
    limit: int | None
    offset: int
