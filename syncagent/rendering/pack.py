"""The weekly pack as one HTML page (rulebook, section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from markupsafe import Markup

from syncagent.domain.money import Money
from syncagent.kpi import Absent, Funnel, Pack, Reading, Step
from syncagent.rendering import charts
from syncagent.rendering.pack_json import pack_json
from syncagent.rendering.pack_values import (
    in_language,
    show_conversion,
    show_gap,
    show_minutes,
    show_number,
    show_percent,
    show_points,
)
from syncagent.rendering.pages import page
from syncagent.rendering.words import Language, say, show_instant, show_money

__all__ = ["pack_html", "pack_json"]


@dataclass(frozen=True, slots=True)
class Number:
    """One number as the page shows it; empty texts are not shown."""

    reading: Reading
    label: str
    definition: str
    condition: str
    value: str
    previous: str
    target: str
    gap: str
    good: bool
    missing: str
    line: Markup


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the funnel: its number, a bar over the trend's weeks, and what passes on to the next."""

    number: Number
    team: str
    total: str
    bar: Markup
    step: Step | None
    leaks: bool


def pack_html(pack: Pack, lang: Language) -> str:
    """Render the pack; every number stands beside its definition and condition and opens to its records."""
    numbers = {reading.metric.id: _number(reading, pack, lang) for reading in pack.readings}
    longest = max((line.amount_minor for line in pack.pipeline.lines), default=0)
    return page(
        "pack.html.j2",
        lang,
        pack=pack,
        made=show_instant(pack.made_at, ZoneInfo(pack.zone)),
        numbers=list(numbers.values()),
        focus=[numbers[reading.metric.id] for reading in pack.focus],
        stages=_stages(pack.funnel, numbers, lang),
        hatch=charts.HATCH,
        pipeline_bar=lambda line: charts.bar(line.amount_minor, longest, line.stage, line.zombie_minor),
        money=show_money,
        minor=lambda amount: show_money(Money(amount, pack.currency)),
        plain=lambda value: f"{value.normalize():f}",
        percent=partial(show_percent, lang=lang),
        conversion=partial(show_conversion, lang=lang),
        points=show_points,
        minutes=partial(show_minutes, lang=lang),
    )


def _number(reading: Reading, pack: Pack, lang: Language) -> Number:
    metric, label = reading.metric, in_language(reading.metric.label, lang)
    shown = partial(show_number, metric=metric, currency=pack.currency, lang=lang)
    return Number(
        reading=reading,
        label=label,
        definition=in_language(metric.definition, lang),
        condition=in_language(metric.condition, lang),
        value=shown(reading.value),
        previous="" if reading.previous is None else shown(reading.previous),
        target="" if metric.target is None else shown(metric.target),
        gap=show_gap(reading, pack.currency, lang),
        good=reading.gap is None or reading.gap >= 0,
        missing=in_language(metric.formula.missing, lang) if isinstance(metric.formula, Absent) else "",
        line=_line(reading, pack, lang),
    )


def _line(reading: Reading, pack: Pack, lang: Language) -> Markup:
    known = sum(value is not None for value in reading.trend)
    if known < 2:  # noqa: PLR2004  # one point makes no line
        return Markup("")
    title = say(lang, "pack.trend", label=in_language(reading.metric.label, lang), count=len(pack.weeks))
    return charts.trend_line(reading.trend, title)


def _stages(funnel: Funnel, numbers: dict[str, Number], lang: Language) -> list[Stage]:
    steps = {step.stage.metric.id: step for step in funnel.steps}
    totals = {stage.metric.id: sum(int(value) for value in stage.trend if value is not None) for stage in funnel.stages}
    longest = max(totals.values(), default=0)
    return [
        Stage(
            number=numbers[name],
            team=say(lang, f"pack.team.{stage.metric.team}"),
            total="" if isinstance(stage.metric.formula, Absent) else f"{totals[name]:,}",
            bar=charts.bar(totals[name], longest, numbers[name].label),
            step=steps.get(name),
            leaks=funnel.bottleneck is not None and funnel.bottleneck.stage.metric.id == name,
        )
        for stage in funnel.stages
        for name in [stage.metric.id]
    ]
