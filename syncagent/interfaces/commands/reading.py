"""Commands that only look: check, status, attribution, conflicts, report, ledger verify."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from syncagent.errors import UsageError
from syncagent.interfaces import output
from syncagent.interfaces.options import HERE, Config, DataFormat, Lang, Out

MODELS_HELP = (
    "first_touch, last_touch, last_non_direct, linear, u_shaped, position_40_20_40, w_shaped, full_path, j_shaped, "
    "inverse_j, time_decay_<N>d (half-life of N days)"
)
"""The legal models in words: the list itself would make every --help load the models."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (check, status, conflicts, attribution):
        app.command()(command)
    report = typer.Typer(help="Packs and tables people read.", no_args_is_help=True)
    report.command("weekly")(weekly)
    report.command("campaigns")(campaigns)
    app.add_typer(report, name="report")
    ledger = typer.Typer(help="The hash-chained record of everything that was done.", no_args_is_help=True)
    ledger.command("verify")(verify)
    app.add_typer(ledger, name="ledger")


def check(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH ...]", help="Files or folders.")] = None,
    *,
    live: Annotated[bool, typer.Option("--live", help="Compare with the fields both systems really have.")] = False,
    schema: Annotated[
        Literal["mapping", "input", "attribution", "policy", "kpi"] | None,
        typer.Option("--schema", help="Print the JSON Schema of a kind of file instead."),
    ] = None,
    config: Config = HERE,
) -> int:
    """Validate mappings and policies; every problem as file:line:column.

    Example: syncagent check mappings/person.yaml
    """
    from syncagent.operations import check as checking

    if schema is not None:
        output.say_json(checking.schema_of(schema))
        return 0
    report = checking.check(config, paths or [])
    for line in report.lines:
        output.say_line(line)
    if live:
        from syncagent.interfaces.wiring import opened

        with opened(config) as installation:
            for line in checking.check_live(installation):
                output.say_line(line)
    return 0


def status(*, config: Config = HERE, lang: Lang = None, form: DataFormat = "text") -> int:
    """Show what the state knows: how current it is, open questions, latest plans and runs.

    Example: syncagent status
    """
    from syncagent.interfaces.status_view import show_status
    from syncagent.interfaces.wiring import opened
    from syncagent.operations.status import read_status

    with opened(config, lang=lang) as installation:
        show_status(read_status(installation), installation, form)
    return 0


def conflicts(*, config: Config = HERE, lang: Lang = None, form: DataFormat = "text") -> int:
    """List values no rule settles, with both sides.

    Example: syncagent conflicts --format json
    """
    from syncagent.interfaces.status_view import show_conflicts
    from syncagent.interfaces.wiring import opened

    with opened(config, lang=lang) as installation:
        show_conflicts(installation, form)
    return 0


def attribution(
    *,
    opportunities: Annotated[
        Path | None, typer.Option("--opportunities", metavar="CSV", help="Deals from a file instead of the mirror.")
    ] = None,
    touches: Annotated[Path | None, typer.Option("--touches", metavar="CSV", help="Touches from a file.")] = None,
    model: Annotated[
        list[str] | None, typer.Option("--model", metavar="M", help=f"One of {MODELS_HELP}; may be repeated.")
    ] = None,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", metavar="DATE", formats=["%Y-%m-%d"], help="End of this day.")
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="campaign|channel|opportunity", help="How to sum.")] = "campaign",
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="OPPORTUNITY", help="Every yen of one opportunity.")
    ] = None,
    config: Config = HERE,
    lang: Lang = None,
    form: DataFormat = "text",
    out: Out = None,
) -> int:
    """Credit won revenue to campaigns, exact to the smallest unit.

    Example: syncagent attribution --model linear --by channel
    """
    from syncagent.interfaces import attribution_view as view
    from syncagent.operations import attribution as operation

    grouping = operation.parse_by(by)
    if (opportunities is None) != (touches is None):
        raise UsageError("--opportunities and --touches go together")
    if opportunities is not None and touches is not None:
        credited = operation.attribute_files(opportunities, touches, model or [])
        view.show(credited, view.latest_close(credited), grouping, explain, form, out, output.language(lang))
        return 0
    from syncagent.interfaces.wiring import opened

    with opened(config, lang=lang) as installation:
        moment = view.end_of(as_of.date(), installation.settings.timezone) if as_of else installation.clock()
        credited = operation.attribute(installation, model or [], moment)
        view.show(credited, moment, grouping, explain, form, out, installation.lang)
    return 0


