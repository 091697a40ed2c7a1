"""WHERE and HAVING, compiled once per query into one function over rows."""

from collections.abc import Callable
from typing import Any

from syncagent.sandbox.salesforce.soql.binding import Bound, Scope
from syncagent.sandbox.salesforce.soql.comparing import Test, among, compare, includes, read_literal
from syncagent.sandbox.salesforce.soql.complaining import complain, malformed
from syncagent.sandbox.salesforce.soql.syntax import (
    Comparison,
    Condition,
    Expression,
    Junction,
    Negation,
    Path,
    Query,
    Value,
)

Bind = Callable[[Expression], Bound]
RunNested = Callable[[Query], list[Any]]


def compile_condition(scope: Scope, condition: Condition, bind: Bind, nested: RunNested) -> Test:
    """The condition as a function; `bind` finds fields, `nested` answers the values of a semi-join."""
    if isinstance(condition, Comparison):
        return _comparison(scope, condition, bind, nested)
    if isinstance(condition, Negation):
        negated = compile_condition(scope, condition.term, bind, nested)
        return lambda row: not negated(row)
    return _junction(condition, [compile_condition(scope, term, bind, nested) for term in condition.terms])


def bind_filter(scope: Scope, expression: Expression) -> Bound:
    """The field of a WHERE comparison; raises Refusal for one that cannot be filtered."""
    if not isinstance(expression, Path):
        raise complain("MALFORMED_QUERY", scope.text, expression.at, "Aggregate functions belong in HAVING")
    bound = scope.bind(expression)
    if not bound.field.raw["filterable"] or bound.field.type == "address":
        reason = f"field '{bound.field.name}' can not be filtered in a query call"
        raise complain("INVALID_FIELD", scope.text, expression.at, reason)
    return bound


def _junction(junction: Junction, tests: list[Test]) -> Test:
    if junction.every:
        return lambda row: all(test(row) for test in tests)
    return lambda row: any(test(row) for test in tests)


def _comparison(scope: Scope, comparison: Comparison, bind: Bind, nested: RunNested) -> Test:
    bound = bind(comparison.left)
    right, operator = comparison.right, comparison.operator
    if isinstance(right, Value):
        return compare(scope, bound.field, bound.get, operator, right)
    if isinstance(right, Query):
        return among(bound.field, bound.get, nested(right), negated=operator == "NOT IN")
    if operator in {"INCLUDES", "EXCLUDES"}:
        return includes(scope, bound.field, bound.get, right, negated=operator == "EXCLUDES")
    values = [read_literal(scope, bound.field, value) for value in right]
    if any(isinstance(value, tuple) for value in values):
        raise malformed("Date literals cannot be used in a list of values.")
    return among(bound.field, bound.get, values, negated=operator == "NOT IN")
