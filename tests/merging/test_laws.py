"""Laws that hold for every transform, rule and value."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from syncagent.domain.records import SYSTEMS, Link, Record, RecordRef, Scalar, System
from syncagent.merging import TRANSFORMS, MappedField, MergeContext, MergeResult, RecordMapping, merge_link
from syncagent.merging.transforms import NotReadable, NotWritable, Spot, read, write
from tests.merging.reading import AROUND, OWNERS, TOKYO, link_of, record, small_mapping
from tests.merging.strategies import fields, raw_values

_EMPTY = small_mapping("  value: {salesforce: Value__c, hubspot: value, rule: manual}\n")
_NOW = datetime(2026, 11, 16, tzinfo=UTC)


@settings(max_examples=700, deadline=None)
@given(st.data())
def test_what_is_written_reads_back_as_what_was_meant(data: st.DataObject) -> None:
    field = replace(data.draw(fields()), length={})
    transform = TRANSFORMS[field.transform]
    source, target = (data.draw(st.sampled_from(SYSTEMS)) for _ in range(2))
    raw = data.draw(raw_values(field.transform, source))
    try:
        canonical = read(transform, raw, Spot(source, field, AROUND))
        written = write(transform, canonical, Spot(target, field, AROUND))
    except (NotReadable, NotWritable):
        return
    assert read(transform, written, Spot(target, field, AROUND)) == canonical
    assert canonical != ""


def _merge(mapping: RecordMapping, link: Link, one: Record, two: Record, base: dict[str, Scalar]) -> MergeResult:
    moments = {"salesforce": _NOW, "hubspot": _NOW + timedelta(hours=1)}

    def changed_at(ref: RecordRef, _: str) -> datetime:
        return moments[ref.system]

    context = MergeContext(TOKYO, OWNERS, changed_at, {"hubspot": ["102"]})
    return merge_link(mapping, replace(link, base=base), one, two, context)


def _apply(result: MergeResult, held: Record) -> Record:
    values = dict(held.fields)
    for change in result.changes:
        if change.ref == held.ref and change.field is not None:
            assert values.get(change.field) == change.before
            assert isinstance(change.after, (str, int, bool)) or change.after is None
            values[change.field] = change.after
    return replace(held, fields=values)


@settings(max_examples=700, deadline=None)
@given(field=fields(), data=st.data())
def test_a_second_merge_finds_nothing_to_do(field: MappedField, data: st.DataObject) -> None:
    """Three rounds of people's edits; after each, one merge settles the pair or calls a person."""
    mapping = replace(_EMPTY, fields=(field,))
    raw: dict[System, st.SearchStrategy[Scalar]] = {system: raw_values(field.transform, system) for system in SYSTEMS}
    one = record("salesforce", "00Q1", Value__c=data.draw(raw["salesforce"]))
    two = record("hubspot", "1", value=data.draw(raw["hubspot"]))
    link, base = link_of(one, two), dict[str, Scalar]()
    for edited in [*data.draw(st.lists(st.sampled_from(["salesforce", "hubspot", "both"]), max_size=2)), "nobody"]:
        first = _merge(mapping, link, one, two, base)
        assert len(first.decisions) == 1
        assert bool(first.conflicts) == (first.decisions[0].side == "conflict")
        assert not (first.conflicts and (first.changes or first.base or first.pending))
        assert not (set(first.base) & set(first.pending))
        one, two = _apply(first, one), _apply(first, two)
        base |= {**first.base, **first.pending}
        second = _merge(mapping, link, one, two, base)
        assert not second.changes
        assert not second.base
        assert not second.pending
        assert bool(second.conflicts) == bool(first.conflicts)
        assert second.conflicts or base["value"] == second.decisions[0].chosen
        if edited in {"salesforce", "both"}:
            one = replace(one, fields={"Value__c": data.draw(raw["salesforce"])})
        if edited in {"hubspot", "both"}:
            two = replace(two, fields={"value": data.draw(raw["hubspot"])})
