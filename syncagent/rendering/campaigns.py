"""The campaign results as text, as one HTML page, and as the stable JSON document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias
from zoneinfo import ZoneInfo

import orjson

from syncagent.attribution import COST_CLASSES, KINDS, CampaignReport, Input, Line
from syncagent.domain.money import Money
from syncagent.rendering.models import say_rule
from syncagent.rendering.pages import page
from syncagent.rendering.words import Language, say, show_instant, show_money

LEVELS = ("all", "category", "campaign")
COUNTED = ("lead", "target_lead", "follow_lead", "meeting", "valid_meeting")
RATIOS = ("cpa", "cpc", "cvr", "cac", "roi")
_NEEDED: Mapping[str, Input] = {"target_lead": "targets", "cpc": "clicks", "roi": "margin"}
"""The input without which a column says "no input"."""

_NAMES_SHOWN = 12
_RECORDS_SHOWN = 40
_SPECIAL = frozenset({"(no campaign)", "(cost without campaign)", "(no category)"})
Say: TypeAlias = Callable[..., str]
Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | bool | None"


def campaigns_text(report: CampaignReport, lang: Language, level: str | None = None) -> str:
    """Render the table for a terminal: two lines per campaign, the chain and what it cost."""
    shown = CampaignRows(report, lang)
    lines = [shown.say("title"), shown.subtitle, shown.say("model", **shown.made)]
    lines += [shown.say("cohort")] if report.period.cohort else []
    lines += [shown.say("counts")]
    for name, rows in shown.by_level(level):
        lines += ["", shown.say(f"level.{name}")] if name != "all" else [""]
        for row in rows:
            lines += [row["name"], f"  {_chain(row, shown)}", f"  {_price(row, shown)}"]
    lines += ["", shown.say("linkage"), *(f"  {item['text']}" for item in shown.linkage())]
    lines += [f"  {text}" for text in shown.remarks()]
    if report.missing:
        lines += ["", shown.say("missing"), *(f"  {shown.say(f'input.{name}')}" for name in report.missing)]
    return "\n".join([*lines, "", shown.say("not_causal"), ""])


def _chain(row: Mapping[str, str], shown: CampaignRows) -> str:
    steps = [f"{shown.say(kind)} {row[kind]} {row[f'{kind}_influenced']}".rstrip() for kind in COUNTED]
    steps += [f"{shown.say(name)} {row[f'{name}_count']} {row[name]}" for name in ("pipeline", "won")]
    return " → ".join(steps)


def _price(row: Mapping[str, str], shown: CampaignRows) -> str:
    classes = f" ({row['classes']})" if row["classes"] else ""
    parts = [f"{shown.say('cost')} {row['cost']}{classes}"]
    parts += [f"{shown.say(name)} {row[name]}" for name in RATIOS]
    gap = f" ({shown.say('gap')} {row['gap']})" if row["gap"] else ""
    return "  ".join([*parts, f"{shown.say('budget')} {row['budget']}{gap}"])


def campaigns_html(report: CampaignReport, lang: Language, level: str | None = None) -> str:
    """Render one self-contained page; every line opens to the deals behind it."""
    shown = CampaignRows(report, lang)
    return page(
        "campaigns.html.j2",
        lang,
        report=report,
        shown=shown,
        levels=list(shown.by_level(level)),
        counted=COUNTED,
        ratios=RATIOS,
    )


class CampaignRows:
    """The report's lines with every cell in words, for text and HTML alike."""

    def __init__(self, report: CampaignReport, lang: Language) -> None:
        self._report, self._lang = report, lang
        zone, period = ZoneInfo(report.zone), report.period
        self.made: Mapping[str, object] = {
            "model": report.model,
            "rule": say_rule(report.model, lang),
            "days": report.lookback_days,
        }
        at = show_instant(report.as_of, zone)
        self.subtitle = self.say("subtitle", org=report.org, first=period.first, last=period.last, zone=zone, at=at)

    def say(self, key: str, **values: object) -> str:
        """Give the words of a key of this report."""
        return say(self._lang, f"campaigns.{key}", **values)

    def by_level(self, level: str | None) -> Iterator[tuple[str, list[dict[str, str]]]]:
        """Give the lines of the asked level, or of each."""
        for name in LEVELS if level is None else (level,):
            yield name, [self.cells(line) for line in self._report.results.lines if line.level == name]

    def cells(self, line: Line) -> dict[str, str]:
        """Put every cell of a line into words; what has no input says so and is never zero."""
        special = line.key in _SPECIAL
        key = "all" if line.level == "all" else line.key
        cells = {"name": self.say(f"line.{key}") if special or line.level == "all" else line.label}
        for kind in KINDS:
            known = self._has(kind)
            count, touched = line.count(kind), len(line.influenced.get(kind, ()))
            cells[kind] = f"{count:,}" if known else self.say("no_input")
            brackets = self.say("influenced", count=f"{touched:,}") if known and touched != count else ""
            cells[f"{kind}_influenced"] = brackets
        cells |= self._money(line)
        cells |= {name: self._ratio(line, name) for name in RATIOS}
        return cells | {"records": "\n".join(self._records(line))}

    def _has(self, column: str) -> bool:
        return _NEEDED.get(column) not in self._report.missing

    def _money(self, line: Line) -> dict[str, str]:
        """A campaign that never had a cost lacks its input; one whose cost lies outside the period has none here."""
        cost, budget = line.cost_minor, line.plans.get("cost")
        lacking = line.level == "campaign" and line.key in self._report.results.without_cost
        classes = [
            f"{self.say(f'class.{name}')} {self.show(line.costs[name])}" for name in COST_CLASSES if name in line.costs
        ]
        gap = "" if cost is None or budget is None else self._signed(cost - budget)
        return {
            "pipeline": self.show(line.pipeline_minor),
            "pipeline_count": self._deals(line.count("deal")),
            "won": self.show(line.revenue_minor),
            "won_count": self._deals(line.count("won")),
            "cost": self.say("no_input" if lacking else "no_value") if cost is None else self.show(cost),
            "classes": ", ".join(classes),
            "budget": self.say("no_value") if budget is None else self.show(budget),
            "gap": gap,
        }

    def _deals(self, count: int) -> str:
        return self.say("deal" if count == 1 else "deals", count=f"{count:,}")

    def _ratio(self, line: Line, name: str) -> str:
        if not self._has(name) and line.key not in _SPECIAL:
            return self.say("no_input")
        values: Mapping[str, Fraction | None] = {
            "cpa": line.cpa,
            "cpc": line.cpc,
            "cvr": line.cvr,
            "cac": line.cac,
            "roi": line.roi,
        }
        value = values[name]
        if value is None:
            return self.say("no_value")
        return f"{half_up(value * 1000) / 10:,.1f} %" if name in {"cvr", "roi"} else self.show(half_up(value))

    def _records(self, line: Line) -> Iterator[str]:
        deals = dict.fromkeys((*line.sourced.get("won", ()), *line.influenced.get("deal", ())))
        for deal in list(deals)[:_RECORDS_SHOWN]:
            yield f"{self._report.names.get(deal) or deal} ({deal})"
        if len(deals) > _RECORDS_SHOWN:
            yield self.say("more", count=len(deals) - _RECORDS_SHOWN).strip()

    def show(self, minor: int) -> str:
        """Render money."""
        return show_money(Money(minor, self._report.currency))

    def _signed(self, minor: int) -> str:
        return f"{'−' if minor < 0 else '+'}{self.show(abs(minor))}"

    def linkage(self) -> list[dict[str, str]]:
        """Say which won deals can be traced to a campaign, a person and a cost, and which cannot."""
        found = self._report.results.linkage
        parts = {"campaign": found.with_campaign, "person": found.with_person, "cost": found.with_cost}
        return [self._link(name, found.won, having) for name, having in parts.items()]

    def _link(self, name: str, whole: Sequence[str], having: Sequence[str]) -> dict[str, str]:
        share = f"{half_up(Fraction(len(having) * 1000, len(whole))) / 10:.1f} %" if whole else self.say("no_value")
        label = self.say(f"link.{name}")
        lacking = sorted(set(whole) - set(having))
        missing = self.say("lacking", names=self._list(lacking)) if lacking else ""
        text = f"{label}: {share} ({len(having)} / {len(whole)}) {missing}".rstrip()
        return {
            "label": label,
            "share": share,
            "part": f"{len(having)} / {len(whole)}",
            "lacking": missing,
            "text": text,
        }

    def remarks(self) -> list[str]:
        """Say what the table lacks or leaves out."""
        labels = {line.key: line.label for line in self._report.results.lines if line.level == "campaign"}
        without = [labels[key] for key in self._report.results.without_cost]
        texts = [self.say("without_cost", count=len(without), names=self._list(without))] if without else []
        left_out = sorted(self._report.left_out.items())
        return texts + [self.say("left_out", count=count, currency=code) for code, count in left_out]

    def _list(self, keys: Sequence[str]) -> str:
        shown = ", ".join(self._report.names.get(key) or key for key in keys[:_NAMES_SHOWN])
        return shown + (self.say("more", count=len(keys) - _NAMES_SHOWN) if len(keys) > _NAMES_SHOWN else "")


