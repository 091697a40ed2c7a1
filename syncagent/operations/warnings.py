"""Warnings count from the moment the record itself shows them: written and verified, not merely planned."""

from __future__ import annotations

from collections.abc import Sequence

from syncagent.domain.findings import FindingState, WarningGiven
from syncagent.domain.plans import JournalEntry, Plan
from syncagent.operations.installation import Installation
from syncagent.planning import plan_from_json
from syncagent.store import Fence, findings, journal, plans, runs

NOTICE = "notice"
"""The evidence by which a finding says that its warning is still to be given (hygiene.judge)."""


def note_warnings(installation: Installation, fence: Fence, plan: Plan, verified: Sequence[JournalEntry]) -> None:
    """Record the warnings a run gave; an undo takes the undone run's warnings back instead."""
    written = {(entry.change.id, entry.change.ref) for entry in verified}
    if plan.undoes is not None:
        _take_back(installation, fence, plan.undoes)
        return
    now = installation.clock()
    with installation.store.write(fence) as tx:
        for finding in plan.findings:
            announces = any(fact.field == NOTICE for fact in finding.evidence)
            shown = any((change, finding.ref) in written for change in finding.proposed)
            if finding.state is FindingState.WARNED and announces and shown and finding.due is not None:
                findings.record_warning(tx, WarningGiven(finding.policy, finding.ref, now, finding.due))


def _take_back(installation: Installation, fence: Fence, undone: str) -> None:
    with installation.store.read() as tx:
        run = runs.run(tx, undone)
        saved = plans.plan(tx, run.plan) if run is not None and run.plan else None
        touched = {entry.change.ref for entry in journal.entries(tx, undone)}
    if saved is None:
        return
    warned = [item for item in plan_from_json(saved).findings if item.ref in touched]
    with installation.store.write(fence) as tx:
        for finding in warned:
            findings.clear(tx, finding.policy, [finding.ref], installation.clock())
