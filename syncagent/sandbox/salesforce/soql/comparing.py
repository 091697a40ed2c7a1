"""One field against literals: type rules first, then a closure that tests a row."""

import re
from collections.abc import Callable, Collection
from typing import Any

from syncagent.sandbox.salesforce.identifiers import read_id
from syncagent.sandbox.salesforce.reading import Getter
from syncagent.sandbox.salesforce.schema import ID_TYPES, NUMBER_TYPES, TEXT_TYPES, Field
from syncagent.sandbox.salesforce.soql.binding import Scope
from syncagent.sandbox.salesforce.soql.complaining import complain
from syncagent.sandbox.salesforce.soql.literals import Span, read_date, read_moment, read_span, read_string
from syncagent.sandbox.salesforce.soql.syntax import Value
from syncagent.sandbox.salesforce.table import Row

Test = Callable[[Row], bool]
Range = tuple[Any, Any]
_WIRE_NAMES = {"datetime": "dateTime", "currency": "double", "percent": "double"}
_EQUALITY = frozenset({"=", "!="})


def read_literal(scope: Scope, field: Field, literal: Value) -> Any:
    """A literal in the stored form of the field, None for null, a (start, end) pair for a date literal."""
    if literal.kind == "null":
        return None
    if field.type in TEXT_TYPES | ID_TYPES:
        return _read_text(scope, field, literal)
    if field.type in NUMBER_TYPES and literal.kind == "number":
        return float(literal.text)
    if field.type == "boolean" and literal.kind == "boolean":
        return literal.text.upper() == "TRUE"
    if field.type in {"date", "datetime"} and literal.kind in {field.type, "date_literal"}:
        return _read_time(scope, field, literal)
    raise _wrong_type(scope, field, literal, "should not be enclosed in quotes")


def fold(field: Field) -> Callable[[Any], Any]:
    """How values of the field are made comparable: text without case unless the field minds it."""
    if field.type in TEXT_TYPES and not field.raw["caseSensitive"]:
        return lambda value: value.casefold() if isinstance(value, str) else value
    return lambda value: value


def compare(scope: Scope, field: Field, get: Getter, operator: str, literal: Value) -> Test:
    """The test of =, !=, <, <=, >, >= or LIKE."""
    if operator == "LIKE":
        return _like(scope, field, get, literal)
    value = read_literal(scope, field, literal)
    if isinstance(value, tuple):
        return _in_range(get, operator, value)
    folding = fold(field)
    if operator in _EQUALITY:
        return among(field, get, [value], negated=operator == "!=")
    if field.type == "boolean" or field.type in ID_TYPES - {"id"}:
        raise complain("INVALID_QUERY_FILTER_OPERATOR", scope.text, literal.at, "invalid operator")
    if value is None:
        return lambda _: False
    return _ordered(lambda row: folding(get(row)), operator, folding(value))


def among(field: Field, get: Getter, values: Collection[Any], *, negated: bool) -> Test:
    """The test of IN and NOT IN; an empty text stands for null, as the org stores none."""
    folding = fold(field)
    wanted = frozenset(folding(value) if value != "" else None for value in values)
    if negated:
        return lambda row: folding(get(row)) not in wanted
    return lambda row: folding(get(row)) in wanted


def includes(scope: Scope, field: Field, get: Getter, values: tuple[Value, ...], *, negated: bool) -> Test:
    """The test of INCLUDES and EXCLUDES: any of the values, where `A;B` asks for both A and B."""
    if field.type != "multipicklist":
        reason = f"Only multi-select picklists can use this operator, {field.name} is of type {field.type}"
        raise complain("INVALID_QUERY_FILTER_OPERATOR", scope.text, values[0].at, reason)
    wanted = [frozenset(str(read_literal(scope, field, value)).casefold().split(";")) for value in values]

    def test(row: Row) -> bool:
        held = frozenset(str(get(row) or "").casefold().split(";"))
        return any(choice <= held for choice in wanted) is not negated

    return test


def _read_text(scope: Scope, field: Field, literal: Value) -> str:
    if literal.kind != "string":
        raise _wrong_type(scope, field, literal, "should be enclosed in quotes")
    text = read_string(scope.text, literal)
    if field.type not in ID_TYPES or not text:
        return text
    record_id = read_id(text)
    if record_id is None:
        reason = f"invalid ID field: {text}"
        raise complain("INVALID_QUERY_FILTER_OPERATOR", scope.text, literal.at, reason)
    return record_id


def _read_time(scope: Scope, field: Field, literal: Value) -> str | Range:
    if literal.kind == "date_literal":
        span = _read_span(scope, literal)
        if span is None:
            reason = f"unexpected token: '{literal.text}'"
            raise complain("MALFORMED_QUERY", scope.text, literal.at, reason)
        return span.bounds(scope.org.zone, moments=field.type == "datetime")
    value = read_moment(literal.text) if literal.kind == "datetime" else read_date(literal.text)
    if value is None:
        raise complain("MALFORMED_QUERY", scope.text, literal.at, f"line {literal.at.row}: bad date '{literal.text}'")
    return value


def _read_span(scope: Scope, literal: Value) -> Span | None:
    try:
        return read_span(literal.text, scope.org.today())
    except (OverflowError, ValueError):
        reason = f"{literal.text} lies outside of the calendar"
        raise complain("MALFORMED_QUERY", scope.text, literal.at, reason) from None


def _wrong_type(scope: Scope, field: Field, literal: Value, advice: str) -> Exception:
    kind = "string" if field.type in TEXT_TYPES else _WIRE_NAMES.get(field.type, field.type)
    reason = f"value of filter criterion for field '{field.name}' must be of type {kind} and {advice}"
    return complain("INVALID_FIELD", scope.text, literal.at, reason)


def _in_range(get: Getter, operator: str, span: Range) -> Test:
    start, end = span
    if operator in _EQUALITY:
        inside = operator == "="
        return lambda row: ((value := get(row)) is not None and start <= value < end) is inside
    # Later than a range is at or after its end; up to a range is before its end.
    exact, bound = {"<": ("<", start), "<=": ("<", end), ">": (">=", end), ">=": (">=", start)}[operator]
    return _ordered(get, exact, bound)


def _ordered(get: Getter, operator: str, bound: Any) -> Test:
    tests: dict[str, Test] = {
        "<": lambda row: (value := get(row)) is not None and value < bound,
        "<=": lambda row: (value := get(row)) is not None and value <= bound,
        ">": lambda row: (value := get(row)) is not None and value > bound,
        ">=": lambda row: (value := get(row)) is not None and value >= bound,
    }
    return tests[operator]


def _like(scope: Scope, field: Field, get: Getter, literal: Value) -> Test:
    if field.type not in TEXT_TYPES or field.type == "multipicklist":
        reason = f"invalid operator on {field.type} field: LIKE"
        raise complain("INVALID_QUERY_FILTER_OPERATOR", scope.text, literal.at, reason)
    pattern = _wildcards(str(read_literal(scope, field, literal) or ""))
    return lambda row: (value := get(row)) is not None and pattern.fullmatch(value) is not None


def _wildcards(text: str) -> re.Pattern[str]:
    def translate(match: re.Match[str]) -> str:
        piece = match[0]
        if piece in {"%", "_"}:
            return ".*" if piece == "%" else "."
        return re.escape(piece[1:] if piece.startswith("\\") and len(piece) > 1 else piece)

    return re.compile(re.sub(r"\\[%_]|.", translate, text, flags=re.DOTALL), re.IGNORECASE | re.DOTALL)
