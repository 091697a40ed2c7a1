"""HubSpot deals: the twin of an opportunity with its own stage history."""

from functools import cache
from random import Random
from typing import Any

from syncagent.sandbox.generate.moments import HOUR, MINUTE, at, hubspot_time
from syncagent.sandbox.generate.routes import OPEN_STAGES
from syncagent.sandbox.generate.staff import Member
from syncagent.sandbox.generate.streams import weighted
from syncagent.sandbox.generate.vocabulary import words
from syncagent.sandbox.generate.walks import Step, Walk
from syncagent.sandbox.generate.workshop import Workshop

LINKS = (("both", 85.0), ("hubspot_knows", 3.0), ("salesforce_knows", 2.0), ("none", 10.0))
LAG_EVERY, LAG_MOVES, AMOUNT_EVERY = 40, 3, 30


@cache
def stage_of(code: str) -> dict[str, Any]:
    """The data file's entry of a stage."""
    entry: dict[str, Any] = next(stage for stage in words("deals")["stages"] if stage["code"] == code)
    return entry


def link_of(rng: Random, walk: Walk) -> str:
    """How an opportunity and its deal know each other; a next action kept in HubSpot needs both."""
    return "both" if walk.card.get("next") == "hubspot" else weighted(rng, LINKS)


def write_deal(
    workshop: Workshop,
    rng: Random,
    identifier: str,
    walk: Walk,
    *,
    link: str,
    name: str,
    kind: str,
    opportunity: str,
    owner: Member,
) -> None:
    """Write the deal; now and then it lags a stage behind or holds another amount."""
    moves, amount = _planted(workshop, rng, identifier, walk, link, opportunity)
    properties = {
        "dealname": name,
        "pipeline": "default",
        **_amounts(amount),
        **_stage_properties(moves),
        "closedate": hubspot_time(at(walk.steps[-1].close_day, 18 * HOUR)),
        "dealtype": "newbusiness" if kind == "New Customer" else "existingbusiness",
        "hubspot_owner_id": owner.owner_id,
        "syncagent_salesforce_id": opportunity if link in ("both", "hubspot_knows") else None,
        "createdate": hubspot_time(_synced(moves[0])),
        "hs_lastmodifieddate": hubspot_time(_synced(walk.steps[-1])),
        "hs_object_id": identifier,
        **_stage_times(moves),
    }
    history = [
        {
            "value": stage_of(step.stage)["hubspot"],
            "timestamp": hubspot_time(_synced(step)),
            "sourceType": "INTEGRATION",
            "sourceId": "syncagent",
        }
        for step in reversed(moves)
    ]
    workshop.sheets.hubspot(
        "deals", {"id": identifier, "properties": properties, "history": {"dealstage": history}, "archived": False}
    )


def _planted(
    workshop: Workshop, rng: Random, identifier: str, walk: Walk, link: str, opportunity: str
) -> tuple[list[Step], int | None]:
    """The stage moves and the amount as the deal holds them: now and then a move behind, or another amount."""
    moves, last = walk.moves, walk.steps[-1]
    amount, ids = last.amount, {"salesforce": opportunity, "hubspot": identifier}
    if link == "both" and len(moves) >= LAG_MOVES and workshop.due("deal lag", LAG_EVERY):
        moves = moves[:-1]
        names = {"in_salesforce": stage_of(last.stage)["name"], "in_hubspot": stage_of(moves[-1].stage)["hubspot"]}
        workshop.truth.plant("deal_stage_behind", **ids, **names)
    if link == "both" and amount and workshop.due("deal amount", AMOUNT_EVERY):
        amount += 100_000 * rng.choice((-1, 1, 2))
        workshop.truth.plant("deal_amount_differs", **ids, in_salesforce=last.amount, in_hubspot=amount)
    return moves, amount


def _amounts(amount: int | None) -> dict[str, str]:
    if amount is None:
        return {}
    return {"amount": str(amount), "amount_in_home_currency": str(amount), "deal_currency_code": "JPY"}


def _stage_properties(moves: list[Step]) -> dict[str, str]:
    stage = stage_of(moves[-1].stage)
    return {
        "dealstage": stage["hubspot"],
        "hs_deal_stage_probability": f"{stage['probability'] / 100:g}",
        "hs_is_closed": _flag(moves[-1].stage not in OPEN_STAGES),
        "hs_is_closed_won": _flag(moves[-1].stage == "won"),
    }


def _stage_times(moves: list[Step]) -> dict[str, str]:
    """When each stage was last entered and left."""
    times = {}
    for step, following in zip(moves, [*moves[1:], None], strict=True):
        stage = stage_of(step.stage)["hubspot"]
        times[f"hs_v2_date_entered_{stage}"] = hubspot_time(_synced(step))
        times.pop(f"hs_v2_date_exited_{stage}", None)
        if following:
            times[f"hs_v2_date_exited_{stage}"] = hubspot_time(_synced(following))
    return times


def _synced(step: Step) -> int:
    """A deal follows its opportunity by a few minutes, on the same day."""
    return step.at + 2 * MINUTE + step.at % 90


def _flag(value: bool) -> str:
    return "true" if value else "false"
