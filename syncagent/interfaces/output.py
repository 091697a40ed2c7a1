"""Print and write what operations return: text for people, JSON for scripts, progress for whoever waits."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from syncagent.errors import UsageError

if TYPE_CHECKING:  # every --help loads this module; what a command needs, it loads itself
    from syncagent.domain.findings import Hold
    from syncagent.domain.plans import Approval, Plan
    from syncagent.domain.records import System
    from syncagent.operations.installation import Installation, Progress
    from syncagent.operations.pull import PullReport
    from syncagent.operations.runs import RunReport
    from syncagent.rendering.words import Language


def say_line(text: str) -> None:
    """Print one line."""
    print(text)


def say_json(value: object) -> None:
    """Print a JSON document, indented."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode())


def language(word: str | None) -> Language:
    """Read the --lang option (default: Japanese).

    Raises:
        UsageError: naming the legal words.
    """
    if word in {None, "ja"}:
        return "ja"
    if word == "en":
        return "en"
    raise UsageError(f"--lang {word}: the languages are ja and en")


def progress() -> Progress:
    """Show progress on standard error when a person watches, else nothing."""
    from syncagent.operations.installation import silent

    return _show if sys.stderr.isatty() else silent


def _show(what: str, done: int, of: int | None = None) -> None:
    total = f" / {of:,}" if of is not None else ""
    end = "\n" if of is not None and done >= of else ""
    print(f"\r{what}: {done:,}{total}   ", end=end, file=sys.stderr, flush=True)


def emit(content: str | bytes, out: Path | None, form: str) -> None:
    """Write to the file, or to standard output; a workbook is never printed to a terminal."""
    raw = content.encode() if isinstance(content, str) else content
    if out is not None:
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(raw)
        except OSError as error:
            raise UsageError(f"could not write {out}: {error.strerror}") from error
        say_line(str(out))
        return
    if form == "xlsx" and sys.stdout.isatty():
        raise UsageError("an Excel workbook needs --out FILE")
    if isinstance(content, str):
        sys.stdout.write(content)
        return
    sys.stdout.buffer.write(raw)
    sys.stdout.buffer.flush()


def emit_plan(installation: Installation, plan: Plan, form: str, out: Path | None, *, rows_max: int | None) -> None:
    """Render a plan in the asked form with people-readable names."""
    from syncagent.operations.names import names_for
    from syncagent.operations.plans import plan_status
    from syncagent.planning import plan_to_json
    from syncagent.rendering.pages import plan_html
    from syncagent.rendering.plan_table import plan_csv, plan_xlsx
    from syncagent.rendering.plan_text import PlanView, plan_text

    if form == "json":
        emit(plan_to_json(plan), out, form)
        return
    status = plan_status(installation, plan)
    view = PlanView(
        installation.lang,
        installation.settings.timezone,
        names_for(installation, plan),
        status.approval,
        status.standing,
        status.used_by,
        rows_max if form == "text" and out is None else None,
    )
    if form == "xlsx":
        emit(plan_xlsx(plan, view), out, form)
        return
    renderers = {"text": plan_text, "csv": plan_csv, "html": plan_html}
    emit(renderers[form](plan, view), out, form)


def emit_approval(installation: Installation, approval: Approval) -> None:
    """Say that a plan is approved and what to do next."""
    from syncagent.rendering.words import say, show_instant

    at = show_instant(approval.at, installation.settings.timezone)
    left_out = say(installation.lang, "plan.excluded", count=len(approval.excluded)) if approval.excluded else ""
    say_line(say(installation.lang, "plan.approved", who=approval.who, at=at, excluded=left_out))
    say_line(f"syncagent apply {approval.digest[:12]}")


def emit_holds(holds: Sequence[Hold], lang: Language, form: str) -> None:
    """List approved exceptions."""
    from syncagent.rendering.words import say

    if form == "json":
        say_json(
            [
                {
                    "record": str(hold.ref),
                    "policy": hold.policy,
                    "until": hold.until.isoformat(),
                    "reason": hold.reason,
                    "approved_by": hold.approved_by,
                    "source": hold.source,
                }
                for hold in holds
            ]
        )
        return
    if not holds:
        say_line(say(lang, "holds.none"))
    for hold in holds:
        values = {"record": hold.ref, "policy": hold.policy, "until": hold.until, "reason": hold.reason}
        say_line(say(lang, "holds.line", **values, who=hold.approved_by))


def emit_pull(report: PullReport, lang: Language, form: str) -> None:
    """Say what a pull brought."""
    from syncagent.rendering.words import say

    if form == "json":
        say_json(
            {"objects": [dataclasses.asdict(item) for item in report.objects], "calls": both_systems(report.calls)}
        )
        return
    for item in report.objects:
        missing = say(lang, "pull.missing", fields=", ".join(item.missing)) if item.missing else ""
        say_line(say(lang, "pull.object", **{**dataclasses.asdict(item), "missing": missing}))
    touched = sum(item.new + item.changed + item.gone for item in report.objects)
    live = sum(item.live for item in report.objects)
    say_line(say(lang, "pull.total", touched=touched, live=live, **both_systems(report.calls)))


def emit_run(report: RunReport, lang: Language, form: str) -> None:
    """Say what became of a plan's changes, the ones that were not applied one by one."""
    from syncagent.domain.changes import Outcome
    from syncagent.rendering.words import say

    if form == "json":
        outcomes = [
            {"change": item.change, "outcome": item.outcome.value, "message": item.message, "record": item.record_id}
            for item in report.outcomes
        ]
        numbers: dict[str, object] = {
            "calls": {**report.calls},
            "verified": report.verified,
            "stopped": report.stopped or None,
        }
        say_json({"run": report.run, "plan": report.plan, "outcomes": outcomes, **numbers})
        return
    say_line(say(lang, "run.title", run=report.run, plan=report.plan[:12]))
    counts = {outcome.value: report.count(outcome) for outcome in Outcome}
    say_line("  " + say(lang, "run.summary", **counts, verified=report.verified))
    say_line("  " + say(lang, "run.calls", **both_systems(report.calls)))
    if report.skipped:
        say_line("  " + say(lang, "run.skipped", count=report.skipped))
    for item in report.outcomes:
        if item.outcome is not Outcome.APPLIED:
            say_line(f"  {say(lang, f'outcome.{item.outcome}')} [{item.change}] {item.message}")
    for change, reason in report.impossible:
        say_line("  " + say(lang, "run.impossible", change=change.id, reason=reason))
    if report.stopped:
        say_line(f"  {report.stopped}")
    if report.count(Outcome.APPLIED):
        say_line(say(lang, "run.undo", run=report.run))


def both_systems(counts: Mapping[System, int]) -> dict[str, int]:
    """Give both systems' counts by name, zero where nothing was counted."""
    from syncagent.domain.records import SYSTEMS

    return {system: counts.get(system, 0) for system in SYSTEMS}
