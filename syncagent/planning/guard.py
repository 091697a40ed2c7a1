"""Brakes: limits on what one plan may do before a person has to say so explicitly."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syncagent.domain.changes import Change
from syncagent.domain.findings import Breach
from syncagent.domain.records import System

SHARE_POPULATION_MIN = 50
"""Below this many live records a share says nothing: one of two is 50 %."""


@dataclass(frozen=True, slots=True)
class Brakes:
    """Limits of one plan, or of one policy within it; None means no such limit."""

    changes_max: int | None = None
    creates_max: int | None = None
    share_max_percent: int | None = None
    money_max_minor: int | None = None
    money_currency: str | None = None
    per_owner_max: int | None = None


def measure_breaches(
    brakes: Brakes, changes: Sequence[Change], population: Mapping[tuple[System, str], int], *, scope: str
) -> list[Breach]:
    """Measure changes against brakes; ``population`` counts live records by (system, object).

    Records, not fields, are counted for shares, owners and money; a record's money counts once.
    """
    return [
        *_count("changes_max", brakes.changes_max, changes, scope),
        *_count("creates_max", brakes.creates_max, [item for item in changes if item.operation == "create"], scope),
        *_shares(brakes, changes, population, scope),
        *_owners(brakes, changes, scope),
        *_money(brakes, changes, scope),
    ]


def _count(brake: str, limit: int | None, changes: Sequence[Change], scope: str) -> list[Breach]:
    records = {change.ref if change.ref.id else change.id for change in changes}
    if limit is None or len(records) <= limit:
        return []
    return [Breach(brake, scope, str(limit), str(len(records)), tuple(change.id for change in changes))]


def _shares(
    brakes: Brakes, changes: Sequence[Change], population: Mapping[tuple[System, str], int], scope: str
) -> list[Breach]:
    if brakes.share_max_percent is None:
        return []
    touched: defaultdict[tuple[System, str], set[str]] = defaultdict(set)
    for change in changes:
        if change.operation != "create":
            touched[change.ref.system, change.ref.object].add(change.ref.id)
    breaches = []
    for (system, object_name), ids in sorted(touched.items()):
        all_of_them = population.get((system, object_name), 0)
        if all_of_them >= SHARE_POPULATION_MIN and len(ids) * 100 > brakes.share_max_percent * all_of_them:
            measured = f"{len(ids)} of {all_of_them} ({len(ids) * 100 // all_of_them} %)"
            ours = tuple(item.id for item in changes if (item.ref.system, item.ref.object) == (system, object_name))
            limit = f"{brakes.share_max_percent} %"
            breaches.append(Breach("share_max_percent", f"{scope} {system}/{object_name}", limit, measured, ours))
    return breaches


def _owners(brakes: Brakes, changes: Sequence[Change], scope: str) -> list[Breach]:
    if brakes.per_owner_max is None:
        return []
    records = {(change.owner, change.ref) for change in changes if change.owner}
    counts = Counter(owner for owner, _ref in records)
    return [
        Breach(
            "per_owner_max",
            f"{scope} owner {owner}",
            str(brakes.per_owner_max),
            str(count),
            tuple(change.id for change in changes if change.owner == owner),
        )
        for owner, count in sorted(counts.items(), key=lambda item: str(item[0]))
        if count > brakes.per_owner_max
    ]


def _money(brakes: Brakes, changes: Sequence[Change], scope: str) -> list[Breach]:
    if brakes.money_max_minor is None:
        return []
    at_stake = {change.ref: change.money for change in changes if change.money is not None}
    total = sum(abs(money.amount_minor) for money in at_stake.values() if money.currency == brakes.money_currency)
    foreign = sorted({money.currency for money in at_stake.values() if money.currency != brakes.money_currency})
    if total <= brakes.money_max_minor and not foreign:
        return []
    measured = f"{total:,} {brakes.money_currency}" + (f" and amounts in {', '.join(foreign)}" if foreign else "")
    limit = f"{brakes.money_max_minor:,} {brakes.money_currency}"
    ours = tuple(change.id for change in changes if change.money is not None)
    return [Breach("money_max", scope, f"{limit} (minor units)", measured, ours)]
