"""What the worker's steps do: each opens the installation afresh, calls one operation, and sums up in numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from syncagent.domain.records import System
from syncagent.errors import StoreError
from syncagent.interfaces.wiring import opened
from syncagent.operations.installation import Installation
from syncagent.operations.runs import RunReport
from syncagent.runtime import Given, StepResult
from syncagent.store import runs

ACTOR = "worker"
"""Who acts, in the ledger."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The operation calls of one configuration; ``count_calls`` hears how many remote calls each took."""

    config: Path
    count_calls: Callable[[Mapping[System, int]], None]
    packs: Path

    def pull(self, _given: Given) -> StepResult:
        """Bring the mirror up to date."""
        from syncagent.operations.pull import pull

        with self._opened() as installation:
            objects = pull(installation).objects
        return StepResult(
            "ok",
            {
                "new": sum(item.new for item in objects),
                "changed": sum(item.changed for item in objects),
                "gone": sum(item.gone for item in objects),
                "live": sum(item.live for item in objects),
            },
        )

    def finish(self, _given: Given) -> StepResult:
        """Finish applies that were cut short, whoever began them: they were approved, and no plan is made before."""
        from syncagent.operations.apply import apply_plan

        with self._opened() as installation:
            with installation.store.read() as tx:
                begun = [run for run in runs.unfinished(tx) if run.plan and run.kind == "apply"]
            reports = [apply_plan(installation, run.plan) for run in begun if run.plan]
        complete = all(report.complete for report in reports)
        return StepResult("ok" if complete else "partial", {"finished": len(reports)})

    def plan(self, _given: Given) -> StepResult:
        """Work out what would change and save it for approval."""
        from syncagent.operations.plan import make_plan

        with self._opened() as installation:
            plan = make_plan(installation)
        return StepResult(
            "ok",
            {
                "plan": plan.digest,
                "changes": len(plan.changes),
                "findings": len(plan.findings),
                "conflicts": len(plan.conflicts),
                "breaches": len(plan.breaches),
            },
        )

    def apply(self, given: Given) -> StepResult:
        """Apply what standing approvals cover of the plan just made; go on where an earlier attempt was cut short."""
        from syncagent.operations.apply import apply_plan
        from syncagent.operations.plans import load_plan, plan_status
        from syncagent.store import plans

        digest = str(given["plan"]["plan"])
        with self._opened() as installation:
            status = plan_status(installation, load_plan(installation, digest))
            with installation.store.read() as tx:
                ended = status.used_by is not None and not plans.is_unfinished(tx, status.used_by)
            if ended:
                return StepResult("ok", {"run": status.used_by})
            if status.used_by is None and not status.standing:
                return StepResult("ok", {"run": None})
            return _applied(apply_plan(installation, digest))

    def report(self, _given: Given) -> StepResult:
        """Write last week's pack, as a page and as data, into the folder of packs."""
        from syncagent.operations.report import weekly_pack
        from syncagent.rendering.pack import pack_html, pack_json

        with self._opened() as installation:
            pack = weekly_pack(installation, None)
            stem = f"{installation.settings.org}-{pack.week}"
            _write(self.packs / f"{stem}.{installation.lang}.html", pack_html(pack, installation.lang).encode())
            _write(self.packs / f"{stem}.json", pack_json(pack, installation.lang))
        return StepResult("ok", {"week": str(pack.week)})

    @contextmanager
    def _opened(self) -> Iterator[Installation]:
        with opened(self.config, actor=ACTOR) as installation:
            try:
                yield installation
            finally:
                self.count_calls(installation.calls())


def _applied(report: RunReport) -> StepResult:
    counts: dict[str, int | str | None] = {"run": report.run, "verified": report.verified, "skipped": report.skipped}
    counts |= {item.outcome.value: report.count(item.outcome) for item in report.outcomes}
    if report.stopped:
        return StepResult("failed", {**counts, "text": report.stopped})
    return StepResult("ok" if report.complete else "partial", counts)


def _write(path: Path, content: bytes) -> None:
    """Replace a file whole: whoever reads it sees the old one or the new one."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise StoreError(
            f"{path}: the pack could not be written ({error.strerror}); make the folder writable"
        ) from error
