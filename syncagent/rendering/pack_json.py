"""The weekly pack as the stable JSON document.

Counts and money (minor units of the named currency) are JSON numbers; percentages and their gaps in points are decimal
text ("33.3"), because they are exact; what has no value is null, never 0. Labels, definitions and conditions are in
the asked language. Every list of records shows the first ones and says how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeAlias

import orjson

from syncagent.domain.money import Money
from syncagent.kpi import Absent, Action, Behind, DealLine, Featured, Named, Pack, Reading, Step
from syncagent.kpi.metric import Unit
from syncagent.rendering.pack_values import in_language
from syncagent.rendering.words import Language, say

Json: TypeAlias = "str | int | bool | Sequence[Json] | dict[str, Json] | None"


def pack_json(pack: Pack, lang: Language = "en") -> bytes:
    """Render the document."""
    document: dict[str, Json] = {
        "week": str(pack.week),
        "zone": pack.zone,
        "currency": pack.currency,
        "metrics": [_metric(reading, lang) for reading in pack.readings],
        "featured": [_featured(line) for line in pack.featured],
        "actions": [_action(line, lang) for line in pack.actions],
        "bottleneck": _bottleneck(pack, lang),
        "linkage": {
            line.name: {
                "part": line.part,
                "whole": line.whole,
                "share": _decimal(line.share),
                "lacking": _behind(line.lacking),
            }
            for line in pack.linkage
        },
        "segments": [],
        "no_input": {"segments": say(lang, "pack.segments.connect")},
        "funnel": [_step(step, lang) for step in pack.funnel.steps],
        "deal_check": _deal_check(pack),
        "house_list": [{"group": line.name, "people": line.people, "companies": line.companies} for line in pack.house],
        "pipeline": _pipeline(pack),
        "hygiene": [
            {
                "policy": line.policy,
                "state": line.state.value,
                "count": line.count,
                **_money(line.amount),
                "records": _behind(line.behind),
            }
            for line in pack.hygiene
        ],
        "campaigns": [
            {"campaign": line.name, "deals": f"{line.deals:f}", **_money(line.credit)} for line in pack.campaigns
        ],
        "conflicts": pack.conflicts,
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _metric(reading: Reading, lang: Language) -> dict[str, Json]:
    metric = reading.metric
    missing = in_language(metric.formula.missing, lang) if isinstance(metric.formula, Absent) else None
    return {
        "id": metric.id,
        "label": in_language(metric.label, lang),
        "value": _in_unit(reading.value, metric.unit),
        "unit": metric.unit,
        "target": _in_unit(metric.target, metric.unit),
        "gap": _in_unit(reading.gap, metric.unit),
        "previous": _in_unit(reading.previous, metric.unit),
        "trend": [_in_unit(value, metric.unit) for value in reading.trend],
        "definition": in_language(metric.definition, lang),
        "condition": in_language(metric.condition, lang),
        "focus": metric.focus,
        "team": metric.team,
        "no_input": missing,
        "left_out": reading.left_out,
        "records": _behind(reading.behind),
    }


def _in_unit(value: Decimal | None, unit: Unit) -> Json:
    if value is None or unit == "percent":
        return _decimal(value)
    return int(value)


def _decimal(value: Decimal | None) -> Json:
    return None if value is None else f"{value:f}"


def _behind(behind: Behind) -> dict[str, Json]:
    return {"count": behind.count, "shown": [_named(record) for record in behind.records]}


def _named(record: Named) -> dict[str, Json]:
    return {**_ref(record.ref), "name": record.name}


def _ref(ref: str) -> dict[str, Json]:
    system, object_name, record_id = ref.split("/", 2)
    return {"system": system, "object": object_name, "id": record_id}


def _money(money: Money | None) -> dict[str, Json]:
    return {
        "amount_minor": money.amount_minor if money else None,
        "currency": money.currency if money else None,
    }


def _featured(line: Featured) -> dict[str, Json]:
    return {
        "kind": line.kind,
        "record": _ref(f"salesforce/{line.object}/{line.id}"),
        "name": line.name,
        "company": line.company,
        "on": _day(line.on),
        "marketing": {
            "source": line.source,
            "campaigns": [
                {"campaign": touch.campaign, "channel": touch.channel, "on": _day(touch.on)} for touch in line.touches
            ],
        },
        "sales": {
            "owner": line.owner,
            "stage": line.stage,
            **_money(line.amount),
            "next_step": line.next_step,
            "loss": line.loss,
            "activities": line.logs,
            "last_on": _day(line.last_on),
        },
    }


def _day(day: object) -> Json:
    return None if day is None else str(day)


def _action(line: Action, lang: Language) -> dict[str, Json]:
    return {
        "who": line.who,
        "what": line.what,
        "text": say(lang, f"pack.what.{line.what}"),
        "by": _day(line.by),
        "status": line.status,
        "record": _ref(line.record.ref),
        "name": line.record.name,
        **_money(line.amount),
    }


def _step(step: Step, lang: Language) -> dict[str, Json]:
    return {
        "from": step.stage.metric.id,
        "to": step.following.metric.id,
        "team": step.stage.metric.team,
        "label": f"{in_language(step.stage.metric.label, lang)} → {in_language(step.following.metric.label, lang)}",
        "part": step.part,
        "whole": step.whole,
        "share": _decimal(step.share),
        "target": _decimal(step.target),
        "gap": _decimal(step.gap),
    }


def _bottleneck(pack: Pack, lang: Language) -> dict[str, Json]:
    step, response = pack.funnel.bottleneck, pack.response
    answer: dict[str, Json] = {"weeks": [str(week) for week in pack.weeks]}
    if step is not None:
        answer |= _step(step, lang)
    if response is not None:
        answer["first_touch"] = {
            "leads": response.leads,
            "touched": response.touched,
            "median_minutes": response.median_minutes,
            "p90_minutes": response.p90_minutes,
            "within_5_minutes": response.within,
            "neglected": response.neglected,
            "neglected_share": _decimal(response.neglected_share),
        }
    answer["lost_gains"] = [_step(each, lang) for each in pack.funnel.lost_gains]
    return answer


def _deal_check(pack: Pack) -> dict[str, Json]:
    return {
        "count": pack.deal_check.count,
        "decisions": [
            {"decision": line.decision, "count": line.count, **_money(line.amount)} for line in pack.deal_check.totals
        ],
        "shown": [_deal(line) for line in pack.deal_check.lines],
    }


def _deal(line: DealLine) -> dict[str, Json]:
    return {
        "record": _ref(f"salesforce/Opportunity/{line.id}"),
        "name": line.name,
        "owner": line.owner,
        "stage": line.stage,
        **_money(line.amount),
        "logs": line.logs,
        "last_on": _day(line.last_on),
        "next_on": _day(line.next_on),
        "stage_days": line.stage_days,
        "held_until": _day(line.held_until),
        "decision": line.decision,
    }


def _pipeline(pack: Pack) -> dict[str, Json]:
    whole = pack.pipeline
    return {
        "amount_minor": whole.amount_minor,
        "weighted_minor": whole.weighted_minor,
        "clean_amount_minor": whole.clean_minor,
        "clean_weighted_minor": whole.clean_weighted_minor,
        "stages": [
            {
                "stage": line.stage,
                "probability": _decimal(line.probability.normalize()),
                "count": line.count,
                "amount_minor": line.amount_minor,
                "zombies": line.zombies,
                "zombie_amount_minor": line.zombie_minor,
                "left_out": line.left_out,
            }
            for line in whole.lines
        ],
    }
