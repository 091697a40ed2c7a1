"""Show an attribution: sums by campaign, channel or opportunity; every yen of one opportunity; or the JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from syncagent import attribution as core
from syncagent.domain.money import Money
from syncagent.domain.time import start_of_day
from syncagent.interfaces.output import emit
from syncagent.operations.attribution import Credited
from syncagent.rendering.models import say_rule
from syncagent.rendering.words import Language, say


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Give the last instant of a calendar day in the org's zone."""
    return start_of_day(day + timedelta(days=1), zone) - timedelta(microseconds=1)


def latest_close(credited: Credited) -> datetime:
    """Give the instant files speak about: their latest close."""
    closes = [journey.deal.closed for journey in credited.journeys.journeys]
    return max(closes, default=datetime(1970, 1, 1, tzinfo=UTC))


def show(
    credited: Credited,
    as_of: datetime,
    by: core.By,
    opportunity: str | None,
    form: str,
    out: Path | None,
    lang: Language,
) -> None:
    """Print or write the attribution in the asked form."""
    if form == "json":
        document = core.to_document(credited.attribution, as_of)
        emit(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE), out, form)
        return
    if opportunity is not None:
        lines = _explanation(core.explain(credited.attribution, opportunity), credited, lang)
    else:
        lines = _summary(credited, by, lang)
    emit("\n".join(lines) + "\n", out, form)


def _summary(credited: Credited, by: core.By, lang: Language) -> Iterator[str]:
    rows = core.summarise(credited.attribution, by, credited.labels if by == "campaign" else None)
    rules = {model.name: model for model in credited.attribution.models}
    for (model, currency), group in groupby(rows, key=lambda row: (row.model, row.currency)):
        yield _headline(rules[model], currency, credited.lookback_days, lang)
        for row in group:
            amount = Money(row.credit_minor, currency)
            touches = say(lang, "attribution.touches", count=row.touches, deals=f"{row.deals:.2f}")
            yield f"  {amount!s:>20}  {row.label or row.key}  {touches}"
    for total in credited.attribution.totals:
        values = {
            "model": total.model,
            "credited": Money(total.credited_minor, total.currency),
            "rest": Money(total.unattributed_minor, total.currency),
            "revenue": Money(total.revenue_minor, total.currency),
        }
        yield say(lang, "attribution.total", **values)
    ties = f"{credited.journeys.tie_share:.0%}"
    yield say(lang, "attribution.ties", share=ties)


def _headline(model: core.Model, currency: str, lookback_days: int, lang: Language) -> str:
    """Name a model with what its shares depend on: the rule, the half-life in it, and how far back it looks."""
    values = {"model": model.name, "currency": currency, "rule": say_rule(model.name, lang)}
    return say(lang, "attribution.model", **values, days=lookback_days)


def _explanation(told: core.Explanation, credited: Credited, lang: Language) -> Iterator[str]:
    yield f"{told.opportunity}  {told.amount}  {say(lang, 'attribution.group', grade=told.grade)}"
    for shares in told.models:
        yield f"{shares.model}: {say_rule(shares.model, lang)}"
        if shares.reason:
            yield "  " + say(lang, "attribution.nobody", reason=shares.reason)
        for share in shares.shares:
            weight = core.format_weight(share.weight, exact=share.exact)
            name = credited.labels.get(share.touch.campaign, share.touch.campaign)
            roles = "+".join(share.milestones)
            yield f"  {share.amount!s:>18}  {weight:<8} {share.touch.at:%Y-%m-%d}  {name}  {roles}".rstrip()
    for drop in told.dropped:
        name = credited.labels.get(drop.touch.campaign, drop.touch.campaign)
        yield "  " + say(lang, "attribution.dropped", day=f"{drop.touch.at:%Y-%m-%d}", name=name, reason=drop.reason)
