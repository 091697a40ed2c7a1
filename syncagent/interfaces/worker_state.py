"""What a worker's probes and metrics show of the state, read without a lease."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from syncagent.domain.records import System
from syncagent.interfaces.wiring import opened
from syncagent.operations.selection import select
from syncagent.store import journal, mirror


@dataclass(frozen=True, slots=True)
class StateView:
    """Writes whose outcome is open, and the newest change the mirror holds of each object."""

    unsettled: int
    newest: Mapping[tuple[System, str], datetime]


def read_view(config: Path) -> StateView:
    """Read the state of a configuration.

    Raises:
        SyncagentError: the configuration is wrong or the state is out of reach.
    """
    with opened(config) as installation, installation.store.read() as tx:
        cursors = [(item, mirror.cursor(tx, item.system, item.key)) for item in select(installation.configuration)]
        newest = {(item.system, item.object): cursor.at for item, cursor in cursors if cursor is not None}
        return StateView(len(journal.unsettled(tx)), newest)
