"""Commands of the cycle: pull, plan, show, approve, apply, undo, hold, holds, policy enforce."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from syncagent.interfaces import output
from syncagent.interfaces.options import HERE, Actor, Config, DataFormat, Lang, Out, PlanFormat
from syncagent.interfaces.wiring import opened

PlanRef = Annotated[str, typer.Argument(metavar="PLAN", help="A plan's digest (its first digits will do) or file.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (pull, plan, show, approve, apply, undo, hold, holds):
        app.command()(command)
    policy = typer.Typer(help="Policies: give a standing approval.", no_args_is_help=True)
    policy.command("enforce")(enforce)
    app.add_typer(policy, name="policy")


def pull(
    *,
    full: Annotated[bool, typer.Option("--full", help="Read everything again, not only what changed.")] = False,
    config: Config = HERE,
    actor: Actor = None,
    lang: Lang = None,
    form: DataFormat = "text",
) -> int:
    """Read what changed in both systems.

    Example: syncagent pull
    """
    from syncagent.operations.pull import pull as run_pull

    with opened(config, actor=actor, lang=lang) as installation:
        report = run_pull(installation, full=full, progress=output.progress())
        output.emit_pull(report, installation.lang, form)
    return 0


def plan(
    *,
    only: Annotated[
        str | None, typer.Option("--only", metavar="PARTS", help="Comma-separated: sync, policies, attribution.")
    ] = None,
    out: Out = None,
    form: PlanFormat = "text",
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 10 when changes are pending.")] = False,
    rows: Annotated[int, typer.Option("--rows", metavar="N", min=0, help="Records shown per rule, as text.")] = 5,
    config: Config = HERE,
    actor: Actor = None,
    lang: Lang = None,
) -> int:
    """Work out what would change and save it as a plan.

    Example: syncagent plan --only policies --format html --out plan.html
    """
    from syncagent.operations.plan import make_plan, parse_parts

    parts = parse_parts(only)
    with opened(config, actor=actor, lang=lang) as installation:
        made = make_plan(installation, parts)
        output.emit_plan(installation, made, form, out, rows_max=rows)
    return 10 if exit_code and made.changes else 0


def show(
    plan: PlanRef,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Show every row.")] = False,
    out: Out = None,
    form: PlanFormat = "text",
    config: Config = HERE,
    lang: Lang = None,
) -> int:
    """Show a saved plan.

    Example: syncagent show 3f2a9c --all
    """
    from syncagent.operations.plans import load_plan

    with opened(config, lang=lang) as installation:
        loaded = load_plan(installation, plan)
        output.emit_plan(installation, loaded, form, out, rows_max=None if everything else 20)
    return 0


def approve(
    plan: PlanRef,
    *,
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="Who approves.")],
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="ID", help="A change to leave out; may be repeated.")
    ] = None,
    accept_breaches: Annotated[
        bool, typer.Option("--accept-breaches", help="Approve although a brake was hit.")
    ] = False,
    config: Config = HERE,
    lang: Lang = None,
) -> int:
    """Approve a plan as it is, or without some changes.

    Example: syncagent approve 3f2a9c --by 佐藤
    """
    from syncagent.operations.plans import approve_plan

    with opened(config, actor=by, lang=lang) as installation:
        approved = approve_plan(installation, plan, by=by, exclude=exclude or [], accept_breaches=accept_breaches)
        output.emit_approval(installation, approved)
    return 0


def apply(
    plan: PlanRef, *, config: Config = HERE, actor: Actor = None, lang: Lang = None, form: DataFormat = "text"
) -> int:
    """Write an approved plan to the CRMs, verify it by reading back.

    Example: syncagent apply 3f2a9c
    """
    from syncagent.operations.apply import apply_plan

    with opened(config, actor=actor, lang=lang) as installation:
        report = apply_plan(installation, plan, progress=output.progress())
        output.emit_run(report, installation.lang, form)
    return 0 if report.complete else 1


def undo(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run to take back, as apply printed it.")],
    *,
    config: Config = HERE,
    actor: Actor = None,
    lang: Lang = None,
    form: DataFormat = "text",
) -> int:
    """Take a run back by an inverse plan, approved as you and applied.

    Example: syncagent undo run-0001
    """
    from syncagent.operations.undo import undo_run

    with opened(config, actor=actor, lang=lang) as installation:
        report = undo_run(installation, run, progress=output.progress())
        output.emit_run(report, installation.lang, form)
    return 0 if report.complete else 1


def hold(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="e.g. salesforce/Opportunity/006... or just its id.")],
    *,
    policy: Annotated[str, typer.Option("--policy", metavar="P", help="The policy that shall wait.")],
    until: Annotated[datetime, typer.Option("--until", metavar="DATE", formats=["%Y-%m-%d"], help="Awaited date.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
    approved_by: Annotated[str, typer.Option("--approved-by", metavar="WHO", help="The manager who approved it.")],
    config: Config = HERE,
    actor: Actor = None,
    lang: Lang = None,
) -> int:
    """Record an approved exception.

    Example: syncagent hold 006... --policy stage-stale-90 --until 2026-12-25 --reason "..." --approved-by 山本
    """
    from syncagent.operations.holds import add_hold

    with opened(config, actor=actor, lang=lang) as installation:
        added = add_hold(
            installation, record, policy=policy, until=until.date(), reason=reason, approved_by=approved_by
        )
        output.emit_holds([added], installation.lang, "text")
    return 0


def holds(*, config: Config = HERE, lang: Lang = None, form: DataFormat = "text") -> int:
    """List the exceptions in force.

    Example: syncagent holds
    """
    from syncagent.operations.holds import list_holds

    with opened(config, lang=lang) as installation:
        output.emit_holds(list_holds(installation), installation.lang, form)
    return 0


def enforce(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The policy.")],
    *,
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="Who gives the standing approval.")],
    config: Config = HERE,
    lang: Lang = None,
) -> int:
    """Give a policy's present revision a standing approval.

    Example: syncagent policy enforce stage-stale-90 --by 山本
    """
    from syncagent.operations.enforce import enforce_policy

    with opened(config, actor=by, lang=lang) as installation:
        output.say_line(enforce_policy(installation, name, by=by))
    return 0
