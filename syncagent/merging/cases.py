"""The situation of one field of one link, as the decision table asks about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final, TypeAlias

from syncagent.domain.changes import Decision, Side
from syncagent.domain.records import Scalar, System
from syncagent.merging.mapping import MappedField
from syncagent.merging.transforms.transform import LABELS


class NeverAgreed(Enum):
    """Both sides have not agreed on a value yet; a base of None means they agreed on a blank."""

    NEVER_AGREED = "never agreed"


NEVER_AGREED: Final = NeverAgreed.NEVER_AGREED
Base: TypeAlias = Scalar | NeverAgreed


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else a rule may ask: when each side's value changed (where known), and the phase the pair is in."""

    changed_at: Mapping[System, datetime | None] = field(default_factory=dict)
    phase: Scalar = None


@dataclass(frozen=True, slots=True)
class Case:
    """One field of one link with canonical values; ``base`` is what both sides last agreed on."""

    field: MappedField
    base: Base
    hubspot: Scalar
    salesforce: Scalar
    circumstances: Circumstances

    def value(self, system: System) -> Scalar:
        """Give one side's value."""
        return self.salesforce if system == "salesforce" else self.hubspot

    @property
    def first_meeting(self) -> bool:
        """Tell whether the two sides never agreed before."""
        return self.base is NEVER_AGREED

    @property
    def cleared(self) -> System | None:
        """Name the side that is blank while the other is not."""
        if self.salesforce is None:
            return "salesforce"
        return "hubspot" if self.hubspot is None else None

    @property
    def deliberate(self) -> bool:
        """Tell whether a blank was made by someone: both sides once agreed on a value."""
        return self.base is not NEVER_AGREED and self.base is not None

    @property
    def edited(self) -> System | None:
        """Name the only side that left the base; None when both did or there is no base."""
        if self.first_meeting or self.base not in (self.salesforce, self.hubspot):
            return None
        return "salesforce" if self.salesforce != self.base else "hubspot"

    def take(self, system: System, reason: str) -> Decision:
        """Decide for one side's value."""
        return self._decision(system, self.value(system), reason)

    def merge(self, value: Scalar, reason: str) -> Decision:
        """Decide for a value made of both; it counts as a side's own where it equals it."""
        for system in LABELS:
            if value == self.value(system):
                return self._decision(system, value, reason)
        return self._decision("merged", value, reason)

    def agree(self) -> Decision:
        """Note that both sides hold the same."""
        return self._decision("same", self.salesforce, "both sides hold the same value")

    def conflict(self, reason: str) -> Decision:
        """Leave the choice to a person; nothing is written."""
        return self._decision("conflict", None, reason)

    def _decision(self, side: Side, chosen: Scalar, reason: str) -> Decision:
        base = None if isinstance(self.base, NeverAgreed) else self.base
        return Decision(self.field.name, base, self.hubspot, self.salesforce, side, chosen, self.field.rule, reason)


def other(system: System) -> System:
    """Give the opposite system."""
    return "hubspot" if system == "salesforce" else "salesforce"
