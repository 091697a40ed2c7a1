"""Who is who: certain links, and what a person should look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from syncagent.domain.records import Link, Record, RecordRef
from syncagent.matching.crowd import Candidate, gather
from syncagent.matching.proofs import PROOFS
from syncagent.matching.wanted import Matchable


@dataclass(frozen=True, slots=True)
class Doubt:
    """A pair that is not linked, and why; ``kind`` is weak (the proof is) or ambiguous (another pair won)."""

    pair: str
    salesforce: RecordRef
    hubspot: RecordRef
    key: str
    kind: Literal["weak", "ambiguous"]
    reason: str


@dataclass(frozen=True, slots=True)
class MatchResult:
    """New certain links, and the pairs left for a person."""

    links: tuple[Link, ...] = ()
    doubtful: tuple[Doubt, ...] = ()


def match(
    mapping: Matchable, salesforce: Iterable[Record], hubspot: Iterable[Record], links: Iterable[Link]
) -> MatchResult:
    """Link live records that are certainly the same, by the mapping's keys in their order.

    Links that exist are kept whatever the keys say now. A record has one link; where several could be linked, the
    winner is the same whatever order they come in: the preferred object, then the oldest, then the smallest id.
    """
    crowd = gather(mapping, [*salesforce, *hubspot])
    partner: dict[RecordRef, RecordRef] = {}
    for link in links:
        partner[link.salesforce], partner[link.hubspot] = link.hubspot, link.salesforce
    made: list[Link] = []
    doubts: dict[tuple[RecordRef, RecordRef], Doubt] = {}
    for key in mapping.match:
        for candidate in sorted(PROOFS[key.key](mapping, key, crowd), key=crowd.order):
            one, two = candidate.salesforce, candidate.hubspot
            if partner.get(one) == two:
                continue
            if candidate.strength == "certain" and one not in partner and two not in partner:
                partner[one], partner[two] = two, one
                made.append(Link(mapping.name, one, two, key.key))
            else:
                doubts.setdefault((one, two), _doubt(mapping, key.key, candidate, partner))
    left = [doubt for pair, doubt in doubts.items() if partner.get(pair[0]) != pair[1] and _matters(doubt, partner)]
    return MatchResult(tuple(made), tuple(left))


def _doubt(mapping: Matchable, key: str, candidate: Candidate, partner: dict[RecordRef, RecordRef]) -> Doubt:
    one, two = candidate.salesforce, candidate.hubspot
    if candidate.strength == "weak":
        return Doubt(mapping.name, one, two, key, "weak", f"{candidate.words}: link them by hand if they are the same")
    taken = [f"{ref} is already linked with {partner[ref]}" for ref in (one, two) if ref in partner]
    return Doubt(mapping.name, one, two, key, "ambiguous", f"{candidate.words}, but {' and '.join(taken)}")


def _matters(doubt: Doubt, partner: dict[RecordRef, RecordRef]) -> bool:
    """Drop weak hints between records that both found their counterpart."""
    return doubt.kind == "ambiguous" or doubt.salesforce not in partner or doubt.hubspot not in partner
