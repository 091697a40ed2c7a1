"""Self-contained HTML pages: no script, no outside address, readable on paper and on a phone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from syncagent.domain.plans import Plan
from syncagent.rendering.plan_text import SHORT, PlanView, plan_counts
from syncagent.rendering.words import Language, say, show_instant, show_value

_UNPRINTABLE = {code: None for code in (*range(0x20), 0x7F) if chr(code) not in "\t\n\r"}


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, lang: Language, **values: object) -> str:
    """Render one template with the words of a language at hand as ``say(key, ...)``.

    Characters no page can hold (control characters, half of a surrogate pair) are dropped or shown as "?".
    """

    def words(key: str, **named: object) -> str:
        return say(lang, key, **named)

    text = _environment().get_template(template).render(lang=lang, say=words, **values)
    return text.translate(_UNPRINTABLE).encode("utf-8", "replace").decode()


def plan_html(plan: Plan, view: PlanView) -> str:
    """Render the plan as a page with every change, finding and conflict."""

    def value(item: object) -> str:
        if isinstance(item, Mapping):
            return ", ".join(f"{name}={item[name]}" for name in sorted(item))
        return show_value(view.lang, item if isinstance(item, str | int | bool) else None)

    return page(
        "plan.html.j2",
        view.lang,
        plan=plan,
        short=plan.digest[:SHORT],
        counts=plan_counts(plan),
        names=view.names,
        value=value,
        made=show_instant(plan.made_at, view.zone),
        expires=show_instant(plan.expires_at, view.zone),
    )
