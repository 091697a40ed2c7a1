"""Warnings count from the moment the record itself shows them: written and verified, not merely planned."""

from __future__ import annotations

from collections.abc import Sequence

from syncagent.domain.findings import WarningGiven
from syncagent.domain.plans import JournalEntry, Plan
from syncagent.operations.installation import Installation
from syncagent.planning import plan_from_json
from syncagent.store import Fence, findings, journal, plans, runs


def note_warnings(installation: Installation, fence: Fence, plan: Plan, verified: Sequence[JournalEntry]) -> None:
    """Record the warnings a run gave; an undo takes the undone run's warnings back instead."""
    if plan.undoes is not None:
        _take_back(installation, fence, plan.undoes)
        return
    written = {entry.change.id for entry in verified}
    now = installation.clock()
    with installation.store.write(fence) as tx:
        for item in plan.announcements:
            if written.issuperset(item.changes):
                findings.record_warning(tx, WarningGiven(item.policy, item.ref, now, item.due))


def _take_back(installation: Installation, fence: Fence, undone: str) -> None:
    with installation.store.read() as tx:
        run = runs.run(tx, undone)
        saved = plans.plan(tx, run.plan) if run is not None and run.plan else None
        touched = {entry.change.ref for entry in journal.entries(tx, undone)}
    if saved is None:
        return
    with installation.store.write(fence) as tx:
        for item in plan_from_json(saved).announcements:
            if item.ref in touched:
                findings.clear(tx, item.policy, [item.ref], installation.clock())
