"""The weekly pack as one HTML page and as the stable JSON document."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import orjson

from syncagent.domain.money import Money
from syncagent.kpi import Metric, Pack, Reading
from syncagent.rendering.pages import page
from syncagent.rendering.words import Language, say, show_instant, show_money


def pack_html(pack: Pack, lang: Language) -> str:
    """Render the pack; every number stands beside its definition and condition."""
    rows = [_row(reading, pack, lang) for reading in pack.readings]
    return page(
        "pack.html.j2",
        lang,
        pack=pack,
        made=show_instant(pack.made_at, ZoneInfo(pack.zone)),
        rows=rows,
        focus=[row for row in rows if row["focus"]],
        money=show_money,
        percent=lambda value: say(lang, "pack.no_value") if value is None else f"{value:.1f} %",
    )


def _row(reading: Reading, pack: Pack, lang: Language) -> dict[str, str | bool | int]:
    metric = reading.metric
    gap = reading.gap
    return {
        "label": _word(metric, "label", lang),
        "definition": _word(metric, "definition", lang),
        "condition": _word(metric, "condition", lang),
        "value": show_number(reading.value, metric, pack.currency, lang),
        "previous": "" if reading.previous is None else show_number(reading.previous, metric, pack.currency, lang),
        "target": show_number(metric.target, metric, pack.currency, lang) if metric.target is not None else "",
        "gap": _signed(gap, metric, pack.currency, lang) if gap is not None else "",
        "good": gap is None or gap >= 0,
        "focus": metric.focus,
        "left_out": reading.left_out,
    }


def _word(metric: Metric, part: str, lang: Language) -> str:
    words = {"label": metric.label, "definition": metric.definition, "condition": metric.condition}[part]
    return words.ja if lang == "ja" else words.en


def show_number(value: Decimal | None, metric: Metric, currency: str, lang: Language) -> str:
    """Render a metric's number with its unit; an empty denominator is "no value", never zero."""
    if value is None:
        return say(lang, "pack.no_value")
    if metric.unit == "money":
        return show_money(Money(int(value), currency))
    if metric.unit == "percent":
        return f"{value:.1f} %"
    return f"{value:,.0f} {say(lang, f'unit.{metric.unit}')}"


def _signed(value: Decimal, metric: Metric, currency: str, lang: Language) -> str:
    shown = show_number(abs(value), metric, currency, lang)
    return f"{'−' if value < 0 else '+'}{shown}"


def pack_json(pack: Pack) -> bytes:
    """Render the stable JSON document; numbers are decimal text, null where there is no value."""
    document = {
        "week": str(pack.week),
        "zone": pack.zone,
        "currency": pack.currency,
        "metrics": [
            {
                "id": reading.metric.id,
                "label": {"en": reading.metric.label.en, "ja": reading.metric.label.ja},
                "value": _text(reading.value),
                "unit": reading.metric.unit,
                "target": _text(reading.metric.target),
                "gap": _text(reading.gap),
                "previous": _text(reading.previous),
                "records": reading.records,
                "definition": {"en": reading.metric.definition.en, "ja": reading.metric.definition.ja},
                "condition": {"en": reading.metric.condition.en, "ja": reading.metric.condition.ja},
            }
            for reading in pack.readings
        ],
        "hygiene": [
            {"policy": line.policy, "state": line.state.value, "count": line.count, **_money(line.amount)}
            for line in pack.hygiene
        ],
        "campaigns": [
            {"campaign": line.name, "deals": f"{line.deals:f}", **_money(line.credit)} for line in pack.campaigns
        ],
        "linkage": {
            line.name: {"part": line.part, "whole": line.whole, "share": _text(line.share)} for line in pack.linkage
        },
        "conflicts": pack.conflicts,
        "featured": [],
        "actions": [],
        "bottleneck": {},
        "segments": [],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _money(money: Money) -> dict[str, int | str]:
    return {"amount_minor": money.amount_minor, "currency": money.currency}
