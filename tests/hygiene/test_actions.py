"""Flags in both systems, policies that meet on a record, and what each change carries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from syncagent.domain.changes import Change
from syncagent.domain.findings import FindingState, Hold, Mode, WarningGiven
from syncagent.domain.money import Money
from syncagent.domain.records import RecordRef, Scalar
from syncagent.domain.time import day_number
from syncagent.hygiene import Context, Policy, combine, evaluate, judge_rows
from syncagent.hygiene.policy import Action, Clock

NOW = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 16)
ID = "006000000000000AAA"
REF = RecordRef("salesforce", "Opportunity", ID)
DEAL = RecordRef("hubspot", "deals", "9")


def row(age: int | None, **values: Scalar) -> dict[str, Scalar]:
    clock = None if age is None else day_number(TODAY) - age
    return {
        "id": ID,
        "stage": "P3",
        "is_closed": False,
        "owner_id": "005A",
        "amount_minor": 1_200_000,
        "currency": None,
        "_matched": True,
        "_population": 40,
        "_clock_day": clock,
        "_history_day": clock,
        **values,
    }


def context(mode: Mode = "propose", *, warned: int | None = None, policy: str = "stage-stale-90") -> Context:
    given = {}
    if warned is not None:
        at = datetime(2026, 11, 16 - warned, 3, 0, tzinfo=UTC)
        given = {REF: WarningGiven(policy, REF, at, TODAY)}
    since = datetime(2026, 1, 1, tzinfo=UTC) if mode == "enforce" else None
    days = tuple(date(2026, 11, day) for day in range(1, 16))
    return Context(NOW, ZoneInfo("Asia/Tokyo"), mode, "JPY", enforced_since=since, warnings=given, run_days=days)


def told(changes: tuple[Change, ...]) -> list[tuple[RecordRef, str | None, object, object]]:
    return [(change.ref, change.field, change.before, change.after) for change in changes]


def other(policy: Policy, name: str, precedence: int, *, closes: bool = True) -> Policy:
    action = replace(policy.action, flag=name) if closes else Action(name)
    return replace(policy, name=name, precedence=precedence, action=action)


def test_a_warning_is_written_to_both_systems_with_its_due_day(policy: Policy) -> None:
    evaluation = evaluate(policy, [row(83, _counterpart="9")], context())
    since = "2026-08-25"
    assert told(evaluation.changes) == [
        (REF, "SyncAgent_Flag__c", None, "stage-stale-90"),
        (REF, "SyncAgent_Flag_Since__c", None, since),
        (REF, "SyncAgent_Flag_Due__c", None, "2026-11-23"),
        (DEAL, "syncagent_flag", None, "stage-stale-90"),
        (DEAL, "syncagent_flag_since", None, since),
        (DEAL, "syncagent_flag_due", None, "2026-11-23"),
    ]
    (announced,) = evaluation.announcements
    assert announced.due == date(2026, 11, 23)
    assert set(announced.changes) == {change.id for change in evaluation.changes if change.ref == REF}
    assert evaluation.findings[0].proposed == tuple(change.id for change in evaluation.changes)
    assert evaluation.population == {"stage-stale-90": 40}


def test_a_change_carries_origin_reason_evidence_money_and_owner(policy: Policy) -> None:
    change = evaluate(policy, [row(83)], context()).changes[0]
    assert change.origin == "policy:stage-stale-90"
    assert change.reason == (
        "In stage P3 since 2026-08-25: closed as lost on 2026-11-23 unless the stage moves or a hold is approved."
    )
    assert (change.money, change.owner) == (Money(1_200_000, "JPY"), "005A")
    assert [(part.field, part.value) for part in change.evidence] == [
        ("stage", "P3"),
        ("stage_since", "2026-08-25"),
        ("age_days", 83),
        ("history", "stage_history"),
        ("amount", "1,200,000 JPY"),
        ("notice", "ordinary"),
    ]


def test_history_that_starts_after_creation_is_said(policy: Policy) -> None:
    evaluation = evaluate(policy, [row(83, created_day=day_number(TODAY) - 500)], context())
    assert "the true age may be higher" in evaluation.findings[0].evidence[3].text


def test_the_language_of_the_org_is_used(policy: Policy) -> None:
    evaluation = evaluate(policy, [row(83)], replace(context(), language="ja"))
    assert evaluation.findings[0].evidence[0].text == "フェーズ「P3」に2026-08-25から83日滞留"
    assert evaluation.changes[0].reason.startswith("2026-08-25から「P3」のままです")


def test_closing_writes_our_own_reason_and_leaves_the_recycle_flag(policy: Policy) -> None:
    flagged: dict[str, Scalar] = {
        "flag": "stage-stale-90",
        "flag_since": day_number(date(2026, 8, 18)),
        "flag_due": day_number(TODAY),
    }
    evaluation = evaluate(policy, [row(90, loss_reason="予算", **flagged)], context(warned=7))
    detail = "Closed by policy stage-stale-90: in stage P3 since 2026-08-18 (90 days), warned beforehand."
    assert told(evaluation.changes) == [
        (REF, "StageName", "P3", "失注"),
        (REF, "Loss_Reason__c", "予算", "自動クローズ:停滞"),
        (REF, "Loss_Detail__c", None, detail),
        (REF, "SyncAgent_Flag__c", "stage-stale-90", "recycle-nurture"),
        (REF, "SyncAgent_Flag_Since__c", "2026-08-18", "2026-11-16"),
        (REF, "SyncAgent_Flag_Due__c", "2026-11-16", None),
    ]
    assert evaluation.announcements == ()
    assert evaluation.closing == {change.id for change in evaluation.changes[:3]}
    assert evaluation.findings[0].severity == "action"


def test_closing_without_a_recycle_flag_clears_the_flag(policy: Policy) -> None:
    plain = replace(policy, action=replace(policy.action, recycle=""))
    evaluation = evaluate(plain, [row(90, flag="stage-stale-90")], context(warned=7))
    assert told(evaluation.changes)[-1] == (REF, "SyncAgent_Flag__c", "stage-stale-90", None)


def test_audit_puts_nothing_into_the_plan(policy: Policy) -> None:
    evaluation = evaluate(policy, [row(83)], context("audit"))
    assert (evaluation.changes, evaluation.announcements) == ((), ())
    assert evaluation.findings[0].proposed == tuple(change.id for change in evaluation.would)
    assert len(evaluation.would) == 3


def test_codes_of_others_stay_and_the_earliest_days_win(policy: Policy) -> None:
    shown: dict[str, Scalar] = {
        "flag": "by-hand",
        "flag_since": day_number(date(2026, 9, 1)),
        "flag_due": day_number(date(2026, 11, 20)),
    }
    evaluation = evaluate(policy, [row(83, **shown)], context())
    assert told(evaluation.changes) == [
        (REF, "SyncAgent_Flag__c", "by-hand", "stage-stale-90; by-hand"),
        (REF, "SyncAgent_Flag_Since__c", "2026-09-01", "2026-08-25"),
    ]


def test_two_policies_make_one_flag_and_two_announcements(policy: Policy) -> None:
    second = other(policy, "b-policy", 5)
    evaluation = combine([judge_rows(policy, [row(83)], context()), judge_rows(second, [row(83)], context())])
    assert told(evaluation.changes)[0] == (REF, "SyncAgent_Flag__c", None, "b-policy; stage-stale-90")
    assert [finding.policy for finding in evaluation.findings] == ["b-policy", "stage-stale-90"]
    assert [announced.policy for announced in evaluation.announcements] == ["b-policy", "stage-stale-90"]


@pytest.mark.parametrize(("precedence", "winner"), [(5, "b-policy"), (50, "stage-stale-90"), (10, "b-policy")])
def test_two_closes_become_one_by_precedence(policy: Policy, precedence: int, winner: str) -> None:
    second = other(policy, "b-policy", precedence)
    both = [
        judge_rows(policy, [row(90)], context(warned=7)),
        judge_rows(second, [row(90)], context(warned=7, policy="b-policy")),
    ]
    evaluation = combine(both)
    closing = [change for change in evaluation.changes if change.field == "StageName"]
    assert [change.origin for change in closing] == [f"policy:{winner}"]
    loser = {"b-policy": "stage-stale-90", "stage-stale-90": "b-policy"}[winner]
    assert closing[0].evidence[-1].text == f"Also asked for by {loser}"
    assert combine(reversed(both)) == evaluation


def test_a_close_silences_the_warning_of_another_policy(policy: Policy) -> None:
    second = other(policy, "b-policy", 5)
    shown = row(90, flag="b-policy; stage-stale-90")
    evaluation = combine([judge_rows(policy, [shown], context(warned=7)), judge_rows(second, [shown], context())])
    assert told(evaluation.changes)[3] == (REF, "SyncAgent_Flag__c", "b-policy; stage-stale-90", "recycle-nurture")
    assert evaluation.announcements == ()
    assert [finding.state for finding in evaluation.findings] == [FindingState.WARNED, FindingState.DUE]


def test_a_policy_in_audit_takes_nothing_from_the_plan(policy: Policy) -> None:
    second = other(policy, "b-policy", 5)
    evaluation = combine([judge_rows(policy, [row(83)], context()), judge_rows(second, [row(83)], context("audit"))])
    assert told(evaluation.changes)[0] == (REF, "SyncAgent_Flag__c", None, "stage-stale-90")
    assert told(evaluation.would)[0] == (REF, "SyncAgent_Flag__c", None, "b-policy")


def test_a_closed_deal_keeps_its_recycle_flag_and_loses_ours(policy: Policy) -> None:
    shown = row(None, _matched=False, stage="失注", is_closed=True, flag="stage-stale-90; recycle-nurture")
    evaluation = evaluate(policy, [shown], context())
    assert told(evaluation.changes) == [
        (REF, "SyncAgent_Flag__c", "stage-stale-90; recycle-nurture", "recycle-nurture")
    ]
    assert evaluation.findings == ()


def test_a_flag_policy_flags_at_its_threshold_without_a_due_day(policy: Policy) -> None:
    flag = replace(other(policy, "long-stage", 5, closes=False), warn_days_before=0)
    assert evaluate(flag, [row(89)], context()).findings == ()
    evaluation = evaluate(flag, [row(90)], context())
    assert [finding.state for finding in evaluation.findings] == [FindingState.FLAGGED]
    assert told(evaluation.changes) == [
        (REF, "SyncAgent_Flag__c", None, "long-stage"),
        (REF, "SyncAgent_Flag_Since__c", None, "2026-08-18"),
    ]


def test_a_policy_without_a_clock_flags_at_once_and_keeps_its_first_day(policy: Policy) -> None:
    flag = replace(other(policy, "no-step", 5, closes=False), clock=None, warn_days_before=0)
    first = evaluate(flag, [row(None)], context())
    assert told(first.changes)[1] == (REF, "SyncAgent_Flag_Since__c", None, "2026-11-16")
    shown = row(None, flag="no-step", flag_since=day_number(date(2026, 11, 2)))
    assert evaluate(flag, [shown], context()).changes == ()


def test_holds_are_ignored_where_a_policy_allows_none(policy: Policy) -> None:
    strict = replace(policy, holds_allowed=False)
    held = row(83, hold_until=day_number(TODAY) + 5, hold_reason="later", hold_approved_by="manager")
    assert evaluate(policy, [held], context()).findings[0].state is FindingState.HELD
    assert evaluate(strict, [held], context()).findings[0].state is FindingState.WARNED


def test_an_undecided_condition_names_the_empty_fields(policy: Policy) -> None:
    from syncagent.language.conditions_check import check
    from syncagent.language.where import parse_where

    types = policy.view.types()
    late = replace(policy, condition=check(parse_where("close_day < today and amount_minor > 5"), types))
    evaluation = evaluate(late, [row(90, close_day=None, _matched=None)], context())
    assert evaluation.changes == ()
    assert evaluation.findings[0].evidence[-1].text == "Cannot be decided because Close date is empty"
    judged = evaluate(late, [row(83, close_day=day_number(TODAY) - 1, next_step=None)], context())
    assert "Close date: 2026-11-15" in [part.text for part in judged.findings[0].evidence]


def test_an_unknown_clock_tells_from_when_it_is_known(policy: Policy) -> None:
    evaluation = evaluate(policy, [row(None)], replace(context(), history_since=date(2026, 11, 1)))
    assert "unknown, known from 2026-11-01" in evaluation.findings[0].evidence[-1].text
    evaluation = evaluate(policy, [row(None, amount_minor=None)], context())
    assert "unknown, known from the next stage change" in evaluation.findings[0].evidence[-1].text


def test_a_field_clock_counts_from_the_field_and_an_empty_one_is_not_judged(policy: Policy) -> None:
    late = replace(other(policy, "past-close", 5, closes=False), clock=Clock("field", "close_day"), warn_days_before=0)
    evaluation = evaluate(late, [row(100)], context())
    assert evaluation.findings[0].evidence[0].text == "Close date 2026-08-08, passed by 100 days"
    evaluation = evaluate(late, [row(None)], context())
    assert evaluation.findings[0].evidence[-1].text == "Cannot be judged: Close date is empty"
    created = replace(late, clock=Clock("created"))
    evaluation = evaluate(created, [row(None)], context())
    assert evaluation.findings[0].evidence[-1].text == "Cannot be judged: Created is empty"


def test_a_hold_speaks_of_its_own_record_and_policy(policy: Policy) -> None:
    elsewhere = RecordRef("salesforce", "Opportunity", "006000000000000BBB")
    holds = (
        Hold(elsewhere, policy.name, TODAY, "later", "manager"),
        Hold(REF, "another-policy", TODAY, "later", "manager"),
    )
    evaluation = evaluate(policy, [row(83)], replace(context(), holds=holds))
    assert evaluation.findings[0].state is FindingState.WARNED


def test_what_the_record_already_says_is_not_written_again(policy: Policy) -> None:
    evaluation = evaluate(policy, [row(90, loss_reason="自動クローズ:停滞")], context(warned=7))
    assert evaluation.findings[0].state is FindingState.VETOED
    close = policy.action.close
    assert close is not None
    same = replace(policy, action=replace(policy.action, close=replace(close, stage="P3")))
    changes = evaluate(same, [row(90)], context(warned=7)).changes
    assert "StageName" not in [change.field for change in changes]