def half_up(value: Fraction) -> int:
    """Round to the nearest whole number, halves away from zero."""
    rounded = int(abs(value) + Fraction(1, 2))
    return -rounded if value < 0 else rounded


def campaigns_json(report: CampaignReport, level: str | None = None) -> bytes:
    """Render the stable JSON document: money in minor units, ratios as "p/q", null where there is no value."""
    period, linkage = report.period, report.results.linkage
    document: Json = {
        "org": report.org,
        "period": {"first": period.first.isoformat(), "last": period.last.isoformat(), "cohort": period.cohort},
        "as_of": report.as_of.isoformat(),
        "zone": report.zone,
        "currency": report.currency,
        "model": report.model,
        "lookback_days": report.lookback_days,
        "lines": [_line(line, report) for line in report.results.lines if level in {None, line.level}],
        "linkage": {
            "won": linkage.won,
            "with_campaign": linkage.with_campaign,
            "with_person": linkage.with_person,
            "with_cost": linkage.with_cost,
        },
        "without_cost": report.results.without_cost,
        "missing_inputs": [{"input": name, "connect": say("en", f"campaigns.input.{name}")} for name in report.missing],
        "left_out": dict(sorted(report.left_out.items())),
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _line(line: Line, report: CampaignReport) -> Json:
    known = [kind for kind in KINDS if _NEEDED.get(kind) not in report.missing]
    ratios = {"cpa": line.cpa, "cpc": line.cpc, "cvr": line.cvr, "cac": line.cac, "roi": line.roi}
    return {
        "level": line.level,
        "key": line.key,
        "label": line.label,
        "sourced": {kind: line.sourced.get(kind, ()) for kind in known},
        "influenced": {kind: line.influenced.get(kind, ()) for kind in known},
        "pipeline_minor": line.pipeline_minor,
        "revenue_minor": line.revenue_minor,
        "cost_minor": line.cost_minor,
        "costs": {name: line.costs[name] for name in COST_CLASSES if name in line.costs},
        "gross_profit_minor": _exact(line.gross_profit),
        "sales_profit_minor": _exact(line.sales_profit),
        **{name: _exact(value) for name, value in ratios.items()},
        "plans": {name: {"plan": value, "actual": line.actual(name)} for name, value in sorted(line.plans.items())},
    }


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else str(value)
