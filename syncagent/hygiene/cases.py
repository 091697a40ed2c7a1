"""A policy's own unit cases, run without a database or a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from syncagent.domain.findings import WarningGiven
from syncagent.domain.records import RecordRef, Scalar
from syncagent.domain.time import day_number
from syncagent.hygiene.context import Context
from syncagent.hygiene.lifecycle import Evaluation, evaluate
from syncagent.hygiene.load_cases import TODAY
from syncagent.hygiene.measures_python import measure
from syncagent.hygiene.policy import Case, Policy
from syncagent.language.conditions_python import holds

NOW = datetime(2026, 11, 15, 23, 0, tzinfo=UTC)
"""The moment cases play at: Monday 16 November 2026, 08:00 in Japan."""
ZONE = ZoneInfo("Asia/Tokyo")
RECORD_ID = "006000000000000AAA"


@dataclass(frozen=True, slots=True)
class CaseFailure:
    """A case that came out differently, in words."""

    policy: str
    case: str
    message: str

    def __str__(self) -> str:
        """Render as one line."""
        return f"policy {self.policy}, case {self.case!r}: {self.message}"


def run_cases(policy: Policy, cases: Sequence[Case] = ()) -> tuple[CaseFailure, ...]:
    """Run the policy's own cases and further ones; what fails is told, what passes is not."""
    failures = []
    for case in (*policy.cases, *cases):
        evaluation = evaluate(policy, [case_row(policy, case)], case_context(policy, case))
        failures += [CaseFailure(policy.name, case.name, text) for text in differences(policy, case, evaluation)]
    return tuple(failures)


def case_row(policy: Policy, case: Case) -> dict[str, Scalar]:
    """Make the row the policy's query would have brought."""
    row = case_record(policy, case)
    types, today = policy.view.judged(), day_number(TODAY)
    row |= measure(policy.view, row, case.activities, today)
    row["_matched"] = holds(policy.condition, {name: row.get(name) for name in types}, today)
    row["_stage_day"] = None if case.age_days is None else today - case.age_days
    row["_clock_day"] = _clock_day(policy, row)
    row["_history_day"] = row["_stage_day"]
    if case.closed_days_ago is not None:
        row["_moves_after_loss"] = 1 + case.moved_since
    return row


def case_record(policy: Policy, case: Case) -> dict[str, Scalar]:
    """Make the record of a case: its day columns counted from today, its hold fields filled in."""
    types, today = policy.view.judged(), day_number(TODAY)
    row: dict[str, Scalar] = {"id": RECORD_ID}
    for column, value in case.record:
        counted = types[column] == "day" and value is not None
        row[column] = today + int(value or 0) if counted else value
    if case.hold_until_in_days is not None:
        row["hold_until"] = today + case.hold_until_in_days
        row["hold_reason"] = "waiting for a clear date"
        row["hold_approved_by"] = "manager" if case.hold_approved else None
    return row


def case_context(policy: Policy, case: Case) -> Context:
    """Make the circumstances of a case: it ran every day but those of an outage."""
    ref = RecordRef(policy.view.system, policy.view.object, RECORD_ID)
    warned, closed = case.warned_days_ago, case.closed_days_ago
    down = case.down_days
    ran = [ago for ago in range(1, 400) if down is None or not down[1] < ago < down[0]]
    return Context(
        now=NOW,
        zone=ZONE,
        mode=case.mode,
        currency="JPY",
        enforced_since=NOW - timedelta(days=case.enforced_days_ago) if case.mode == "enforce" else None,
        warnings={} if warned is None else {ref: _warning(policy, ref, case, warned)},
        closed={} if closed is None else {ref: TODAY - timedelta(days=closed)},
        run_days=tuple(TODAY - timedelta(days=ago) for ago in ran),
        history_since=TODAY - timedelta(days=30),
    )


def differences(policy: Policy, case: Case, evaluation: Evaluation) -> Iterator[str]:
    """Say what came out differently from what the case expects."""
    finding = evaluation.findings[0] if evaluation.findings else None
    state = "none" if finding is None else finding.state.value
    if state != case.state:
        yield f"expected {case.state}, found {state}"
    due = None if finding is None or finding.due is None else (finding.due - TODAY).days
    if case.due_in_days is not None and due != case.due_in_days:
        yield f"expected to be due in {case.due_in_days} days, found {due}"
    close = policy.action.close
    closing = [] if close is None else [change for change in evaluation.changes if change.after == close.stage]
    if bool(closing) is not case.closes:
        yield "expected to be closed, but it is not" if case.closes else "expected to stay open, but it is closed"
    said = " / ".join(part.text for part in finding.evidence) if finding else ""
    flags = {change.field: change.after for change in (*evaluation.changes, *evaluation.would)}
    code = flags.get(policy.view.source("flag"))
    if case.flag is not None and code != case.flag:
        yield f"expected the flag {case.flag}, found {code}"
    shown = flags.get(policy.view.source("flag_due"))
    if case.flag_due_in_days is not None and shown != (TODAY + timedelta(days=case.flag_due_in_days)).isoformat():
        yield f"expected the flag to be due in {case.flag_due_in_days} days, found {shown}"
    if case.says not in said:
        yield f"expected the evidence to say {case.says!r}, found {said!r}"


def _warning(policy: Policy, ref: RecordRef, case: Case, days_ago: int) -> WarningGiven:
    due = TODAY + timedelta(days=case.warned_due_in_days)
    return WarningGiven(policy.name, ref, NOW - timedelta(days=days_ago), due)


def _clock_day(policy: Policy, row: dict[str, Scalar]) -> Scalar:
    """Start the clock: a stage clock from the case's age, the others from the record's own column."""
    clock = policy.clock
    if clock is None:
        return None
    return row["_stage_day"] if clock.kind == "stage" else row.get(clock.day_column)
