"""Status: what the state knows, without asking either system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from syncagent.domain.records import System
from syncagent.operations.installation import Installation
from syncagent.operations.selection import select
from syncagent.store import journal, ledger, links, mirror, plans, runs


@dataclass(frozen=True, slots=True)
class Mirrored:
    """One object of the mirror: live records, and up to when by the server's clock it is current."""

    system: System
    object: str
    live: int
    current_to: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything `syncagent status` shows."""

    org: str
    objects: tuple[Mirrored, ...]
    links: Mapping[str, int]
    conflicts: int
    unsettled: int
    unfinished: tuple[str, ...]
    runs: tuple[runs.Run, ...]
    plans: tuple[plans.SavedPlan, ...]
    ledger_entries: int


def read_status(installation: Installation) -> Status:
    """Read the state of the org; takes no lease and disturbs no run."""
    with installation.store.read() as tx:
        objects = tuple(
            Mirrored(
                item.system, item.object, mirror.count(tx, item.system, item.object), cursor.at if cursor else None
            )
            for item in select(installation.configuration)
            for cursor in [mirror.cursor(tx, item.system, item.key)]
        )
        return Status(
            org=installation.settings.org,
            objects=objects,
            links={mapping.name: len(links.links(tx, mapping.name)) for mapping in installation.configuration.mappings},
            conflicts=len(links.open_conflicts(tx)),
            unsettled=len(journal.unsettled(tx)),
            unfinished=tuple(run.id for run in runs.unfinished(tx)),
            runs=tuple(runs.latest_runs(tx, 5)),
            plans=tuple(plans.latest_plans(tx, 5)),
            ledger_entries=sum(1 for _entry in ledger.entries(tx)),
        )
