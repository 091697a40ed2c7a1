"""Approved exceptions: from the command line, and from the CRM fields a rep fills and a manager approves."""

from __future__ import annotations

from collections.abc import Iterator

from syncagent.domain.findings import Hold
from syncagent.hygiene.context import Context
from syncagent.hygiene.policy import Policy
from syncagent.hygiene.subjects import Subject

HOLD_COLUMNS = ("hold_until", "hold_reason", "hold_approved_by")
"""What a hold in the CRM needs; with any of them empty it is only a request."""


def holds_of(policy: Policy, subject: Subject, context: Context) -> tuple[Hold, ...]:
    """List the approved holds of a record, expired ones included; none when the policy allows no hold."""
    if not policy.holds_allowed:
        return ()
    return tuple(_holds_of(policy, subject, context))


def active_hold(holds: tuple[Hold, ...], context: Context) -> Hold | None:
    """Give the hold in force that lasts longest; the awaited day itself still counts."""
    active = [hold for hold in holds if hold.until >= context.today]
    return max(active, key=lambda hold: (hold.until, hold.source, hold.reason, hold.approved_by), default=None)


def missing_parts(subject: Subject) -> tuple[str, ...]:
    """List the columns a requested hold still lacks; empty when nothing is requested or nothing is missing."""
    missing = tuple(column for column in HOLD_COLUMNS if not subject.text(column).strip())
    return missing if len(missing) < len(HOLD_COLUMNS) else ()


def _holds_of(policy: Policy, subject: Subject, context: Context) -> Iterator[Hold]:
    for hold in context.holds:
        if hold.ref == subject.ref and hold.policy == policy.name:
            yield hold
    until = subject.day("hold_until")
    if until is not None and not missing_parts(subject):
        who, reason = subject.text("hold_approved_by"), subject.text("hold_reason")
        yield Hold(subject.ref, policy.name, until, reason, who, "crm")
