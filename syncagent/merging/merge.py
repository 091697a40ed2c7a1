"""Two linked records to decisions, changes and conflicts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from syncagent.domain.changes import Change, Conflict, Decision, Evidence
from syncagent.domain.records import SYSTEMS, Link, Record, RecordRef, Scalar, System
from syncagent.merging.cases import NEVER_AGREED, Base, Case, Circumstances, NeverAgreed, other
from syncagent.merging.mapping import OWNER_FIELDS, MappedField, RecordMapping
from syncagent.merging.swaps import crossing, told
from syncagent.merging.texts import Language, say
from syncagent.merging.threeway import decide
from syncagent.merging.transforms import TRANSFORMS, NotReadable, NotWritable, Spot, Surroundings, read, write
from syncagent.merging.transforms.transform import LABELS


def _unknown(_ref: RecordRef, _field: str) -> datetime | None:
    return None


@dataclass(frozen=True, slots=True)
class MergeContext:
    """What a merge needs to know besides the records.

    ``owners`` maps each system's owner ids to e-mail addresses, people who left included; ``retired`` names those,
    who are understood but get nothing new. ``changed_at`` tells when a CRM field of a record last changed, None where
    that is not known. ``language`` is the one people read the reasons in; changes and their ids do not depend on it.
    """

    zone: ZoneInfo
    owners: Mapping[System, Mapping[str, str]] = field(default_factory=dict)
    changed_at: Callable[[RecordRef, str], datetime | None] = _unknown
    retired: Mapping[System, Collection[str]] = field(default_factory=dict)
    language: Language = "en"

    @property
    def surroundings(self) -> Surroundings:
        """Give the part transforms need."""
        return Surroundings(self.zone, self.owners, self.retired, self.language)


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What became of one link.

    ``base`` holds fields both sides agree on now and the link did not know yet: save it. ``pending`` holds what
    they will agree on once every change of the field (origin ``merge:<mapping>.<field>``) was verified: save then.
    """

    decisions: tuple[Decision, ...] = ()
    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    base: Mapping[str, Scalar] = field(default_factory=dict)
    pending: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two records of a link, their mapping and what surrounds them."""

    mapping: RecordMapping
    link: Link
    records: Mapping[System, Record]
    context: MergeContext

    def spot(self, mapped: MappedField, system: System) -> Spot:
        return Spot(system, mapped, self.context.surroundings)

    def name(self, mapped: MappedField, system: System) -> str | None:
        return mapped.on(system).get(self.records[system].ref.object)

    def raw(self, mapped: MappedField, system: System) -> Scalar:
        return self.records[system].get(self.name(mapped, system) or "")

    def canonical(self, mapped: MappedField, system: System) -> Scalar:
        return read(TRANSFORMS[mapped.transform], self.raw(mapped, system), self.spot(mapped, system))

    def writable(self, mapped: MappedField, system: System, value: Scalar) -> Scalar:
        return write(TRANSFORMS[mapped.transform], value, self.spot(mapped, system))

    def say(self, key: str, **values: object) -> str:
        return say(key, self.context.language, **values)

    def shared(self) -> tuple[MappedField, ...]:
        """Give the mapped fields both records have."""
        return tuple(
            mapped for mapped in self.mapping.fields if all(self.name(mapped, system) is not None for system in SYSTEMS)
        )

    def base(self, mapped: MappedField) -> Base:
        return self.link.base.get(mapped.name) if mapped.name in self.link.base else NEVER_AGREED


def merge_link(
    mapping: RecordMapping, link: Link, salesforce: Record, hubspot: Record, context: MergeContext
) -> MergeResult:
    """Merge every mapped field two linked records share; nothing is written here, changes are proposals."""
    pair = _Pair(mapping, link, {"salesforce": salesforce, "hubspot": hubspot}, context)
    decisions: list[Decision] = []
    changes: list[Change] = []
    conflicts: list[Conflict] = []
    base: dict[str, Scalar] = {}
    pending: dict[str, Scalar] = {}
    shared = pair.shared()
    for mapped in shared:
        decision, wanted = _decide_field(pair, mapped, shared)
        decisions.append(decision)
        changes.extend(wanted)
        if decision.side == "conflict":
            conflicts.append(_conflict(pair, mapped, decision))
        elif wanted:
            pending[mapped.name] = decision.chosen
        elif pair.base(mapped) != decision.chosen and _agreed(mapped, decision):
            base[mapped.name] = decision.chosen
    return MergeResult(tuple(decisions), tuple(changes), tuple(conflicts), base, pending)


def _decide_field(pair: _Pair, mapped: MappedField, shared: tuple[MappedField, ...]) -> tuple[Decision, list[Change]]:
    """Decide one field and propose its writes; a value that cannot be read or written makes it a conflict."""
    base = pair.base(mapped)
    raw = {system: pair.raw(mapped, system) for system in SYSTEMS}
    case = Case(mapped, base, raw["hubspot"], raw["salesforce"], Circumstances())
    try:
        values = _forgive_loss(pair, mapped, base, {system: pair.canonical(mapped, system) for system in SYSTEMS})
        decision = decide(mapped, base, values["hubspot"], values["salesforce"], context=_circumstances(pair, mapped))
        decision = told(decision, crossing(mapped, shared, pair.canonical), pair.context.language)
        return decision, _changes(pair, mapped, decision)
    except (NotReadable, NotWritable) as problem:
        return case.conflict(str(problem)), []


def _circumstances(pair: _Pair, mapped: MappedField) -> Circumstances:
    instants = {
        system: pair.context.changed_at(pair.records[system].ref, pair.name(mapped, system) or "") for system in SYSTEMS
    }
    phase = None if mapped.phase is None else _phase(pair, mapped.phase.field, mapped.stages)
    return Circumstances(instants, phase, pair.context.language, pair.context.zone)


def _phase(pair: _Pair, name: str, stages: tuple[str, ...]) -> Scalar:
    """Give the furthest stage either side has reached; a stage outside the list is given as it is."""
    phase_field = pair.mapping.field(name)
    if phase_field is None:
        return None
    reached = [pair.canonical(phase_field, system) for system in SYSTEMS]
    odd = [stage for stage in reached if stage is not None and stage not in stages]
    known = [str(stage) for stage in reached if stage in stages]
    return odd[0] if odd else max(known, key=stages.index, default=None)


def _forgive_loss(
    pair: _Pair, mapped: MappedField, base: Base, values: Mapping[System, Scalar]
) -> Mapping[System, Scalar]:
    """Let a value that is only the other's lossy copy (or the base's) count as that other one.

    A side that cuts or coarsens what is written there would otherwise look edited for ever.
    """
    forgiven = dict(values)
    for system in SYSTEMS:
        for richer in (values[other(system)], base):
            if isinstance(richer, NeverAgreed) or richer is None:
                continue
            if values[system] != richer and values[system] == _kept(pair, mapped, system, richer):
                forgiven[system] = richer
                break
    return forgiven


def _kept(pair: _Pair, mapped: MappedField, system: System, value: Scalar) -> Scalar | type[NotWritable]:
    """Give what a side would hold of a value after writing it."""
    try:
        written = pair.writable(mapped, system, value)
        return read(TRANSFORMS[mapped.transform], written, pair.spot(mapped, system))
    except (NotReadable, NotWritable):
        return NotWritable


def _changes(pair: _Pair, mapped: MappedField, decision: Decision) -> list[Change]:
    if decision.side in {"same", "conflict"}:
        return []
    values: Mapping[System, Scalar] = {"salesforce": decision.salesforce, "hubspot": decision.hubspot}
    writes = {
        system: pair.writable(mapped, system, decision.chosen)
        for system in mapped.write_to
        if values[system] != decision.chosen
    }
    return [
        _change(pair, mapped, system, after, decision)
        for system, after in writes.items()
        if after != pair.raw(mapped, system)
    ]


def _change(pair: _Pair, mapped: MappedField, system: System, after: Scalar, decision: Decision) -> Change:
    record = pair.records[system]
    owner = record.get(OWNER_FIELDS[system])
    return Change(
        ref=record.ref,
        operation="update",
        field=pair.name(mapped, system),
        before=pair.raw(mapped, system),
        after=after,
        origin=f"merge:{pair.mapping.name}.{mapped.name}",
        reason=decision.reason,
        evidence=_evidence(pair, mapped),
        owner=None if owner is None else str(owner),
    )


def _evidence(pair: _Pair, mapped: MappedField) -> tuple[Evidence, ...]:
    facts = []
    for system in SYSTEMS:
        name, value = pair.name(mapped, system) or "", pair.raw(mapped, system)
        place = f"{pair.records[system].ref.object}.{name}"
        key = "holds_nothing" if value is None else "holds"
        facts.append(Evidence(name, value, pair.say(key, system=LABELS[system], place=place, value=value)))
    if mapped.name in pair.link.base:
        agreed = pair.link.base[mapped.name]
        key = "agreed_nothing" if agreed is None else "agreed"
        facts.append(Evidence("base", agreed, pair.say(key, value=agreed)))
    return tuple(facts)


def _agreed(mapped: MappedField, decision: Decision) -> bool:
    """Tell whether both sides hold the chosen value, which a one-way field may prevent."""
    return decision.side == "same" or set(mapped.write_to) == set(SYSTEMS)


def _conflict(pair: _Pair, mapped: MappedField, decision: Decision) -> Conflict:
    return Conflict(
        pair=pair.mapping.name,
        field=mapped.name,
        salesforce=pair.records["salesforce"].ref,
        hubspot=pair.records["hubspot"].ref,
        salesforce_value=pair.raw(mapped, "salesforce"),
        hubspot_value=pair.raw(mapped, "hubspot"),
        base=decision.base,
        reason=decision.reason,
    )
