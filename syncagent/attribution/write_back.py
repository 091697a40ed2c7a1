"""What a model says about one deal as the values of a few CRM fields, and the changes that bring them there.

Only differences are proposed, so a second run finds nothing to do. The hash covers every credit, so that a change of
credits is seen even where the texts stay the same. The run that wrote a value stands in the journal and not in the
CRM: it would differ each time.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias, get_args

import orjson

from syncagent.attribution.allocate import Attribution
from syncagent.attribution.results import UNATTRIBUTED
from syncagent.domain.changes import Change, Evidence
from syncagent.domain.journeys import Credit, Unattributed
from syncagent.domain.money import Money, split_largest_remainder
from syncagent.domain.records import Record, Scalar, System

Content: TypeAlias = Literal["campaign", "shares", "amount", "model", "hash"]
"""campaign: the name of the one with the largest share; shares: all of them in percent, largest first, 100.00 in all;
amount: what campaigns earned of the deal, in its currency; model: the model's name; hash: 16 hex digits."""

CONTENTS: tuple[Content, ...] = get_args(Content)
TEXT_MAX = 255
"""Characters of a text value: what a Salesforce text field holds at most."""

_HUNDREDTHS = 100 * 100
_HASH_DIGITS = 16


@dataclass(frozen=True, slots=True)
class WriteBack:
    """One model and the fields its result goes to, by system: what is written, and the field that holds it."""

    model: str
    fields: Mapping[System, Mapping[Content, str]]

    @property
    def origin(self) -> str:
        """The origin its changes carry."""
        return f"attribution:{self.model}"

    def names(self, system: System) -> tuple[str, ...]:
        """List the fields written in a system."""
        return tuple(sorted(self.fields.get(system, {}).values()))


Worth: TypeAlias = Mapping[Content, str]
"""What is to stand in a deal's fields."""


def value_deals(attribution: Attribution, model: str, labels: Mapping[str, str]) -> dict[str, Worth]:
    """Say for every deal of the attribution what one of its models makes of it; ``labels`` name the campaigns."""
    rows: defaultdict[str, list[Credit]] = defaultdict(list)
    for row in attribution.credits:
        if row.model == model:
            rows[row.opportunity].append(row)
    gaps = {gap.opportunity: gap for gap in attribution.unattributed if gap.model == model}
    return {
        journey.deal.id: _value(model, rows[journey.deal.id], gaps.get(journey.deal.id), labels)
        for journey in attribution.journeys
    }


def _value(model: str, rows: Iterable[Credit], gap: Unattributed | None, labels: Mapping[str, str]) -> Worth:
    weights: defaultdict[str, Fraction] = defaultdict(Fraction)
    earned: defaultdict[str, int] = defaultdict(int)
    amounts = [gap.amount] if gap else []
    for row in rows:
        weights[row.touch.campaign] += row.weight
        earned[row.touch.campaign] += row.amount.amount_minor
        amounts.append(row.amount)
    ordered = sorted((key for key in weights if weights[key]), key=lambda key: (-weights[key], key))
    parts = split_largest_remainder(_HUNDREDTHS, [weights[key] for key in ordered])
    told = [(labels.get(key, key), part) for key, part in zip(ordered, parts, strict=True)]
    credited = sum(earned.values())
    unit = amounts[0]
    sealed = [
        model,
        unit.currency,
        credited,
        [[key, part, earned[key]] for key, part in zip(ordered, parts, strict=True)],
    ]
    return {
        "campaign": _cut(told[0][0]) if told else "",
        "shares": _list_shares(told) if told else f"{UNATTRIBUTED}: {gap.reason}" if gap else "",
        "amount": f"{Money(credited, unit.currency).to_decimal().normalize():f}",
        "model": model,
        "hash": hashlib.sha256(orjson.dumps(sealed)).hexdigest()[:_HASH_DIGITS],
    }


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= TEXT_MAX else flat[: TEXT_MAX - 1].rstrip() + "…"


def _list_shares(told: list[tuple[str, int]]) -> str:
    """Name campaigns with their percentages, as many as fit; what does not fit is counted."""
    entries = [f"{' '.join(name.split())} {part // 100}.{part % 100:02d}%" for name, part in told]
    for kept in range(len(entries), 0, -1):
        rest = f"; +{len(entries) - kept}" if kept < len(entries) else ""
        text = "; ".join(entries[:kept]) + rest
        if len(text) <= TEXT_MAX:
            return text
    return _cut(entries[0])


def propose_values(
    rule: WriteBack, record: Record, worth: Worth | None, *, owner: str | None, rule_text: str
) -> Iterator[Change]:
    """Give the changes that bring a record's fields to what they are worth; None empties what we once wrote.

    A field the record was not read with is not in the org, and is left alone.
    """
    reason = f"{rule.model}: {rule_text}" if worth else f"{rule.model}: the deal is not won (any more)"
    evidence = (Evidence("shares", worth["shares"], f"{rule.model}: {worth['shares']}"),) if worth else ()
    for content, name in sorted(rule.fields.get(record.ref.system, {}).items()):
        before, after = record.get(name), (worth[content] or None) if worth else None
        if name in record.fields and not _same(content, before, after):
            yield Change(
                ref=record.ref,
                operation="update",
                field=name,
                before=before,
                after=after,
                origin=rule.origin,
                reason=reason,
                evidence=evidence,
                owner=owner,
            )


def _same(content: Content, before: Scalar, after: str | None) -> bool:
    if before in {None, ""} or after is None:
        return before in {None, ""} and after is None
    return Decimal(str(before)) == Decimal(after) if content == "amount" else before == after
