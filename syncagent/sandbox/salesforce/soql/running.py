"""A query from text to rows and the function that shows them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from syncagent.sandbox.salesforce.derived import derivation
from syncagent.sandbox.salesforce.errors import Refusal
from syncagent.sandbox.salesforce.reading import getter
from syncagent.sandbox.salesforce.schema import SObject
from syncagent.sandbox.salesforce.soql.binding import Bound, Scope
from syncagent.sandbox.salesforce.soql.choosing import choose_rows
from syncagent.sandbox.salesforce.soql.complaining import complain, malformed, no_object
from syncagent.sandbox.salesforce.soql.filtering import bind_filter, compile_condition
from syncagent.sandbox.salesforce.soql.grouping import Grouping, is_aggregate
from syncagent.sandbox.salesforce.soql.parsing import parse
from syncagent.sandbox.salesforce.soql.projecting import Project, compile_projection
from syncagent.sandbox.salesforce.soql.sorting import SortKey, sort_rows
from syncagent.sandbox.salesforce.soql.syntax import Call, Condition, Expression, Path, Query, Selected
from syncagent.sandbox.salesforce.state import Org
from syncagent.sandbox.salesforce.table import Row

OFFSET_MAX = 2000
GROUPS_MAX = 2000
# Shows the children of one parent row: a nested result, paged by whoever answers the request.
ShowChildren = Callable[[list[Row], Project], Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found: the rows in order and how to show one; a COUNT() carries only the number."""

    rows: list[Row]
    show: Project
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs queries against the org. `version` appears in the addresses of the records."""

    org: Org
    version: str
    include_deleted: bool
    show_children: ShowChildren

    def run(self, text: str) -> Found:
        """Answer a query; raises Refusal for one that cannot be run."""
        query = parse(text)
        source = self.org.schema.find(query.source)
        if source is None or not source.raw["queryable"]:
            raise no_object(text, query.source, query.at)
        scope = Scope(self.org, source, query.alias, text, self.include_deleted)
        if query.offset > OFFSET_MAX:
            raise Refusal("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {OFFSET_MAX}")
        if _is_count(query):
            rows = _cut(self._matching(scope, query), query)
            return Found([], dict, count=len(rows))
        return self._grouped(scope, query) if is_aggregate(query) else self._plain(scope, query)

    def _plain(self, scope: Scope, query: Query) -> Found:
        if query.having is not None:
            raise malformed("HAVING needs GROUP BY.")
        show = compile_projection(
            scope, query, self.version, lambda child, target, field: self._children(scope, child, target, field)
        )
        keys = self._sort_keys(scope, query, scope_bind=lambda expression: self._sortable(scope, expression))
        return Found(_cut(sort_rows(self._matching(scope, query), keys), query), show)

    def _grouped(self, scope: Scope, query: Query) -> Found:
        grouping = Grouping(scope, query)
        show = grouping.show()
        keys = self._sort_keys(scope, query, scope_bind=grouping.bind)
        groups = grouping.collect(self._matching(scope, query))
        if query.having is not None:
            keep = compile_condition(scope, query.having, grouping.bind, lambda nested: self._values(scope, nested))
            groups = [group for group in groups if keep(group)]
        groups = _cut(sort_rows(groups, keys), query)
        if len(groups) > GROUPS_MAX:
            reason = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
            raise Refusal("EXCEEDED_ID_LIMIT", reason)
        return Found(groups, show)

    def _matching(self, scope: Scope, query: Query) -> list[Row]:
        keep = self._filter(scope, query.where)
        table = self.org.tables[scope.source.name]
        rows = choose_rows(scope, table, query.where)
        if self.include_deleted:
            return [row for row in rows if keep(row)]
        return [row for row in rows if "IsDeleted" not in row and keep(row)]

    def _filter(self, scope: Scope, where: Condition | None) -> Callable[[Row], bool]:
        if where is None:
            return lambda _: True
        return compile_condition(
            scope, where, lambda expression: bind_filter(scope, expression), lambda nested: self._values(scope, nested)
        )

    def _sort_keys(self, scope: Scope, query: Query, scope_bind: Callable[[Expression], Bound]) -> list[SortKey]:
        keys = []
        for ordering in query.order:
            bound = scope_bind(ordering.expression)
            if not bound.field.raw["sortable"]:
                reason = f"field '{bound.field.name}' can not be sorted in a query call"
                raise complain("MALFORMED_QUERY", scope.text, ordering.expression.at, reason)
            keys.append(SortKey(bound.field, bound.get, ordering.descending, ordering.nulls_last))
        return keys

    def _sortable(self, scope: Scope, expression: Expression) -> Bound:
        if isinstance(expression, Call):
            raise complain("MALFORMED_QUERY", scope.text, expression.at, "Ordered field must be grouped or aggregated")
        return scope.bind(expression)

    def _values(self, scope: Scope, query: Query) -> list[Any]:
        """The values of a semi-join, which selects exactly one plain field."""
        source = self.org.schema.find(query.source)
        if source is None:
            raise no_object(scope.text, query.source, query.at)
        item = query.selected[0]
        if len(query.selected) != 1 or not isinstance(item, Selected) or not isinstance(item.expression, Path):
            raise malformed("The inner select of a semi-join must select exactly one field.")
        inner = replace(scope, source=source, alias=query.alias)
        bound = inner.bind(item.expression)
        return [value for row in self._matching(inner, query) if (value := bound.get(row)) is not None]

    def _children(self, scope: Scope, query: Query, target: SObject, reference: str) -> Callable[[Row], Any]:
        inner = replace(scope, source=target, alias=query.alias)
        show = compile_projection(inner, query, self.version, self._no_grandchildren)
        keep = self._filter(inner, query.where)
        keys = self._sort_keys(inner, query, scope_bind=lambda expression: self._sortable(inner, expression))
        table, field = self.org.tables[target.name], target.find(reference)
        derived = field is not None and derivation(target.name, field) is not None
        get = getter(self.org, target, field) if field else dict.copy

        def answer(parent: Row) -> Any:
            candidates = table.rows.values() if derived else table.with_value(reference, parent["Id"])
            rows = [row for row in candidates if get(row) == parent["Id"]]
            rows = [row for row in rows if (self.include_deleted or "IsDeleted" not in row) and keep(row)]
            rows = _cut(sort_rows(rows, keys), query)
            return self.show_children(rows, show) if rows else None

        return answer

    def _no_grandchildren(self, query: Query, target: SObject, reference: str) -> Callable[[Row], Any]:
        raise malformed(f"Nested queries go one level deep: {query.source} of {target.name} by {reference}.")


def _is_count(query: Query) -> bool:
    """Whether the query is SELECT COUNT(), which answers with a number of records and none of them."""
    item = query.selected[0]
    if len(query.selected) > 1 or query.group or not isinstance(item, Selected) or item.alias:
        return False
    call = item.expression
    return isinstance(call, Call) and call.function == "COUNT" and call.argument is None


def _cut(rows: list[Row], query: Query) -> list[Row]:
    end = None if query.limit is None else query.offset + query.limit
    return rows[query.offset : end] if query.offset or end is not None else rows