def weekly(
    *,
    week: Annotated[str | None, typer.Option("--week", metavar="2026-W46", help="Default: the last full week.")] = None,
    config: Config = HERE,
    lang: Lang = None,
    form: Annotated[Literal["html", "json"], typer.Option("--format", help="Form of the pack.")] = "html",
    out: Annotated[Path | None, typer.Option("--out", metavar="PATH", help="Write to this file.")] = None,
) -> int:
    """Make the Monday pack.

    Example: syncagent report weekly --week 2026-W46 --lang ja --out pack.html
    """
    from syncagent.interfaces.wiring import opened
    from syncagent.operations.report import weekly_pack
    from syncagent.rendering.pack import pack_html, pack_json

    with opened(config, lang=lang) as installation:
        pack = weekly_pack(installation, week)
        output.emit(
            pack_json(pack, installation.lang) if form == "json" else pack_html(pack, installation.lang), out, form
        )
    return 0


def campaigns(
    *,
    level: Annotated[
        Literal["all", "category", "campaign"] | None, typer.Option("--level", help="Only this level; default: each.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", metavar="M", help=f"Model behind the money: {MODELS_HELP}.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", metavar="DATE", formats=["%Y-%m-%d"], help="First day; default: 365 days in all."),
    ] = None,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", metavar="DATE", formats=["%Y-%m-%d"], help="Last day; default: now.")
    ] = None,
    cohort: Annotated[bool, typer.Option("--cohort", help="What became of the leads of these days.")] = False,
    config: Config = HERE,
    lang: Lang = None,
    form: Annotated[Literal["text", "json", "html"], typer.Option("--format", help="Form of the output.")] = "text",
    out: Out = None,
) -> int:
    """Show what each campaign brought and cost: leads, meetings, pipeline, won, cost, ratios, plan vs actual.

    Example: syncagent report campaigns --level campaign --format html --out campaigns.html
    """
    from syncagent.interfaces.attribution_view import end_of
    from syncagent.interfaces.wiring import opened
    from syncagent.operations.campaigns import campaign_results
    from syncagent.rendering.campaigns import campaigns_html, campaigns_json, campaigns_text

    with opened(config, lang=lang) as installation:
        moment = end_of(as_of.date(), installation.settings.timezone) if as_of else installation.clock()
        first = since.date() if since else None
        made = campaign_results(installation, moment, model=model, since=first, cohort=cohort)
        if form == "json":
            output.emit(campaigns_json(made, level), out, form)
        else:
            render = campaigns_html if form == "html" else campaigns_text
            output.emit(render(made, installation.lang, level), out, form)
    return 0


def verify(*, config: Config = HERE, lang: Lang = None) -> int:
    """Prove that no entry of the ledger was changed or removed.

    Example: syncagent ledger verify
    """
    from syncagent.interfaces.wiring import opened
    from syncagent.rendering.words import say
    from syncagent.store import ledger

    with opened(config, lang=lang) as installation:
        with installation.store.read() as tx:
            broken = ledger.verify(tx)
            count = sum(1 for _entry in ledger.entries(tx))
        if broken is None:
            output.say_line(say(installation.lang, "ledger.sound", count=count))
            return 0
        output.say_line(say(installation.lang, "ledger.broken", number=broken))
    return 1
