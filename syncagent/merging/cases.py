"""The situation of one field of one link, as the decision table asks about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import Enum
from typing import Final, TypeAlias

from syncagent.domain.changes import Decision, Side
from syncagent.domain.records import SYSTEMS, Scalar, System
from syncagent.merging.mapping import MappedField
from syncagent.merging.texts import Language, say
from syncagent.merging.transforms import TRANSFORMS
from syncagent.merging.transforms.transform import LABELS


class NeverAgreed(Enum):
    """Both sides have not agreed on a value yet; a base of None means they agreed on a blank."""

    NEVER_AGREED = "never agreed"


NEVER_AGREED: Final = NeverAgreed.NEVER_AGREED
Base: TypeAlias = Scalar | NeverAgreed


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else a rule may ask: when each side's value changed (where known), and the phase the pair is in.

    ``language`` and ``zone`` are those of the reasons it gives.
    """

    changed_at: Mapping[System, datetime | None] = field(default_factory=dict)
    phase: Scalar = None
    language: Language = "en"
    zone: tzinfo = UTC


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
        """Name the only side that left the base for more than another spelling of it; None for both and for neither."""
        left = [system for system in SYSTEMS if not self._stayed(system)]
        return left[0] if len(left) == 1 else None

    def _stayed(self, system: System) -> bool:
        value = self.value(system)
        return not isinstance(self.base, NeverAgreed) and (value == self.base or self.alike(value, self.base))

    def alike(self, one: Scalar, two: Scalar) -> bool:
        """Tell whether two values are spellings of one, which the mapping leaves as they are."""
        alike = TRANSFORMS[self.field.transform].alike
        return self.field.keep_spelling and isinstance(one, str) and isinstance(two, str) and alike(one, two)

    def say(self, key: str, **values: object) -> str:
        """Give a sentence in the language of the reasons."""
        return say(key, self.circumstances.language, **values)

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
        return self._decision("same", self.salesforce, self.say("same"))

    def leave(self, system: System) -> Decision:
        """Note that both sides spell the same differently; one side's spelling is the one they agree on."""
        return self._decision("same", self.value(system), self.say("alike"))

    def conflict(self, reason: str) -> Decision:
        """Leave the choice to a person; nothing is written."""
        return self._decision("conflict", None, reason)

    def _decision(self, side: Side, chosen: Scalar, reason: str) -> Decision:
        base = None if isinstance(self.base, NeverAgreed) else self.base
        return Decision(self.field.name, base, self.hubspot, self.salesforce, side, chosen, self.field.rule, reason)


def other(system: System) -> System:
    """Give the opposite system."""
    return "hubspot" if system == "salesforce" else "salesforce"
