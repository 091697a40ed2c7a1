"""From rows to findings and changes: each policy judges on its own, then what they ask of one record is combined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from syncagent.domain.changes import Change
from syncagent.domain.findings import Announcement, Finding
from syncagent.domain.records import RecordRef, Scalar
from syncagent.hygiene.actions.close import propose_close
from syncagent.hygiene.actions.flag import Asked, propose_flag
from syncagent.hygiene.context import Context
from syncagent.hygiene.evidence import fact
from syncagent.hygiene.judge import Verdict, judge
from syncagent.hygiene.policy import Policy
from syncagent.hygiene.subjects import Flag, read_subject
from syncagent.hygiene.texts import say


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the policies found, and what they ask for.

    ``changes`` belong into the plan; ``would`` are those of policies in audit, which never do. ``population`` counts
    the records each policy speaks about whatever their age, the whole that share brakes measure against; ``closing``
    names the changes that close a record, which is what a policy's brakes are about (flags do no harm).
    """

    findings: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()
    would: tuple[Change, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    population: Mapping[str, int] = field(default_factory=dict)
    closing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Judgement:
    """One policy's verdicts in one context."""

    policy: Policy
    context: Context
    verdicts: tuple[Verdict, ...]
    population: int


@dataclass(frozen=True, slots=True)
class _Said:
    """One verdict with the context it was reached in."""

    verdict: Verdict
    context: Context

    @property
    def rank(self) -> tuple[int, str]:
        return self.verdict.policy.precedence, self.verdict.policy.name


def evaluate(policy: Policy, rows: Sequence[Mapping[str, Scalar]], context: Context) -> Evaluation:
    """Judge the rows of one policy and propose what puts them right; the order of rows does not matter."""
    return combine([judge_rows(policy, rows, context)])


def judge_rows(policy: Policy, rows: Sequence[Mapping[str, Scalar]], context: Context) -> Judgement:
    """Judge the rows of :func:`syncagent.hygiene.select.policy_query`."""
    subjects = [read_subject(policy, row, context.currency) for row in rows]
    verdicts = tuple(judge(policy, subject, context) for subject in sorted(subjects, key=lambda each: each.ref))
    counted = max((int(row.get("_population") or 0) for row in rows), default=0)
    return Judgement(policy, context, verdicts, counted)


def combine(judgements: Iterable[Judgement]) -> Evaluation:
    """Bring policies together: per record one close at most, by the lowest precedence, and one flag for all.

    Policies in audit are combined on their own: what they would do neither adds to nor takes from the plan.
    """
    given = list(judgements)
    live = _propose([each for each in given if each.context.mode != "audit"])
    audit = [_propose([each]) for each in given if each.context.mode == "audit"]
    findings = [*live.findings, *(finding for each in audit for finding in each.findings)]
    would = [change for each in audit for change in each.changes]
    return Evaluation(
        findings=tuple(sorted(findings, key=lambda finding: (finding.policy, finding.ref))),
        changes=live.changes,
        would=tuple(would),
        announcements=live.announcements,
        population={each.policy.name: each.population for each in sorted(given, key=lambda each: each.policy.name)},
        closing=live.closing,
    )


def _propose(judgements: list[Judgement]) -> Evaluation:
    by_record: dict[RecordRef, list[_Said]] = {}
    for judgement in judgements:
        for verdict in judgement.verdicts:
            by_record.setdefault(verdict.subject.ref, []).append(_Said(verdict, judgement.context))
    findings: list[Finding] = []
    changes: list[Change] = []
    announcements: list[Announcement] = []
    closes: list[Change] = []
    for ref in sorted(by_record):
        said = sorted(by_record[ref], key=lambda each: each.rank)
        closing, flagging = _proposed(said)
        changes += [*closing, *flagging]
        closes += closing
        findings += _findings(said, closing, flagging)
        announcements += _announcements(said, flagging)
    return Evaluation(
        findings=tuple(findings),
        changes=tuple(changes),
        announcements=tuple(announcements),
        closing=frozenset(change.id for change in closes),
    )


def _proposed(said: list[_Said]) -> tuple[list[Change], list[Change]]:
    """Give the closing changes and the flag changes of one record."""
    closers = [each for each in said if each.verdict.close is not None]
    closing = _close(said)
    first = next((each for each in said if each.verdict.state), said[0])
    verdict = (closers[0] if closers else first).verdict
    own = {code for each in said for code in each.verdict.policy.action.codes}
    own |= {each.verdict.policy.action.recycle for each in said if each.verdict.subject.matched}
    wanted = [each.verdict.flag for each in said if each.verdict.flag is not None]
    reason = verdict.reason or say("cleared", first.context.language)
    if closers:
        policy, language = verdict.policy, closers[0].context.language
        code = policy.action.recycle
        wanted = [Flag((code,), closers[0].context.today)] if code else []
        reason = say("recycle", language, policy=policy.name, code=code) if code else reason
    asked = Asked(verdict.policy.origin, reason, verdict.evidence)
    return closing, propose_flag(verdict.subject, own, wanted, verdict.policy.view, asked)


def _close(said: list[_Said]) -> list[Change]:
    """Close once, for the first policy that does; the evidence names the others. None when no policy closes."""
    first, *others = sorted(said, key=lambda each: each.verdict.close is None)
    verdict, context = first.verdict, first.context
    others = [each for each in others if each.verdict.close is not None]
    if others:
        names = ", ".join(each.verdict.policy.name for each in others)
        also = fact("policies", names, say("also", context.language, policies=names))
        verdict = replace(verdict, evidence=(*verdict.evidence, also))
    return list(propose_close(verdict, context))


def _findings(said: list[_Said], closing: list[Change], flagging: list[Change]) -> list[Finding]:
    found = []
    for each in said:
        verdict = each.verdict
        if verdict.state is None:
            continue
        proposed = [*(closing if verdict.close else []), *(flagging if verdict.flag or verdict.close else [])]
        found.append(
            Finding(
                policy=verdict.policy.name,
                ref=verdict.subject.ref,
                severity=verdict.severity,
                state=verdict.state,
                evidence=verdict.evidence,
                due=verdict.due,
                proposed=tuple(change.id for change in proposed),
            )
        )
    return found


def _announcements(said: list[_Said], flagging: list[Change]) -> list[Announcement]:
    """A warning is given when the record itself shows it; its counterpart is a courtesy."""
    if any(each.verdict.close for each in said):
        return []
    return [
        Announcement(
            policy=each.verdict.policy.name,
            ref=each.verdict.subject.ref,
            due=each.verdict.flag.due,
            changes=tuple(change.id for change in flagging if change.ref == each.verdict.subject.ref),
        )
        for each in said
        if each.verdict.announces and each.verdict.flag is not None and each.verdict.flag.due is not None
    ]
