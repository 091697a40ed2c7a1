"""Closing as lost with the product's own reason, never one a rep would have chosen."""

from __future__ import annotations

from collections.abc import Iterator

from syncagent.domain.changes import Change
from syncagent.hygiene.context import Context
from syncagent.hygiene.judge import Verdict
from syncagent.hygiene.texts import message


def propose_close(verdict: Verdict, context: Context) -> Iterator[Change]:
    """Give the changes of stage, loss reason and loss detail; none for a verdict that does not close."""
    policy, subject, close = verdict.policy, verdict.subject, verdict.close
    if close is None:
        return
    detail = message(close.detail, policy, subject, context.language, context.today, verdict.due)
    for column, after in (("stage", close.stage), ("loss_reason", close.reason), ("loss_detail", detail)):
        before = subject.values.get(column)
        if before != after:
            yield Change(
                ref=subject.ref,
                operation="update",
                field=policy.view.source(column),
                before=before,
                after=after,
                origin=policy.origin,
                reason=verdict.reason,
                evidence=verdict.evidence,
                money=subject.money,
                owner=subject.owner,
            )
