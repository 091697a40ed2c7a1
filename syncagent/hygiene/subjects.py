"""One row of a policy's query, with names and types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from syncagent.domain.money import Money
from syncagent.domain.records import RecordRef, Scalar
from syncagent.domain.time import from_day_number
from syncagent.hygiene.policy import Policy
from syncagent.hygiene.views import VIEWS

SEPARATOR = "; "
"""Between the reason codes of several policies in one flag field."""


@dataclass(frozen=True, slots=True)
class Flag:
    """The flag fields of a record: reason codes, since when, and when something is due."""

    codes: tuple[str, ...] = ()
    since: date | None = None
    due: date | None = None

    def text(self) -> str | None:
        """Give the codes as the field holds them; None when there is none."""
        return SEPARATOR.join(self.codes) or None


@dataclass(frozen=True, slots=True)
class Subject:
    """A record a policy looks at; ``matched`` is None when the condition cannot be decided.

    ``clock_day`` is the day the clock started, None when unknown; ``history_day`` the first day of known history;
    ``stage_day`` the entry into the current stage; ``moves_after_loss`` the stage entries since it was last lost.
    """

    ref: RecordRef
    matched: bool | None
    values: Mapping[str, Scalar]
    flag: Flag
    owner: str | None = None
    money: Money | None = None
    clock_day: date | None = None
    history_day: date | None = None
    stage_day: date | None = None
    moves_after_loss: int = 0
    counterpart: RecordRef | None = None
    counterpart_flag: Flag = Flag()

    def text(self, column: str) -> str:
        """Give a column as text; empty when it holds nothing."""
        value = self.values.get(column)
        return "" if value is None else str(value)

    def day(self, column: str) -> date | None:
        """Give a day column as a date."""
        return _day(self.values.get(column))


def read_subject(policy: Policy, row: Mapping[str, Scalar], currency: str) -> Subject:
    """Read a row of :func:`syncagent.hygiene.select.policy_query`; ``currency`` stands in where the row has none."""
    view = policy.view
    amount, matched = row.get("amount_minor"), row.get("_matched")
    linked = row.get("_counterpart")
    return Subject(
        ref=view.ref(str(row["id"])),
        matched=None if matched is None else bool(matched),
        values=row,
        flag=_flag(row, ""),
        owner=None if row.get("owner_id") is None else str(row["owner_id"]),
        money=None if amount is None else Money(int(amount), str(row.get("currency") or currency)),
        clock_day=_day(row.get("_clock_day")),
        history_day=_day(row.get("_history_day")),
        stage_day=_day(row.get("_stage_day")),
        moves_after_loss=int(row.get("_moves_after_loss") or 0),
        counterpart=None if linked is None else VIEWS[view.counterpart].ref(str(linked)),
        counterpart_flag=_flag(row, "_counterpart_"),
    )


def _flag(row: Mapping[str, Scalar], prefix: str) -> Flag:
    text = str(row.get(f"{prefix}flag") or "")
    codes = tuple(code for code in text.split(SEPARATOR) if code)
    return Flag(codes, _day(row.get(f"{prefix}flag_since")), _day(row.get(f"{prefix}flag_due")))


def _day(value: Scalar) -> date | None:
    return None if value is None else from_day_number(int(value))
