"""The field list, turned into a function from a row to the record the wire shows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from syncagent.sandbox.salesforce.reading import Getter, attributes, getter
from syncagent.sandbox.salesforce.schema import Field, SObject
from syncagent.sandbox.salesforce.soql.binding import Hop, Scope
from syncagent.sandbox.salesforce.soql.complaining import complain, malformed, no_child
from syncagent.sandbox.salesforce.soql.syntax import FieldGroup, Path, Query, Selected
from syncagent.sandbox.salesforce.table import Row

FIELDS_LIMIT_MAX = 200
Project = Callable[[Row], dict[str, Any]]
# Runs a nested query for one parent row: the child's reference field, and the parent's id.
RunChild = Callable[[Query, SObject, str], Callable[[Row], Any]]


@dataclass(slots=True)
class _Node:
    """One level of a record: what each key shows, in SELECT order."""

    definition: SObject
    parts: dict[str, "Getter | _Parent"] = field(default_factory=dict)


@dataclass(slots=True)
class _Parent:
    node: _Node
    get: Getter


def compile_projection(scope: Scope, query: Query, version: str, run_child: RunChild) -> Project:
    """How to show the rows of a query without aggregates; raises Refusal for names that do not exist."""
    root = _Node(scope.source)
    for item in query.selected:
        if isinstance(item, Query):
            _add_child(scope, root, item, run_child)
        elif isinstance(item, FieldGroup):
            _add_group(scope, root, query, item)
        else:
            _add_path(scope, root, item)
    return lambda row: _show(root, row, version)


def _show(node: _Node, row: Row, version: str) -> dict[str, Any]:
    name = node.definition.name
    record: dict[str, Any] = {"attributes": attributes(name, row["Id"], version)}
    for key, part in node.parts.items():
        if isinstance(part, _Parent):
            parent = part.get(row)
            record[key] = None if parent is None else _show_parent(part.node, parent, version)
        else:
            record[key] = part(row)
    return record


def _show_parent(node: _Node, row: Row, version: str) -> dict[str, Any]:
    record = _show(node, row, version)
    if node.definition.name == "Name":
        # The type is the pseudo-object's, the address the real record's.
        real = node.parts["*object"]
        name = real(row) if callable(real) else None
        record["attributes"] = {**attributes(str(name), row["Id"], version), "type": "Name"}
        del record["*object"]
    return record


def _add_path(scope: Scope, root: _Node, item: Selected) -> None:
    path = item.expression
    if not isinstance(path, Path):
        raise malformed("Grouped query mixes plain and aggregate fields.")
    if item.alias:
        raise complain("MALFORMED_QUERY", scope.text, path.at, "only aggregate expressions use field aliasing")
    hops, definition = scope.walk(path)
    node = root
    for hop in hops:
        node = _enter(scope, node, hop)
    if definition.name in node.parts:
        raise complain("INVALID_FIELD", scope.text, path.at, f"duplicate field selected: {definition.name}")
    node.parts[definition.name] = getter(scope.org, node.definition, definition)


def _enter(scope: Scope, node: _Node, hop: Hop) -> _Node:
    known = node.parts.get(hop.name)
    if isinstance(known, _Parent):
        return known.node
    parent = _Node(hop.target)
    if hop.target.name == "Name":
        parent.parts["*object"] = lambda row: scope.org.schema.object_of(row["Id"])
    node.parts[hop.name] = _Parent(parent, scope.parent_of(hop))
    return parent


def _add_group(scope: Scope, root: _Node, query: Query, group: FieldGroup) -> None:
    if group.name != "STANDARD" and (query.limit is None or query.limit > FIELDS_LIMIT_MAX):
        raise malformed(f"The SOQL FIELDS function must have a LIMIT of at most {FIELDS_LIMIT_MAX}")
    wanted: dict[str, Callable[[Field], bool]] = {
        "ALL": lambda _: True,
        "STANDARD": lambda definition: not definition.raw["custom"],
        "CUSTOM": lambda definition: bool(definition.raw["custom"]),
    }
    for definition in scope.source.fields.values():
        if wanted[group.name](definition):
            root.parts.setdefault(definition.name, getter(scope.org, scope.source, definition))


def _add_child(scope: Scope, root: _Node, query: Query, run_child: RunChild) -> None:
    child = scope.source.child(query.source)
    target = scope.org.schema.find(child.object) if child else None
    if child is None or target is None:
        raise no_child(scope.text, query.source, query.at)
    root.parts[child.name or query.source] = run_child(query, target, child.field)
