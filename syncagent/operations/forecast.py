"""Forecast the calls a list of changes will take: re-read, write and verify, by object and batch size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from syncagent.connectors.protocol import WriteKind
from syncagent.domain.changes import Change
from syncagent.domain.records import System
from syncagent.operations.work import Row, Task, batch, cut

READ_MAX: Mapping[System, int] = {"salesforce": 2000, "hubspot": 100}
"""Records one reading call can carry (wire.md 2.7 and 3.3)."""

WRITE_MAX: Mapping[System, int] = {"salesforce": 200, "hubspot": 100}
"""Records one unguarded writing call can carry."""


def write_max(system: System, _kind: WriteKind, guarded: bool) -> int:
    """Give the records per write call; a call with a server-side condition carries one."""
    return 1 if guarded and system == "salesforce" else WRITE_MAX[system]


def forecast_calls(changes: Sequence[Change]) -> dict[System, int]:
    """Sum the calls by system: each batch is re-read and written, each object's records are read back once."""
    calls: defaultdict[System, int] = defaultdict(int)
    tasks = cut([Row(seq, change) for seq, change in enumerate(changes)])
    for system, _object, group in batch(tasks, write_max):
        calls[system] += 2 if group else 0
    for (system, _object), count in _by_object(tasks).items():
        calls[system] += -(-count // READ_MAX[system])
    return dict(calls)


def _by_object(tasks: Sequence[Task]) -> dict[tuple[System, str], int]:
    counts: defaultdict[tuple[System, str], int] = defaultdict(int)
    for task in tasks:
        counts[task.ref.system, task.ref.object] += 1
    return dict(counts)
