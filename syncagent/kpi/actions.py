"""The action list: who does what by when; new ones are proposed from what the week's lists show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from syncagent.domain.money import Money
from syncagent.kpi.deal_check import DealLine, Decision
from syncagent.kpi.featured import Featured
from syncagent.kpi.reading import Named

What: TypeAlias = Literal["close", "return", "next_action", "lost_reason", "first_touch"]
Status: TypeAlias = Literal["proposed", "open", "done", "dropped"]

PER_KIND_MAX = 2
"""Proposals of one kind; a meeting of twenty minutes settles no more."""

_OF: dict[Decision, What] = {"close": "close", "return": "return"}


@dataclass(frozen=True, slots=True)
class Action:
    """One action tied to a record; a proposal becomes open when somebody takes it on."""

    who: str
    what: What
    record: Named
    by: date
    status: Status = "proposed"
    amount: Money | None = None


def propose_actions(deals: Sequence[DealLine], featured: Sequence[Featured], by: date) -> tuple[Action, ...]:
    """Propose the most valuable few: deals to decide on, deals without a next action, leads to learn from.

    The deals come most pressing first; ``by`` is the day the proposals are due.
    """
    found = [_from_deal(line, by) for line in deals if line.decision != "keep" or line.next_on is None]
    found += [_from_featured(line, by) for line in featured if line.kind == "neglected"]
    found += [_from_featured(line, by) for line in featured if line.kind == "lost" and not line.loss]
    kept: list[Action] = []
    for action in found:
        if sum(other.what == action.what for other in kept) < PER_KIND_MAX:
            kept.append(action)
    return tuple(kept)


def _from_deal(line: DealLine, by: date) -> Action:
    record = Named(f"salesforce/Opportunity/{line.id}", line.name)
    return Action(line.owner, _OF.get(line.decision, "next_action"), record, by, amount=line.amount)


def _from_featured(line: Featured, by: date) -> Action:
    record = Named(f"salesforce/{line.object}/{line.id}", f"{line.company} {line.name}".strip())
    return Action(line.owner, "first_touch" if line.kind == "neglected" else "lost_reason", record, by)
