"""A field mapping as the merge uses it: what the mapping file says, checked and frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from syncagent.domain.records import System
from syncagent.language.yaml import Document

RuleName: TypeAlias = Literal[
    "salesforce", "hubspot", "newest", "fill_blank", "append", "max", "forward_only", "by_phase", "manual"
]
KeyName: TypeAlias = Literal["external_id", "email", "corporate_number", "name_and_domain"]
TestName: TypeAlias = Literal["is", "is_not", "one_of", "filled"]

OWNER_FIELDS: Mapping[System, str] = {"salesforce": "OwnerId", "hubspot": "hubspot_owner_id"}
CREATED_FIELDS: Mapping[System, str] = {"salesforce": "CreatedDate", "hubspot": "createdate"}


@dataclass(frozen=True, slots=True)
class ValueRow:
    """Values that mean the same; the first of a side is the one written there, all of them are understood."""

    canonical: str
    salesforce: tuple[str, ...]
    hubspot: tuple[str, ...]

    def on(self, system: System) -> tuple[str, ...]:
        """Give the values of one side."""
        return self.salesforce if system == "salesforce" else self.hubspot


@dataclass(frozen=True, slots=True)
class Phase:
    """Who owns a field when: ``before`` until the phase field reaches ``start``, ``after`` from then on."""

    field: str
    start: str
    before: System
    after: System


@dataclass(frozen=True, slots=True)
class MappedField:
    """One value kept in two systems: where it lives (by object), how it is read and written, and who wins.

    ``keep_spelling`` lets two spellings of one name stand, where the transform knows spellings.
    """

    name: str
    salesforce: Mapping[str, str]
    hubspot: Mapping[str, str]
    rule: RuleName = "manual"
    transform: str = "text"
    overwrite_with_blank: bool = False
    write_to: tuple[System, ...] = ("salesforce", "hubspot")
    values: tuple[ValueRow, ...] = ()
    stages: tuple[str, ...] = ()
    phase: Phase | None = None
    length: Mapping[System, int] = field(default_factory=dict)
    truncate: bool = False
    instant_on: tuple[System, ...] = ()
    currency: str | None = None
    keep_spelling: bool = True

    def on(self, system: System) -> Mapping[str, str]:
        """Give the field's name on each object of one side."""
        return self.salesforce if system == "salesforce" else self.hubspot


@dataclass(frozen=True, slots=True)
class MatchKey:
    """One proof that two records are the same thing, with the fields that hold it on each side.

    ``names`` are the fields a person or company is called by (joined in order), ``domains`` those with a web
    address; they matter to the keys that need them.
    """

    key: KeyName
    salesforce: tuple[str, ...] = ()
    hubspot: tuple[str, ...] = ()
    names: Mapping[System, tuple[str, ...]] = field(default_factory=dict)
    domains: Mapping[System, tuple[str, ...]] = field(default_factory=dict)

    def on(self, system: System) -> tuple[str, ...]:
        """Give the key's fields on one side."""
        return self.salesforce if system == "salesforce" else self.hubspot


@dataclass(frozen=True, slots=True)
class Creation:
    """Whether a record without a counterpart gets one, as which object, and what it must hold for that."""

    object: str
    allowed: bool = False
    require: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inclusion:
    """One test a record of ``object`` passes to be mapped at all."""

    object: str
    field: str
    test: TestName
    values: tuple[str | int | bool, ...]


@dataclass(frozen=True, slots=True)
class SideObjects:
    """One side's objects in order of preference, and the field there that holds the other side's record id."""

    objects: tuple[str, ...]
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class RecordMapping:
    """A whole mapping file; ``document`` remembers where everything stands in it."""

    name: str
    title: str
    automatic: bool
    salesforce: SideObjects
    hubspot: SideObjects
    match: tuple[MatchKey, ...]
    create: Mapping[System, Creation]
    include: tuple[Inclusion, ...]
    fields: tuple[MappedField, ...]
    document: Document = field(compare=False, repr=False)

    def side(self, system: System) -> SideObjects:
        """Give one side."""
        return self.salesforce if system == "salesforce" else self.hubspot

    def field(self, name: str) -> MappedField | None:
        """Give a mapped field by its name in the file."""
        return next((each for each in self.fields if each.name == name), None)

    def fields_read(self, system: System, object_name: str) -> tuple[str, ...]:
        """List the CRM fields a pull must bring for this object: mapped, match, inclusion, owner and creation."""
        side = self.side(system)
        wanted = {OWNER_FIELDS[system], CREATED_FIELDS[system], *([side.external_id] if side.external_id else [])}
        wanted.update(each.on(system)[object_name] for each in self.fields if object_name in each.on(system))
        wanted.update(each.field for each in self.include if each.object == object_name)
        for key in self.match:
            wanted.update(key.on(system), key.names.get(system, ()), key.domains.get(system, ()))
        return tuple(sorted(wanted))

    def objects(self) -> Iterator[tuple[System, str]]:
        """Yield every (system, object) the mapping speaks about."""
        for name in self.salesforce.objects:
            yield "salesforce", name
        for name in self.hubspot.objects:
            yield "hubspot", name
