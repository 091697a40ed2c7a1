"""Closing as lost with the product's own reason, never one a rep would have chosen."""

from __future__ import annotations

from collections.abc import Iterator

from syncagent.domain.changes import Change, Evidence
from syncagent.hygiene.judge import Verdict
from syncagent.hygiene.policy import Close


def propose_close(verdict: Verdict, close: Close, detail: str, evidence: tuple[Evidence, ...]) -> Iterator[Change]:
    """Give the changes of stage, loss reason and loss detail; ``detail`` is the filled-in sentence."""
    policy, subject = verdict.policy, verdict.subject
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
                evidence=evidence,
                money=subject.money,
                owner=subject.owner,
            )
