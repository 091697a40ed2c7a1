"""The shipped policies together: one close, codes cleared in both systems, people's exceptions respected by all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from syncagent.domain.changes import Change
from syncagent.domain.findings import FindingState, Hold, WarningGiven
from syncagent.domain.records import RecordRef, Scalar
from syncagent.domain.time import day_number
from syncagent.hygiene import Context, Evaluation, Policy, combine, evaluate, judge_rows
from tests.hygiene.conftest import DAY_US, Ask, Row, Step, shipped

NOW = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
DAY = date(2026, 11, 16)
TODAY = day_number(DAY)
ID = "006000000000000AAA"
REF, DEAL = RecordRef("salesforce", "Opportunity", ID), RecordRef("hubspot", "deals", "9")
CLOSERS = ("stage-stale-90", "no-next-action-60")
RECORD: Row = {"id": ID, "stage": "P3", "is_closed": False, "created_day": TODAY - 300, "owner_id": "005A"}
REASONS = frozenset({"自動クローズ:停滞", "自動クローズ:次アクションなし"})


def context(policy: str, warned: int | None = 7) -> Context:
    given = {}
    if warned is not None:
        given = {REF: WarningGiven(policy, REF, datetime(2026, 11, 16 - warned, 3, 0, tzinfo=UTC), DAY)}
    days = tuple(date(2026, 11, day) for day in range(1, 16))
    since = datetime(2026, 1, 1, tzinfo=UTC)
    zone = ZoneInfo("Asia/Tokyo")
    return Context(NOW, zone, "enforce", "JPY", "ja", since, warnings=given, run_days=days, own_reasons=REASONS)


def step(ago: int, stage: str = "P3") -> Step:
    return ID, stage, (TODAY - ago) * DAY_US, TODAY - ago


def both(ask: Ask, record: Row, steps: list[Step], **warned: int | None) -> Evaluation:
    judged = []
    for name in CLOSERS:
        policy = shipped(name)
        rows = ask(policy, DAY, [record], steps=steps, links=[(ID, "9")], deals=[{"id": "9"}])
        judged.append(judge_rows(policy, rows, context(name, **warned)))
    evaluation = combine(judged)
    assert combine(reversed(judged)) == evaluation
    return evaluation


def written(changes: tuple[Change, ...]) -> list[tuple[RecordRef, str | None, object]]:
    return [(change.ref, change.field, change.after) for change in changes]


def test_a_deal_both_policies_close_is_closed_once_for_its_stage(ask: Ask) -> None:
    evaluation = both(ask, RECORD, [step(90)])
    assert written(evaluation.changes) == [
        (REF, "StageName", "失注"),
        (REF, "Loss_Reason__c", "自動クローズ:停滞"),
        (
            REF,
            "Loss_Detail__c",
            "ポリシー stage-stale-90 による自動クローズ: 2026-08-18から「P3」のまま90日経過（事前通知済み）",
        ),
        (REF, "SyncAgent_Flag__c", "recycle-nurture"),
        (REF, "SyncAgent_Flag_Since__c", "2026-11-16"),
        (DEAL, "syncagent_flag", "recycle-nurture"),
        (DEAL, "syncagent_flag_since", "2026-11-16"),
    ]
    assert {change.origin for change in evaluation.changes} == {"policy:stage-stale-90"}
    assert evaluation.changes[0].evidence[-1].text == "同時に該当するポリシー: no-next-action-60"
    assert [finding.state for finding in evaluation.findings] == [FindingState.DUE, FindingState.DUE]


def test_a_deal_that_moved_lately_is_closed_for_want_of_a_next_action(ask: Ask) -> None:
    evaluation = both(ask, RECORD, [step(20)])
    assert written(evaluation.changes)[1] == (REF, "Loss_Reason__c", "自動クローズ:次アクションなし")
    assert [finding.policy for finding in evaluation.findings] == ["no-next-action-60"]


def test_two_warnings_stand_in_one_flag(ask: Ask) -> None:
    evaluation = both(ask, {**RECORD, "created_day": TODAY - 53}, [step(83)], warned=None)
    assert written(evaluation.changes)[0] == (REF, "SyncAgent_Flag__c", "stage-stale-90; no-next-action-60")
    assert [item.policy for item in evaluation.announcements] == ["stage-stale-90", "no-next-action-60"]


def test_a_deal_one_policy_closed_and_a_person_reopened_is_left_alone_by_the_other(ask: Ask) -> None:
    reopened = {**RECORD, "loss_reason": "自動クローズ:停滞"}
    evaluation = both(ask, reopened, [step(200), step(100, "失注"), step(95)])
    assert [finding.state for finding in evaluation.findings] == [FindingState.VETOED, FindingState.VETOED]
    assert evaluation.changes == ()


def test_after_a_further_move_a_reopened_deal_is_judged_like_any_other(ask: Ask) -> None:
    reopened = {**RECORD, "loss_reason": "自動クローズ:停滞"}
    history = [step(200), step(150, "失注"), step(145), step(100, "P2")]
    assert both(ask, reopened, [*history, step(59)], warned=None).findings[0].due == date(2026, 11, 23)
    evaluation = both(ask, reopened, [*history, step(60)])
    assert [(each.policy, each.state) for each in evaluation.findings] == [("no-next-action-60", FindingState.DUE)]
    evaluation = both(ask, reopened, [*history, step(90)])
    assert [finding.state for finding in evaluation.findings] == [FindingState.DUE, FindingState.DUE]
    assert both(ask, reopened, [*history, step(52)]).findings == ()


def test_a_second_loss_by_a_person_starts_the_exception_anew(ask: Ask) -> None:
    reopened = {**RECORD, "loss_reason": "自動クローズ:停滞"}
    history = [step(300), step(250, "失注"), step(240), step(200, "P2"), step(150, "失注"), step(120)]
    assert {finding.state for finding in both(ask, reopened, history).findings} == {FindingState.VETOED}


def flagged(policy: Policy, ask: Ask, record: Row, deal: Row, **others: object) -> Evaluation:
    rows = ask(policy, DAY, [record], links=[(ID, "9")], deals=[deal], **others)
    return evaluate(policy, rows, context(policy.name, None))


def test_a_cured_flag_is_cleared_in_both_systems(ask: Ask) -> None:
    policy = shipped("missing-next-action")
    shown: Row = {"flag": "missing-next-action", "flag_since": TODAY - 5}
    task: Row = {"id": "t1", "what_id": ID, "due_day": TODAY, "created_day": TODAY - 1, "is_closed": False}
    kept = flagged(policy, ask, {**RECORD, **shown}, {"id": "9", **shown})
    assert kept.changes == ()
    assert [finding.state for finding in kept.findings] == [FindingState.FLAGGED]
    cured = flagged(policy, ask, {**RECORD, **shown}, {"id": "9", **shown}, others={"tasks": [task]})
    assert cured.findings == ()
    cleared = [("SyncAgent_Flag__c", None), ("SyncAgent_Flag_Since__c", None)]
    cleared_there = [("syncagent_flag", None), ("syncagent_flag_since", None)]
    assert [(change.field, change.after) for change in cured.changes] == [*cleared, *cleared_there]
    one_side = flagged(policy, ask, RECORD, {"id": "9", **shown}, others={"tasks": [task]})
    assert [(change.field, change.after) for change in one_side.changes] == cleared_there


def test_the_code_of_a_route_is_cleared_and_replaced_like_a_flag(ask: Ask) -> None:
    policy = shipped("recycle-routing")
    lost: Row = {**RECORD, "stage": "失注", "is_closed": True, "is_won": False, "close_day": TODAY - 9}
    shown: Row = {"flag": "by-hand; recycle-competitor", "flag_since": TODAY - 5}
    rerouted = flagged(policy, ask, {**lost, **shown, "loss_reason": "適合せず"}, {"id": "9", **shown})
    assert [(change.ref.system, change.after) for change in rerouted.changes] == [
        ("salesforce", "not-recycled; by-hand"),
        ("hubspot", "not-recycled; by-hand"),
    ]
    won_back = flagged(policy, ask, {**RECORD, **shown, "loss_reason": "競合"}, {"id": "9"})
    assert [change.after for change in won_back.changes] == ["by-hand"]


def test_a_route_with_a_day_writes_it_beside_the_code(ask: Ask) -> None:
    policy = shipped("recycle-routing")
    lost: Row = {**RECORD, "is_closed": True, "is_won": False, "close_day": TODAY - 9, "loss_reason": "時期延期"}
    told = flagged(policy, ask, {**lost, "next_step": "2027年4月に再提案"}, {"id": "9"})
    assert [change.after for change in told.changes if change.ref == DEAL] == [
        "recycle-nurture",
        "2026-11-16",
        "2027-04-01",
    ]
    (finding,) = told.findings
    assert (finding.severity, finding.due) == ("info", date(2027, 4, 1))
    assert finding.evidence[-1].text == "時期延期のためナーチャリングへ。予定日に再アプローチします"


def test_holds_of_the_crm_and_of_the_command_line_stop_either_policy(ask: Ask) -> None:
    asked: dict[str, Scalar] = {"hold_until": TODAY + 9, "hold_reason": "later", "hold_approved_by": "boss@example.com"}
    held = both(ask, {**RECORD, **asked}, [step(90)])
    assert {finding.state for finding in held.findings} == {FindingState.HELD}
    policy = shipped("no-next-action-60")
    hold = Hold(REF, policy.name, date(2026, 11, 20), "later", "boss")
    rows = ask(policy, DAY, [RECORD], steps=[step(20)])
    given = evaluate(policy, rows, replace(context(policy.name), holds=(hold,)))
    assert [(finding.state, finding.due) for finding in given.findings] == [(FindingState.HELD, date(2026, 11, 20))]


def test_the_sentences_a_representative_reads(ask: Ask) -> None:
    policy = shipped("no-next-action-60")
    task: Row = {"id": "t", "what_id": ID, "subject": "見積書作成", "due_day": TODAY - 53, "created_day": TODAY - 60}
    rows = ask(policy, DAY, [RECORD], steps=[step(20)], others={"tasks": [task]})
    (finding,) = evaluate(policy, rows, context(policy.name, None)).findings
    assert [part.text for part in finding.evidence if part.field != "age_days"] == [
        "2026-09-24以降、有効なネクストアクションがありません（53日経過）",
        "本日以降の日付のタスク・予定・次のステップが、SalesforceにもHubSpotにもありません",
        "最後のネクストアクション: 見積書作成",
        "期限の7日前の事前通知です",
    ]
