"""The attribution part of a plan: what won deals' fields are to say, as changes where they say something else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from syncagent import attribution as core
from syncagent.attribution.write_back import Worth, WriteBack, propose_values, value_deals
from syncagent.domain.changes import Change
from syncagent.domain.findings import Breach
from syncagent.domain.records import Record, RecordRef, System
from syncagent.merging.mapping import OWNER_FIELDS
from syncagent.operations.attribution import attribute
from syncagent.operations.installation import Installation
from syncagent.store import ReadTx, links, mirror

SCOPE = "attribution"
_OPPORTUNITY: tuple[System, str] = ("salesforce", "Opportunity")
_DEALS: tuple[System, str] = ("hubspot", "deals")
_BROKEN_SHOWN = 3


@dataclass(slots=True)
class CreditPart:
    """What attribution proposes to write; a breach says that its sums did not come out and nothing is proposed."""

    changes: list[Change] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)


def credit_part(installation: Installation) -> CreditPart:
    """Credit the deals won by now and compare what that says with what their fields say, in both systems."""
    rules = installation.configuration.write_back
    if not rules:
        return CreditPart()
    credited = attribute(installation, [rule.model for rule in rules], installation.clock())
    broken = sorted({deal for check in credited.attribution.checks for deal in check.broken})
    if not credited.attribution.conserved:
        shown = ", ".join(broken[:_BROKEN_SHOWN])
        return CreditPart(breaches=[Breach("conservation", SCOPE, "0", f"{len(broken)} ({shown})")])
    changes: list[Change] = []
    with installation.store.read() as tx:
        twins = _twins(installation, tx)
        for rule in rules:
            worth = value_deals(credited.attribution, rule.model, credited.labels)
            changes += _propose(tx, rule, worth, twins)
    return CreditPart(changes)


def _twins(installation: Installation, tx: ReadTx) -> Mapping[str, list[RecordRef]]:
    """Give the HubSpot deals linked to each opportunity."""
    found: defaultdict[str, list[RecordRef]] = defaultdict(list)
    for mapping in installation.configuration.mappings:
        if {_OPPORTUNITY, _DEALS} <= set(mapping.objects()):
            for link in links.links(tx, mapping.name):
                found[link.salesforce.id].append(link.hubspot)
    return found


def _propose(
    tx: ReadTx, rule: WriteBack, worth: Mapping[str, Worth], twins: Mapping[str, Sequence[RecordRef]]
) -> Iterator[Change]:
    text = core.find_model(rule.model).rule
    of_deal = {ref: worth[deal] for deal in worth for ref in twins.get(deal, ())}
    for record in mirror.records(tx, *_OPPORTUNITY):
        yield from propose_values(rule, record, worth.get(record.ref.id), owner=_owner(record), rule_text=text)
    for record in mirror.records(tx, *_DEALS):
        yield from propose_values(rule, record, of_deal.get(record.ref), owner=_owner(record), rule_text=text)


def _owner(record: Record) -> str | None:
    value = record.get(OWNER_FIELDS[record.ref.system])
    return None if value is None else str(value)
