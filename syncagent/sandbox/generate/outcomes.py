"""Why deals were lost, which are held, and what is missing from that: the fields and the planted dirt."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from syncagent.sandbox.generate.moments import TODAY, date_text, day_of
from syncagent.sandbox.generate.routes import OPEN_STAGES
from syncagent.sandbox.generate.streams import chance
from syncagent.sandbox.generate.vocabulary import words
from syncagent.sandbox.generate.walks import Walk
from syncagent.sandbox.generate.workshop import Workshop

_FLAT_DIRT = {"none": "no_next_action", "overdue": "next_action_overdue", "stale_text": "next_step_text_in_the_past"}
_BOUNDARY_DAYS = 90
_ZOMBIE_DAYS = 186
"""At least six calendar months, whichever months they are."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Fields of the opportunity, and the day a postponed one is to be taken up again."""

    fields: dict[str, Any] = field(default_factory=dict)
    return_day: int | None = None


def outcome_of(workshop: Workshop, rng: Random, opportunity: str, walk: Walk) -> Outcome:
    """The loss or hold fields the card asks for; notes in the truth what is wrong."""
    if walk.card["ends"] == "lost":
        return _loss(workshop, rng, opportunity, walk)
    if walk.card["ends"] == "open":
        _note_open_dirt(workshop, opportunity, walk)
        return Outcome(_hold(workshop, rng, opportunity, walk))
    return Outcome()


def qualification_of(rng: Random, walk: Walk) -> dict[str, bool]:
    """The checkboxes of what sales found out, by the furthest open stage reached."""
    reached = max(OPEN_STAGES.index(step.stage) for step in walk.steps if step.stage in OPEN_STAGES)
    return {name: chance(rng, shares[reached] / 100) for name, _, shares in words("fields")["checkboxes"]}


def _loss(workshop: Workshop, rng: Random, opportunity: str, walk: Walk) -> Outcome:
    reason, complete = walk.card["reason"], walk.card.get("complete", True)
    if not reason:
        workshop.truth.plant("lost_without_reason", opportunity=opportunity)
        return Outcome()
    fields = {"Loss_Reason__c": reason, "Loss_Detail__c": rng.choice(words("people")["loss_details"][reason])}
    if reason == "競合":
        if not complete:
            workshop.truth.plant("competitor_without_name", opportunity=opportunity)
            return Outcome(fields)
        fields["Competitor__c"] = rng.choice(words("deals")["competitors"])
    if reason == "時期延期":
        if not complete:
            workshop.truth.plant("postponed_without_date", opportunity=opportunity)
            return Outcome(fields)
        day = max(day_of(walk.closed_at or 0) + 180, TODAY + 14) + rng.randrange(120)
        fields["Loss_Detail__c"] += f"（再開予定 {date_text(day)}）"
        return Outcome(fields, day)
    return Outcome(fields)


def _hold(workshop: Workshop, rng: Random, opportunity: str, walk: Walk) -> dict[str, Any]:
    kind = walk.card.get("hold")
    if not kind:
        return {}
    until = TODAY - 1 - rng.randrange(14) if kind == "expired" else TODAY + 14 + rng.randrange(45)
    workshop.truth.plant(f"hold_{kind}", opportunity=opportunity, until=date_text(until))
    return {
        "SyncAgent_Hold_Until__c": date_text(until),
        "SyncAgent_Hold_Reason__c": rng.choice(words("deals")["hold_reasons"]),
        "SyncAgent_Hold_Approved_By__c": None if kind == "requested" else workshop.staff.manager("field").email,
    }


def _note_open_dirt(workshop: Workshop, opportunity: str, walk: Walk) -> None:
    plant, card = workshop.truth.plant, walk.card
    days = TODAY - day_of(walk.moves[-1].at)
    past = walk.steps[-1].close_day < TODAY
    if isinstance(card["stage_days"], int):
        plant(f"stage_unchanged_{days}_days", opportunity=opportunity, days=days)
    elif days > _BOUNDARY_DAYS:
        plant("stage_unchanged_over_90_days", opportunity=opportunity, days=days)
    if "quiet" in card:
        plant(f"no_next_action_{card['quiet']}_days", opportunity=opportunity, days=card["quiet"])
    if card["next"] in _FLAT_DIRT:
        plant(_FLAT_DIRT[card["next"]], opportunity=opportunity)
    if past:
        plant("close_date_passed", opportunity=opportunity)
    if past and days >= _ZOMBIE_DAYS:
        plant("zombie", opportunity=opportunity, days=days)
    if walk.steps[-1].amount is None:
        plant("amount_missing", opportunity=opportunity)
