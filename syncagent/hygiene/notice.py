"""Warning before acting: whether a warning still counts, what day is announced, and why a warning is late.

A warning counts for the stay it was given in. It lapses through an outage between it and today, through a hold that
ended after it, and when its announced day passed before the policy was enforced. Then the record is warned anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from syncagent.domain.findings import Hold, WarningGiven
from syncagent.domain.time import day_of
from syncagent.hygiene.context import Context
from syncagent.hygiene.policy import Policy

Cause: TypeAlias = Literal["ordinary", "first_enforcement", "outage", "hold_expired", "unwarned"]


@dataclass(frozen=True, slots=True)
class Stay:
    """The stretch of time a policy judges: its first day, the warning day and the threshold day."""

    since: date
    warn_day: date
    threshold_day: date

    @classmethod
    def of(cls, policy: Policy, since: date) -> Stay:
        """Lay out the days of a stay that began on ``since``."""
        reached = policy.threshold.reached_on(since)
        return cls(since, reached - timedelta(days=policy.warn_days_before), reached)


@dataclass(frozen=True, slots=True)
class Notice:
    """Where the warning of a record stands.

    ``announced`` is the day the record shows, ``acts_on`` the day the policy acts; they differ only when a warning
    reached the record late. ``given_on`` is None while the warning is still to be given, for ``cause``.
    """

    announced: date
    acts_on: date
    given_on: date | None
    cause: Cause


def notice(
    policy: Policy, stay: Stay, warning: WarningGiven | None, holds: tuple[Hold, ...], context: Context
) -> Notice:
    """Decide on a record that is past its warning day and not held."""
    ended = max((hold.until for hold in holds), default=None)
    given_on = None if warning is None else day_of(warning.at, context.zone)
    if warning is not None and given_on is not None and _counts(policy, stay, warning, given_on, ended, context):
        announced = max(warning.due, stay.threshold_day)
        shortest = given_on + timedelta(days=policy.warn_days_before)
        return Notice(announced, max(announced, shortest), given_on, "ordinary")
    cause = _cause(policy, stay, ended, context)
    notice_days = policy.warn_days_before if cause == "ordinary" else policy.grace_days
    announced = max(stay.threshold_day, context.today + timedelta(days=notice_days))
    return Notice(announced, announced, None, cause)


def _counts(
    policy: Policy, stay: Stay, warning: WarningGiven, given_on: date, hold_ended: date | None, context: Context
) -> bool:
    enforced = context.enforced_day
    return (
        given_on > stay.since
        and not context.was_down(given_on, policy.outage_days_max)
        and (hold_ended is None or hold_ended < given_on)
        and (enforced is None or warning.due >= enforced)
    )


def _cause(policy: Policy, stay: Stay, hold_ended: date | None, context: Context) -> Cause:
    if context.today <= stay.warn_day:
        return "ordinary"
    if hold_ended is not None and hold_ended >= stay.warn_day:
        return "hold_expired"
    enforced = context.enforced_day
    if enforced is None or stay.warn_day < enforced:
        return "first_enforcement"
    return "outage" if context.was_down(stay.warn_day, policy.outage_days_max) else "unwarned"
