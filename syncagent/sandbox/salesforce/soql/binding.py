"""Names in a query, bound to fields: the object itself, its alias, and parents up to five levels away."""

from dataclasses import dataclass

from syncagent.sandbox.salesforce.reading import Getter, getter
from syncagent.sandbox.salesforce.schema import Field, SObject
from syncagent.sandbox.salesforce.soql.complaining import complain, no_field, no_parent
from syncagent.sandbox.salesforce.soql.syntax import Path
from syncagent.sandbox.salesforce.state import Org
from syncagent.sandbox.salesforce.table import Row

PARENT_LEVELS_MAX = 5


@dataclass(frozen=True, slots=True)
class Bound:
    """A field found for a name: how to read it from a row of FROM, and whether that row itself stores it."""

    field: Field
    get: Getter
    direct: bool


@dataclass(frozen=True, slots=True)
class Hop:
    """A parent relationship: its canonical name, the object it leaves, the one it leads to, and its field."""

    name: str
    owner: SObject
    target: SObject
    field: Field


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean in one query: the object of FROM, its alias, the query text for errors."""

    org: Org
    source: SObject
    alias: str | None
    text: str
    include_deleted: bool

    def bind(self, path: Path) -> Bound:
        """The field of a path; raises Refusal INVALID_FIELD."""
        hops, field = self.walk(path)
        owner = hops[-1].target if hops else self.source
        get = getter(self.org, owner, field)
        for hop in reversed(hops):
            get = _through(self.parent_of(hop), get, empty=False if field.type == "boolean" else None)
        return Bound(field, get, direct=not hops)

    def walk(self, path: Path) -> tuple[list[Hop], Field]:
        """The relationships a path goes through and the field it ends in; raises Refusal INVALID_FIELD."""
        parts = self._without_alias(path.parts)
        hops: list[Hop] = []
        owner = self.source
        for name in parts[:-1]:
            hop = self._hop(owner, name)
            if hop is None:
                raise no_parent(self.text, name, path.at)
            owner = hop.target
            hops.append(hop)
        if len(hops) > PARENT_LEVELS_MAX:
            reason = f"SOQL relationships cannot be more than {PARENT_LEVELS_MAX} levels deep"
            raise complain("MALFORMED_QUERY", self.text, path.at, reason)
        field = owner.find(parts[-1])
        if field is None:
            raise no_field(self.text, path, parts[-1], owner.name)
        return hops, field

    def parent_of(self, hop: Hop) -> Getter:
        """A function from a row to its parent row; a deleted parent counts as none outside queryAll."""
        reference, org, include_deleted = getter(self.org, hop.owner, hop.field), self.org, self.include_deleted

        def parent(row: Row) -> Row | None:
            found = org.row(reference(row))
            return found if found and (include_deleted or not found.get("IsDeleted")) else None

        return parent

    def _hop(self, owner: SObject, name: str) -> Hop | None:
        reference = owner.relationships.get(name.lower())
        if reference is None:
            return None
        schema = self.org.schema
        target = schema.get("Name") if reference.polymorphic else schema.find(reference.references[0])
        return Hop(reference.relationship or name, owner, target, reference) if target else None

    def _without_alias(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        own = {self.source.name.lower(), (self.alias or self.source.name).lower()}
        if len(parts) > 1 and parts[0].lower() in own and parts[0].lower() not in self.source.relationships:
            return parts[1:]
        return parts


def _through(parent: Getter, get: Getter, *, empty: bool | None) -> Getter:
    def read(row: Row) -> object:
        found = parent(row)
        return empty if found is None else get(found)

    return read
