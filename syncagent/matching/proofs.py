"""The proofs: each turns a crowd of records into candidate pairs, certain or weak."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from syncagent.domain.names import NameKey, company_key, person_key
from syncagent.domain.records import Record, RecordRef, System, canonical_id
from syncagent.matching.corporate_numbers import corporate_number
from syncagent.matching.crowd import Candidate, Crowd, grouped, texts
from syncagent.matching.emails import domain_key, email_key, is_shared
from syncagent.matching.wanted import Key, Matchable

Proof: TypeAlias = Callable[[Matchable, Key, Crowd], Iterator[Candidate]]

GROUP_MAX = 50
"""Records of one side sharing a key beyond which no pair is formed: such a key proves nothing."""


def _external_id(mapping: Matchable, _: Key, crowd: Crowd) -> Iterator[Candidate]:
    """Each side may name the other's id; a pair that names each other is preferred."""
    sides: tuple[tuple[System, System], ...] = (("salesforce", "hubspot"), ("hubspot", "salesforce"))
    named: dict[tuple[RecordRef, RecordRef], int] = {}
    for system, opposite in sides:
        field = mapping.side(system).external_id
        ids = {ref.id: ref for ref in crowd.records if ref.system == opposite}
        for record in crowd.of(system) if field else ():
            value = record.get(field or "")
            target = ids.get(canonical_id(opposite, str(value).strip())) if value is not None else None
            if target is not None:
                pair = (record.ref, target) if system == "salesforce" else (target, record.ref)
                named[pair] = named.get(pair, 0) + 1
    for (salesforce, hubspot), times in named.items():
        words = "each names the other's id" if times > 1 else "one names the other's id"
        yield Candidate(salesforce, hubspot, "certain", 2 - times, words)


def _email(_: Matchable, key: Key, crowd: Crowd) -> Iterator[Candidate]:
    """One address on both sides; a shared mailbox proves a person only together with the name."""
    theirs = _by_address(key, crowd, "hubspot")
    for address, people in _by_address(key, crowd, "salesforce").items():
        for salesforce, hubspot in _pairs(people, theirs.get(address, ())):
            one, two = crowd.records[salesforce], crowd.records[hubspot]
            likeness = _likeness(key, one, two)
            words = f"both hold the address {address}"
            if is_shared(address) and likeness != "same":
                yield Candidate(salesforce, hubspot, "weak", 9, f"{words}, a shared mailbox, under different names")
            else:
                secondary = _first(key, one, "salesforce") != address or _first(key, two, "hubspot") != address
                yield Candidate(salesforce, hubspot, "certain", secondary + 2 * (likeness == "different"), words)


def _by_address(key: Key, crowd: Crowd, system: System) -> dict[str, list[RecordRef]]:
    return grouped(
        (email_key(text), record.ref) for record in crowd.of(system) for text in texts(record, key.on(system))
    )


def _first(key: Key, record: Record, system: System) -> str | None:
    addresses = texts(record, key.on(system)[:1])
    return email_key(addresses[0]) if addresses else None


def _likeness(key: Key, salesforce: Record, hubspot: Record) -> str:
    """Compare two people's names: same (in either order), different, or unknown where one has none."""
    one = _name_parts(key, salesforce, "salesforce")
    two = _name_parts(key, hubspot, "hubspot")
    if not one or not two:
        return "unknown"
    same = person_key(*one).loose in {person_key(*two).loose, person_key(*reversed(two)).loose}
    return "same" if same else "different"


def _name_parts(key: Key, record: Record, system: System) -> list[str]:
    return [part for name in key.names.get(system, ()) if isinstance(part := record.get(name), str) and part.strip()]


def _corporate_number(_: Matchable, key: Key, crowd: Crowd) -> Iterator[Candidate]:
    """One valid corporate number on both sides."""
    theirs = _by_number(key, crowd, "hubspot")
    for number, companies in _by_number(key, crowd, "salesforce").items():
        for salesforce, hubspot in _pairs(companies, theirs.get(number, ())):
            yield Candidate(salesforce, hubspot, "certain", 0, f"both hold the corporate number {number}")


def _by_number(key: Key, crowd: Crowd, system: System) -> dict[str, list[RecordRef]]:
    numbers = ((text, record.ref) for record in crowd.of(system) for text in texts(record, key.on(system)))
    return grouped((corporate_number(text), ref) for text, ref in numbers)


def _name_and_domain(_: Matchable, key: Key, crowd: Crowd) -> Iterator[Candidate]:
    """Name and web domain together are certain; either alone, or names that only look alike, are for a person."""
    names = {ref: _company(key, record) for ref, record in crowd.records.items()}
    domains = {ref: _domains(key, record) for ref, record in crowd.records.items()}
    seen: set[tuple[RecordRef, RecordRef]] = set()
    for index in (_two_sided((names[ref].loose, ref) for ref in names), _two_sided(_flat(domains))):
        for pair in index:
            if pair not in seen:
                seen.add(pair)
                yield _company_candidate(pair, names, domains)


def _company_candidate(
    pair: tuple[RecordRef, RecordRef], names: Mapping[RecordRef, NameKey], domains: Mapping[RecordRef, list[str]]
) -> Candidate:
    one, two = pair
    shared = sorted(set(domains[one]) & set(domains[two]))
    if names[one].exact and names[one].exact == names[two].exact:
        if shared:
            return Candidate(one, two, "certain", 0, f"the same name and the domain {shared[0]}")
        return Candidate(one, two, "weak", 1, "the same name, but no common domain")
    if names[one].loose and names[one].loose == names[two].loose:
        return Candidate(one, two, "weak", 2, "names that differ only in old or small characters")
    return Candidate(one, two, "weak", 3, f"the domain {shared[0]} under different names")


def _company(key: Key, record: Record) -> NameKey:
    return company_key(" ".join(_name_parts(key, record, record.ref.system)))


def _domains(key: Key, record: Record) -> list[str]:
    found = (domain_key(text) for text in texts(record, key.domains.get(record.ref.system, ())))
    return [domain for domain in found if domain]


def _flat(index: Mapping[RecordRef, Iterable[str]]) -> Iterator[tuple[str, RecordRef]]:
    return ((key, ref) for ref, keys in index.items() for key in keys)


def _two_sided(pairs: Iterable[tuple[str, RecordRef]]) -> Iterator[tuple[RecordRef, RecordRef]]:
    for refs in grouped(pairs).values():
        yield from _pairs(
            [ref for ref in refs if ref.system == "salesforce"], [ref for ref in refs if ref.system == "hubspot"]
        )


def _pairs(one: Iterable[RecordRef], two: Iterable[RecordRef]) -> Iterator[tuple[RecordRef, RecordRef]]:
    salesforce, hubspot = list(one), list(two)
    if len(salesforce) <= GROUP_MAX and len(hubspot) <= GROUP_MAX:
        for left in salesforce:
            for right in hubspot:
                yield left, right


PROOFS: Mapping[str, Proof] = {
    "external_id": _external_id,
    "email": _email,
    "corporate_number": _corporate_number,
    "name_and_domain": _name_and_domain,
}
