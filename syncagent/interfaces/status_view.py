"""Show what the state knows, and the conflicts that wait for a person."""

from __future__ import annotations

import dataclasses

from syncagent.interfaces.output import say_json, say_line
from syncagent.operations.installation import Installation
from syncagent.operations.names import look_up_names
from syncagent.operations.status import Status
from syncagent.rendering.words import say, show_instant, show_value
from syncagent.store import links


def show_status(status: Status, installation: Installation, form: str) -> None:
    """Print the status."""
    if form == "json":
        say_json(dataclasses.asdict(status))
        return
    lang, zone = installation.lang, installation.settings.timezone
    say_line(say(lang, "status.title", org=status.org))
    for item in status.objects:
        at = show_instant(item.current_to, zone) if item.current_to else say(lang, "status.never")
        say_line("  " + say(lang, "status.object", system=item.system, object=item.object, live=item.live, at=at))
    pairs = ", ".join(f"{name} {count}" for name, count in status.links.items())
    say_line(say(lang, "status.links", links=pairs))
    numbers = {"conflicts": status.conflicts, "unsettled": status.unsettled, "ledger": status.ledger_entries}
    say_line(say(lang, "status.open", **numbers))
    if status.unfinished:
        say_line(say(lang, "status.unfinished", runs=", ".join(status.unfinished)))
    if status.plans:
        say_line(say(lang, "status.plans"))
    for plan in status.plans:
        state = say(lang, "status.used", run=plan.used_by) if plan.used_by else say(lang, "status.waiting")
        at = show_instant(plan.made_at, zone)
        say_line("  " + say(lang, "status.plan", digest=plan.digest[:12], at=at, state=state))
    if status.runs:
        say_line(say(lang, "status.runs"))
    for run in status.runs:
        at, word = show_instant(run.started_at, zone), run.status or say(lang, "status.running")
        say_line("  " + say(lang, "status.run", run=run.id, kind=run.kind, at=at, status=word))


def show_conflicts(installation: Installation, form: str) -> None:
    """Print the open conflicts with both values."""
    with installation.store.read() as tx:
        found = links.open_conflicts(tx)
    if form == "json":
        say_json([{**dataclasses.asdict(item)} for item in found])
        return
    if not found:
        say_line(say(installation.lang, "conflicts.none"))
    names = look_up_names(installation, [item.salesforce for item in found])
    for item in found:
        lang = installation.lang
        values = {
            "salesforce": show_value(lang, item.salesforce_value),
            "hubspot": show_value(lang, item.hubspot_value),
        }
        say_line(f"{item.salesforce}  {item.hubspot}  {names.get(item.salesforce, '')}".rstrip())
        say_line("  " + say(lang, "conflict.line", pair=item.pair, field=item.field, reason=item.reason, **values))
