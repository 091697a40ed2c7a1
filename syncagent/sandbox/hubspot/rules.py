"""What HubSpot works out by itself when properties change: stages, close dates, lifecycle dates, task completion."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from syncagent.sandbox.hubspot.records import Version

LIFECYCLE_TYPES = ("contacts", "companies")

Pipelines = Mapping[str, Mapping[str, Any]]
Properties = Mapping[str, str]


def find_stage(pipelines: Pipelines, pipeline: str | None, stage: str | None) -> Mapping[str, Any] | None:
    """A stage of a deal pipeline."""
    stages: Iterable[Mapping[str, Any]] = pipelines.get(pipeline or "", {}).get("stages", ())
    return next((known for known in stages if known["id"] == stage), None)


def is_closed(stage: Mapping[str, Any]) -> bool:
    """Whether a stage ends a deal, by its metadata and never by its id."""
    return str(stage.get("metadata", {}).get("isClosed", "false")).lower() == "true"


def is_won(stage: Mapping[str, Any]) -> bool:
    """Whether a stage is a won one: closed with probability 1."""
    return is_closed(stage) and float(stage.get("metadata", {}).get("probability", 0)) == 1.0


def default_pipeline(pipelines: Pipelines) -> str | None:
    """The pipeline of a deal that names none: `default` if there is one, else the first."""
    return "default" if "default" in pipelines else next(iter(pipelines), None)


def ignores_backwards(old: str, new: str, order: Sequence[str]) -> bool:
    """Whether a lifecycle stage would move backwards, which HubSpot answers with success and does not do."""
    return old in order and new in order and order.index(new) < order.index(old)


def derive_lifecycle(before: Properties, changes: Properties, now: str) -> dict[str, str]:
    """The date of entry into a lifecycle stage."""
    stage = changes.get("lifecyclestage")
    name = f"hs_lifecyclestage_{stage}_date"
    return {name: now} if stage and stage != before.get("lifecyclestage") and name not in before else {}


def derive_task(changes: Properties, now: str) -> dict[str, str]:
    """Completion of a task from its status."""
    status = changes.get("hs_task_status")
    if status is None:
        return {}
    done = status == "COMPLETED"
    return {"hs_task_is_completed": "1" if done else "0", "hs_task_completion_date": now if done else ""}


def derive_deal(before: Properties, changes: Properties, pipelines: Pipelines, now: str) -> dict[str, str]:
    """Everything that follows from a deal's stage and amount; empty texts clear."""
    after = {**before, **changes}
    derived: dict[str, str] = {}
    stage_id = after.get("dealstage")
    stage = find_stage(pipelines, after.get("pipeline"), stage_id)
    if stage is not None and stage_id != before.get("dealstage"):
        derived |= stage_facts(stage)
        derived[f"hs_v2_date_entered_{stage_id}"] = now
        derived[f"hs_v2_date_exited_{stage_id}"] = ""
        if before.get("dealstage"):
            derived[f"hs_v2_date_exited_{before['dealstage']}"] = now
        if is_closed(stage) and not after.get("closedate"):
            derived["closedate"] = now
    if stage is not None and ("amount" in changes or "dealstage" in changes):
        derived |= amount_facts(stage, after.get("amount", ""))
    return derived


def stage_facts(stage: Mapping[str, Any]) -> dict[str, str]:
    """The read-only flags that describe a stage."""
    closed, won = is_closed(stage), is_won(stage)
    return {
        "hs_is_closed": _flag(closed),
        "hs_is_closed_won": _flag(won),
        "hs_is_closed_lost": _flag(closed and not won),
        "hs_deal_stage_probability": str(stage.get("metadata", {}).get("probability", "")),
    }


def amount_facts(stage: Mapping[str, Any], amount: str) -> dict[str, str]:
    """The read-only amounts; a portal of one currency is assumed."""
    if not amount:
        return {"amount_in_home_currency": "", "hs_closed_amount": ""}
    return {"amount_in_home_currency": amount, "hs_closed_amount": amount if is_won(stage) else "0"}


def stage_dates(versions: Sequence[Version]) -> dict[str, str]:
    """Dates of entry and exit per stage from a dealstage history, newest first: the latest visit counts."""
    dates: dict[str, str] = {}
    previous: str | None = None
    for version in reversed(versions):
        if previous:
            dates[f"hs_v2_date_exited_{previous}"] = version.timestamp
        if version.value:
            dates[f"hs_v2_date_entered_{version.value}"] = version.timestamp
            dates.pop(f"hs_v2_date_exited_{version.value}", None)
        previous = version.value
    return dates


def _flag(value: bool) -> str:
    return "true" if value else "false"
