"""Credit to the smallest unit: what each touch earned under each model, and the proof that nothing was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

from syncagent.attribution.conservation import Check, Total, check_conservation, total_up
from syncagent.attribution.models import Model
from syncagent.attribution.paths import Path, Ties, trace_path
from syncagent.domain.journeys import Credit, Journey, Unattributed
from syncagent.domain.money import Money
from syncagent.errors import Defect

NO_ROLE = "no_role"
"""The reason where a custom model gives everything to milestones this path does not have."""

_REMAINDER_SCALE = 10**9


@dataclass(frozen=True, slots=True)
class Attribution:
    """The result of crediting: rows by model (in the order asked), opportunity and touch, with totals and checks."""

    models: tuple[Model, ...]
    journeys: tuple[Journey, ...]
    credits: tuple[Credit, ...]
    unattributed: tuple[Unattributed, ...]
    totals: tuple[Total, ...]
    checks: tuple[Check, ...]

    @property
    def conserved(self) -> bool:
        """Tell whether every check passed; nothing is written back otherwise."""
        return all(check.passed for check in self.checks)


Shares: TypeAlias = tuple[tuple[int, ...], int, tuple[Fraction, ...]]
"""The parts of a path's touches, their sum, and the parts as fractions of it."""


def credit(journeys: Iterable[Journey], models: Sequence[Model], *, ties: Ties = "order") -> Attribution:
    """Share each deal's amount over its touches under each model, exact to the smallest currency unit.

    Raises:
        Defect: two journeys lead to the same opportunity, which would count its revenue twice.
    """
    ordered = tuple(sorted(journeys, key=lambda journey: journey.deal.id))
    for one, other in pairwise(ordered):
        if one.deal.id == other.deal.id:
            raise Defect(f"opportunity {one.deal.id} has two journeys")
    paths = [trace_path(journey, ties) for journey in ordered]
    rows: list[Credit] = []
    rest: list[Unattributed] = []
    for model in models:
        share = _remember(model) if model.by_role and ties == "order" else _sharing(model)
        for journey, path in zip(ordered, paths, strict=True):
            _credit_one(model, journey, share(path) if journey.touches else None, rows, rest)
    totals = total_up(models, ordered, rows, rest)
    checks = check_conservation(models, ordered, rows, rest)
    return Attribution(tuple(models), ordered, tuple(rows), tuple(rest), totals, checks)


def _sharing(model: Model) -> Callable[[Path], Shares | None]:
    def share(path: Path) -> Shares | None:
        parts = tuple(model.weigh(path))
        whole = sum(parts)
        return (parts, whole, tuple(Fraction(part, whole) for part in parts)) if whole else None

    return share


def _remember(model: Model) -> Callable[[Path], Shares | None]:
    """Weigh each shape of path once: few shapes cover a million deals."""
    known: dict[tuple[int, int, int], Shares | None] = {}
    compute = _sharing(model)

    def share(path: Path) -> Shares | None:
        shape = (len(path.times), path.lead, path.created)
        if shape not in known:
            known[shape] = compute(path)
        return known[shape]

    return share


def _credit_one(
    model: Model, journey: Journey, shares: Shares | None, rows: list[Credit], rest: list[Unattributed]
) -> None:
    deal = journey.deal
    if shares is None:
        rest.append(Unattributed(model.name, deal.id, journey.reason or NO_ROLE, deal.amount))
        return
    parts, whole, weights = shares
    amounts = split_by_parts(deal.amount.amount_minor, parts, whole)
    currency = deal.amount.currency
    nothing = Money(0, currency)
    for touch, weight, amount in zip(journey.touches, weights, amounts, strict=True):
        money = Money(amount, currency) if amount else nothing
        rows.append(Credit(model.name, deal.id, touch, weight, money, model.exact))


def split_by_parts(amount_minor: int, parts: Sequence[int], whole: int) -> list[int]:
    """Split an amount in proportion to whole-number parts that sum to ``whole``: largest remainder in integers.

    Gives what ``domain.money.split_largest_remainder`` gives for the fractions part / whole, many times faster.
    """
    size = abs(amount_minor)
    shares = [size * part // whole for part in parts]
    left = size - sum(shares)
    if left:
        remainders = [round_half_even((size * part % whole) * _REMAINDER_SCALE, whole) for part in parts]
        order = sorted(range(len(parts)), key=lambda index: (-remainders[index], index))
        for index in order[:left]:
            shares[index] += 1
    return [-share for share in shares] if amount_minor < 0 else shares


def round_half_even(numerator: int, denominator: int) -> int:
    """Round a non-negative quotient to the nearest whole number, halves to the even one."""
    quotient, rest = divmod(2 * numerator + denominator, 2 * denominator)
    return quotient - 1 if not rest and quotient % 2 else quotient
