"""The call ledger: one entry per HTTP call, in order, with what it was told and what it committed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from syncagent.sandbox.wire import WriteNote


@dataclass(frozen=True, slots=True)
class Entry:
    """One call. `status` is what the client was told, or would have been; None when the handler never ran."""

    seq: int
    at: datetime
    system: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    user: str
    status: int | None
    fault: str | None
    writes: tuple[WriteNote, ...]

    @property
    def committed(self) -> bool:
        """Whether the call changed anything."""
        return bool(self.writes)

    def as_json(self) -> dict[str, Any]:
        """The entry as `GET /_sandbox/ledger` shows it."""
        return {
            "seq": self.seq,
            "at": self.at.isoformat(),
            "system": self.system,
            "method": self.method,
            "path": self.path,
            "query": [list(pair) for pair in self.query],
            "user": self.user,
            "status": self.status,
            "fault": self.fault,
            "committed": self.committed,
            "writes": [note.as_json() for note in self.writes],
        }


class Ledger:
    """Append-only until cleared; numbers start at 1 and start again after a clearing."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def record(
        self,
        at: datetime,
        system: str,
        call: tuple[str, str, tuple[tuple[str, str], ...]],
        user: str,
        status: int | None,
        fault: str | None,
        writes: Sequence[WriteNote],
    ) -> Entry:
        """Append one call (`call` is its method, path and query pairs)."""
        method, path, query = call
        entry = Entry(len(self._entries) + 1, at, system, method, path, query, user, status, fault, tuple(writes))
        self._entries.append(entry)
        return entry

    def since(self, seq: int = 0) -> list[Entry]:
        """The entries numbered above `seq`."""
        return self._entries[max(seq, 0) :]

    def writes(self, system: str | None = None) -> list[Entry]:
        """The entries that committed something, of one system or of both."""
        return [entry for entry in self._entries if entry.committed and system in (None, entry.system)]

    def clear(self) -> None:
        """Forget every entry."""
        self._entries = []

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)
