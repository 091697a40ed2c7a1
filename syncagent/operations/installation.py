"""Everything one operation works with, wired once by the interfaces and passed in whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from syncagent.attribution.write_back import WriteBack
from syncagent.connectors.protocol import Connector
from syncagent.domain.records import System
from syncagent.hygiene.policy import Policy
from syncagent.merging.mapping import RecordMapping
from syncagent.settings import Language, Settings
from syncagent.store import Store


class Progress(Protocol):
    """Hears how far long work has come: what, how much of it is done, and how much there is (None: unknown)."""

    def __call__(self, what: str, done: int, of: int | None = None) -> None:
        """Take note."""
        ...


def silent(what: str, done: int, of: int | None = None) -> None:
    """Be the progress nobody watches."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The mappings, policies and attribution write-back in force, and a digest over their texts."""

    mappings: tuple[RecordMapping, ...]
    policies: tuple[Policy, ...]
    digest: str
    folder: Path
    write_back: tuple[WriteBack, ...] = ()


@dataclass(frozen=True, slots=True)
class Installation:
    """One org's settings, configuration, state and connections; ``clock`` gives UTC now, ``ticks`` seconds passing.

    Connectors are made on first use, so that commands which only look need no network.
    """

    settings: Settings
    configuration: Configuration
    store: Store
    connect: Callable[[System], Connector]
    clock: Callable[[], datetime]
    ticks: Callable[[], float]
    actor: str
    lang: Language
    connected: dict[System, Connector] = field(default_factory=dict)

    def connector(self, system: System) -> Connector:
        """Give the connector of a system, connecting on first use."""
        if system not in self.connected:
            self.connected[system] = self.connect(system)
        return self.connected[system]

    def calls(self) -> Mapping[System, int]:
        """Count the remote calls of this process by system."""
        return {system: connector.calls for system, connector in sorted(self.connected.items())}
