"""Runs of a plan: begin or resume one, settle its rows, close it with a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias, cast

from syncagent.domain.changes import Change, Outcome, Settled
from syncagent.domain.plans import Approval, Plan
from syncagent.domain.records import Link, RecordRef, System
from syncagent.operations.installation import Installation
from syncagent.operations.work import Row
from syncagent.planning.document import change_to_doc
from syncagent.store import Fence, Json, WriteTx, journal, ledger, links, plans, runs

Outcomes: TypeAlias = "list[tuple[Row, Outcome, str, RecordRef | None]]"


@dataclass(frozen=True, slots=True)
class RunReport:
    """What became of a plan's changes, in plan order."""

    run: str
    plan: str
    outcomes: tuple[Settled, ...]
    calls: Mapping[System, int]
    verified: int
    skipped: int = 0
    stopped: str = ""
    impossible: tuple[tuple[Change, str], ...] = field(default=())

    @property
    def complete(self) -> bool:
        """Tell whether everything that was approved was done."""
        return not self.stopped and all(item.outcome is Outcome.APPLIED for item in self.outcomes)

    def count(self, outcome: Outcome) -> int:
        """Count the rows with an outcome."""
        return Counter(item.outcome for item in self.outcomes)[outcome]


def begin_or_resume(installation: Installation, fence: Fence, plan: Plan, approval: Approval | None) -> str:
    """Mark the plan used by a new run, or give the run an earlier attempt began; a plan is single-use."""
    now = installation.clock()
    with installation.store.write(fence) as tx:
        begun = plans.used_by(tx, plan.digest)
        if begun is not None:
            return begun
        run = f"run-{plans.used_count(tx) + 1:04d}"
        runs.start_run(
            tx, run, kind="undo" if plan.undoes else "apply", actor=installation.actor, at=now, plan=plan.digest
        )
        plans.mark_used(tx, plan.digest, run)
        who = approval.who if approval else "standing approval"
        body: dict[str, Json] = {"run": run, "plan": plan.digest, "approved_by": who, "changes": len(plan.changes)}
        ledger.append(tx, now, installation.actor, "begin", body)
    return run


def settle_rows(
    tx: WriteTx, run: str, rows: Sequence[tuple[Row, Outcome, str, RecordRef | None]], at: datetime, actor: str
) -> None:
    """Record outcomes in the journal and the ledger; link what was created, in the same transaction."""
    for row, outcome, message, record in rows:
        journal.settle(tx, run, row.seq, row.change, outcome=outcome, message=message, record=record, at=at)
        if outcome is Outcome.APPLIED:
            written = cast("Json", change_to_doc(row.change))
            body: dict[str, Json] = {"run": run, "change": written, "record": str(record or row.change.ref)}
            ledger.append(tx, at, actor, "write", body)
            if row.change.operation == "create" and record is not None:
                _link_created(tx, row.change, record)


def _link_created(tx: WriteTx, change: Change, record: RecordRef) -> None:
    if change.counterpart is None:
        return
    pair = change.origin.removeprefix("merge:").split(".")[0]
    sides = {record.system: record, change.counterpart.system: change.counterpart}
    links.add_links(tx, [Link(pair, sides["salesforce"], sides["hubspot"], "created")])


def finish(
    installation: Installation, fence: Fence, plan: Plan, run: str, *, skipped: int = 0, stopped: str = ""
) -> RunReport:
    """Close the run and report; a run with open outcomes stays unfinished, so that it is resumed."""
    report = report_run(installation, plan, run, skipped=skipped, stopped=stopped)
    if report.count(Outcome.UNKNOWN):
        return report
    status: runs.Status = "ok" if report.complete else "partial"
    summary: dict[str, Json] = {outcome.value: report.count(outcome) for outcome in Outcome}
    with installation.store.write(fence) as tx:
        runs.end_run(tx, run, status=status, at=installation.clock(), summary=summary)
        ledger.append(tx, installation.clock(), installation.actor, "end", {"run": run, "status": status, **summary})
    return report


def report_run(installation: Installation, plan: Plan, run: str, *, skipped: int = 0, stopped: str = "") -> RunReport:
    """Read a run's journal into a report."""
    with installation.store.read() as tx:
        entries = sorted(journal.entries(tx, run), key=lambda entry: entry.seq)
    outcomes = tuple(
        Settled(
            entry.change.id,
            Outcome(entry.outcome) if entry.outcome else Outcome.UNKNOWN,
            entry.message or ("" if entry.outcome else "sent, no reply, and reading was not possible; run again"),
            entry.record.id if entry.record else None,
        )
        for entry in entries
    )
    verified = sum(1 for entry in entries if entry.verified)
    return RunReport(run, plan.digest, outcomes, installation.calls(), verified, skipped, stopped)
