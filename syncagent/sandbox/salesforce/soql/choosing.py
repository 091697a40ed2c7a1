"""Which rows a query need look at: by id, by an indexed value, by SystemModstamp, or all of them."""

from collections.abc import Iterable

from syncagent.sandbox.salesforce.derived import derivation
from syncagent.sandbox.salesforce.schema import ID_TYPES, Field
from syncagent.sandbox.salesforce.soql.binding import Scope
from syncagent.sandbox.salesforce.soql.comparing import read_literal
from syncagent.sandbox.salesforce.soql.syntax import Comparison, Condition, Junction, Path, Value
from syncagent.sandbox.salesforce.table import Row, Table


def choose_rows(scope: Scope, table: Table, where: Condition | None) -> Iterable[Row]:
    """A set of rows that holds at least every match: the first term of an AND chain that an index answers."""
    terms = where.terms if isinstance(where, Junction) and where.every else (where,)
    for term in terms:
        if isinstance(term, Comparison) and isinstance(term.left, Path):
            found = _by_index(scope, table, term, term.left)
            if found is not None:
                return found
    return table.rows.values()


def _by_index(scope: Scope, table: Table, term: Comparison, path: Path) -> list[Row] | None:
    bound = scope.bind(path)
    if not bound.direct:
        return None
    field = bound.field
    if field.name == "SystemModstamp" and term.operator in {">", ">="} and isinstance(term.right, Value):
        stamp = read_literal(scope, field, term.right)
        return table.stamped_since(stamp, strictly=term.operator == ">") if isinstance(stamp, str) else None
    if term.operator not in {"=", "IN"} or not _indexed(scope, field):
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
