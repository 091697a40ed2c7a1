"""Which rows a query need look at: by id, by an indexed value, by SystemModstamp, or all of them."""

from collections.abc import Iterable

from syncagent.sandbox.salesforce.derived import derivation
from syncagent.sandbox.salesforce.schema import ID_TYPES, Field
from syncagent.sandbox.salesforce.soql.binding import Bound, Scope
from syncagent.sandbox.salesforce.soql.comparing import read_literal
from syncagent.sandbox.salesforce.soql.syntax import Comparison, Condition, Junction, Path, Value
from syncagent.sandbox.salesforce.table import Row, Table

_FLOORS = frozenset({"=", ">", ">="})


def choose_rows(scope: Scope, table: Table, where: Condition | None) -> Iterable[Row]:
    """A set of rows that holds at least every match: what the first term of an AND chain with an index answers."""
    terms = where.terms if isinstance(where, Junction) and where.every else (where,)
    for term in terms:
        if isinstance(term, Comparison) and isinstance(term.left, Path):
            found = _by_value(scope, table, term, scope.bind(term.left))
            if found is not None:
                return found
    floor = None if where is None else _earliest_stamp(scope, where)
    return table.rows.values() if floor is None else table.stamped_since(floor)


def _by_value(scope: Scope, table: Table, term: Comparison, bound: Bound) -> list[Row] | None:
    field = bound.field
    if not bound.direct or term.operator not in {"=", "IN"} or not _indexed(scope, field):
        return None
    literals = (term.right,) if isinstance(term.right, Value) else term.right
    if not isinstance(literals, tuple):
        return None
    values = dict.fromkeys(read_literal(scope, field, literal) or None for literal in literals)
    if field.name == "Id":
        return [row for value in values if value is not None and (row := table.get(value)) is not None]
    return [row for value in values for row in table.with_value(field.name, value)]


def _indexed(scope: Scope, field: Field) -> bool:
    stored = derivation(scope.source.name, field) is None
    return stored and (field.type in ID_TYPES or field.keyed)


def _earliest_stamp(scope: Scope, condition: Condition) -> str | None:
    """The SystemModstamp no match can lie before, as in `SystemModstamp > a OR (SystemModstamp = a AND Id > b)`."""
    if isinstance(condition, Junction):
        floors = [_earliest_stamp(scope, term) for term in condition.terms]
        known = [floor for floor in floors if floor is not None]
        if condition.every:
            return max(known, default=None)
        return min(known) if len(known) == len(floors) else None
    if (
        not isinstance(condition, Comparison)
        or not isinstance(condition.left, Path)
        or condition.operator not in _FLOORS
    ):
        return None
    bound = scope.bind(condition.left)
    if not bound.direct or bound.field.name != "SystemModstamp" or not isinstance(condition.right, Value):
        return None
    stamp = read_literal(scope, bound.field, condition.right)
    return stamp if isinstance(stamp, str) else None
