"""Aggregates: COUNT, SUM, MIN, MAX, AVG and COUNT_DISTINCT over groups of rows."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from syncagent.sandbox.salesforce.schema import FLOAT_TYPES, NUMBER_TYPES, Field
from syncagent.sandbox.salesforce.soql.binding import Bound, Scope
from syncagent.sandbox.salesforce.soql.comparing import fold
from syncagent.sandbox.salesforce.soql.complaining import complain, malformed, no_field
from syncagent.sandbox.salesforce.soql.syntax import Call, Expression, Path, Query, Selected
from syncagent.sandbox.salesforce.table import Row

_COUNTS = frozenset({"COUNT", "COUNT_DISTINCT"})
# Results of counting have no field of their own to be compared or sorted as.
_NUMBER = Field.expand({"name": "count", "type": "int", "label": "count"})
_FOLDS: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "MIN": min,
    "MAX": max,
    "SUM": math.fsum,
    "AVG": lambda values: math.fsum(values) / len(values),
}


def is_aggregate(query: Query) -> bool:
    """Whether the answer holds groups instead of records."""
    calls = any(isinstance(item, Selected) and isinstance(item.expression, Call) for item in query.selected)
    return calls or bool(query.group)


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups of one query. A group is a dict from the key of an expression to its value."""

    scope: Scope
    query: Query

    def collect(self, rows: Iterable[Row]) -> list[Row]:
        """The groups in the order of their first rows; without GROUP BY exactly one, even of no rows."""
        keys = [self._group_key(expression) for expression in self.query.group]
        members: dict[tuple[Any, ...], list[Row]] = {} if keys else {(): []}
        for row in rows:
            values = tuple(fold(bound.field)(bound.get(row)) for _, bound in keys)
            members.setdefault(values, []).append(row)
        return [self._sum_up(keys, group) for group in members.values()]

    def bind(self, expression: Expression) -> Bound:
        """How HAVING, ORDER BY and the field list read an expression from a group."""
        key = self._key(expression)
        if isinstance(expression, Path):
            expression = self._by_alias(expression) or expression
            key = self._key(expression)
        if isinstance(expression, Path):
            if key not in {self._key(grouped) for grouped in self.query.group}:
                reason = f"Field must be grouped or aggregated: {'.'.join(expression.parts)}"
                raise complain("MALFORMED_QUERY", self.scope.text, expression.at, reason)
            return Bound(self.scope.bind(expression).field, lambda group: group[key], direct=False)
        return Bound(self._type_of(expression), lambda group: self._value(group, expression), direct=False)

    def show(self) -> Callable[[Row], dict[str, Any]]:
        """A function from a group to an AggregateResult: aliases, field names, or expr0, expr1 and so on."""
        columns: list[tuple[str, Bound]] = []
        unnamed = 0
        for item in self.query.selected:
            if not isinstance(item, Selected):
                raise malformed("Nested queries and FIELDS() cannot be selected with aggregates.")
            name = item.alias
            if name is None and isinstance(item.expression, Path):
                name = self.scope.bind(item.expression).field.name
            if name is None:
                name, unnamed = f"expr{unnamed}", unnamed + 1
            columns.append((name, self.bind(item.expression)))
        return lambda group: {
            "attributes": {"type": "AggregateResult"},
            **{name: bound.get(group) for name, bound in columns},
        }

    def _group_key(self, expression: Expression) -> tuple[str, Bound]:
        if not isinstance(expression, Path):
            raise complain("MALFORMED_QUERY", self.scope.text, expression.at, "Cannot group by an aggregate")
        bound = self.scope.bind(expression)
        if not bound.field.raw["groupable"]:
            reason = f"field '{bound.field.name}' can not be grouped in a query call"
            raise complain("MALFORMED_QUERY", self.scope.text, expression.at, reason)
        return self._key(expression), bound

    def _sum_up(self, keys: list[tuple[str, Bound]], rows: list[Row]) -> Row:
        group: Row = {"*rows": rows}
        for key, bound in keys:
            group[key] = bound.get(rows[0])
        return group

    def _value(self, group: Row, call: Call) -> Any:
        key = self._key(call)
        if key not in group:
            group[key] = self._aggregate(group["*rows"], call)
        return group[key]

    def _aggregate(self, rows: list[Row], call: Call) -> Any:
        if call.argument is None:
            return len(rows)
        bound = self.scope.bind(call.argument)
        values = [value for row in rows if (value := bound.get(row)) is not None]
        if call.function in _COUNTS:
            folding = fold(bound.field)
            return len(values if call.function == "COUNT" else {folding(value) for value in values})
        if not values:
            return None
        result = _FOLDS[call.function](values)
        scale = bound.field.raw["scale"]
        return round(result, scale) if call.function == "SUM" and bound.field.type in FLOAT_TYPES else result

    def _type_of(self, call: Call) -> Field:
        if call.argument is None:
            if call.function != "COUNT":
                reason = f"{call.function} needs a field"
                raise complain("MALFORMED_QUERY", self.scope.text, call.at, reason)
            return _NUMBER
        field = self.scope.bind(call.argument).field
        fits = field.raw["aggregatable"] and (call.function not in {"SUM", "AVG"} or field.type in NUMBER_TYPES)
        if not fits:
            reason = f"field {field.name} does not support aggregate operator {call.function}"
            raise complain("MALFORMED_QUERY", self.scope.text, call.at, reason)
        return _NUMBER if call.function in _COUNTS else field

    def _by_alias(self, path: Path) -> Expression | None:
        if len(path.parts) > 1:
            return None
        wanted = path.parts[0].lower()
        for item in self.query.selected:
            if isinstance(item, Selected) and item.alias and item.alias.lower() == wanted:
                return item.expression
        if self.scope.source.find(path.parts[0]) is None:
            raise no_field(self.scope.text, path, path.parts[0], self.scope.source.name)
        return None

    def _key(self, expression: Expression) -> str:
        if isinstance(expression, Path):
            hops, field = self._walk(expression)
            return ".".join([*hops, field])
        argument = self._key(expression.argument) if expression.argument else ""
        return f"{expression.function}({argument})"

    def _walk(self, path: Path) -> tuple[list[str], str]:
        aliased = len(path.parts) == 1 and self.scope.source.find(path.parts[0]) is None
        if aliased:
            return [], path.parts[0].lower()
        hops, field = self.scope.walk(path)
        return [hop.name for hop in hops], field.name
