"""Plans, approvals, runs and the journal: what makes an apply resumable and single."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from syncagent.domain.changes import Change, Evidence, Outcome
from syncagent.domain.money import Money
from syncagent.domain.plans import Approval, JournalEntry
from syncagent.domain.records import RecordRef
from syncagent.errors import Defect, StalePlan, UsageError
from syncagent.store import Store, journal, plans, runs

NOON = datetime(2026, 11, 16, 3, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
LEAD = RecordRef("salesforce", "Lead", "00Q1")
UPDATE = Change(
    LEAD,
    "update",
    "Status",
    before=None,
    after="Closed",
    origin="policy:stage-stale-90",
    reason="90 days",
    evidence=(Evidence("Status", True, "is open"), Evidence("Days", 90, "90 days 滞留")),
    money=Money(120_000, "JPY"),
    owner="0051",
)
CREATE = Change(
    RecordRef("hubspot", "contacts", ""),
    "create",
    None,
    None,
    {"email": "a@example.com", "opted_in": False, "score": 3},
    "merge:person",
    "is missing in HubSpot",
    counterpart=LEAD,
)


def save(store: Store, digest: str, text: bytes = b"{}", at: datetime = NOON) -> None:
    with store.write() as tx:
        plans.save_plan(tx, text, digest, at, at + timedelta(hours=1))


def test_a_plan_comes_back_byte_for_byte_by_its_first_digits(store: Store) -> None:
    text = '{"name":"計画","undoes":null}\n'.encode()
    save(store, "abc123", text)
    with store.read() as tx:
        assert plans.plan(tx, "abc") == text
        assert plans.plan(tx, "abc123") == text
        assert plans.plan(tx, "ff") is None
        assert plans.plan(tx, "%") is None


def test_digits_that_begin_several_plans_are_refused_with_the_list(store: Store) -> None:
    for digest in ("ab1", "ab2", "ab"):
        save(store, digest, digest.join(['{"d":"', '"}']).encode())
    with store.read() as tx:
        with pytest.raises(UsageError, match=r"'a' begins 3 plans: ab, ab1, ab2\. Give more digits"):
            plans.plan(tx, "a")
        assert plans.plan(tx, "ab") == b'{"d":"ab"}'


def test_saving_the_same_digest_again_renews_its_dates_and_keeps_approval_and_use(store: Store) -> None:
    save(store, "ab1")
    approval = Approval("ab1", "hana", NOON, ("c1", "c2"))
    standing = Approval("ab1", "policy", LATER, standing=True)
    with store.write() as tx:
        plans.approve(tx, approval)
        plans.approve(tx, standing)
        plans.mark_used(tx, "ab1", "run-1")
    save(store, "ab1", at=LATER)
    with store.read() as tx:
        assert plans.approvals(tx, "ab1") == [approval, standing]
        assert plans.approvals(tx, "ff") == []
        assert plans.latest_plans(tx, 5) == [plans.SavedPlan("ab1", LATER, LATER + timedelta(hours=1), "run-1")]


def test_a_plan_is_used_by_one_run_only(store: Store) -> None:
    save(store, "ab1")
    for _ in range(2):
        with store.write() as tx:
            plans.mark_used(tx, "ab1", "run-1")
    with (
        pytest.raises(StalePlan, match="ab1 was already applied by run run-1; nothing"),
        store.write() as tx,
    ):
        plans.mark_used(tx, "ab1", "run-2")
    with pytest.raises(StalePlan, match="ff was not saved in this state"), store.write() as tx:
        plans.mark_used(tx, "ff", "run-2")
    with store.read() as tx:
        assert plans.used_by(tx, "ab1") == "run-1"
        assert plans.used_by(tx, "ff") is None
        assert plans.used_count(tx) == 1


def test_who_takes_a_run_back_is_known_once_the_inverse_plan_is_used(store: Store) -> None:
    save(store, "un1", b'{"undoes":"run-1"}')
    with store.read() as tx:
        assert plans.undoing(tx, "run-1") is None
    with store.write() as tx:
        runs.start_run(tx, "run-2", kind="undo", actor="hana", at=NOON)
        plans.mark_used(tx, "un1", "run-2")
    with store.read() as tx:
        assert plans.undoing(tx, "run-1") == plans.Undoing("run-2", unfinished=True)
    with store.write() as tx:
        runs.end_run(tx, "run-2", status="ok", at=LATER, summary={})
    with store.read() as tx:
        assert plans.undoing(tx, "run-1") == plans.Undoing("run-2", unfinished=False)


def test_runs_begin_end_and_are_listed_newest_first(store: Store) -> None:
    with store.write() as tx:
        for name in ("run-1", "run-2", "run-3"):
            runs.start_run(tx, name, kind="apply", actor="hana", at=NOON, plan="ab1")
        runs.end_run(tx, "run-2", status="partial", at=LATER, summary={"applied": 3, "calls": {"hubspot": 1}})
    with store.read() as tx:
        ended = runs.run(tx, "run-2")
        assert ended == runs.Run(
            "run-2", "apply", "hana", NOON, "ab1", "partial", LATER, {"applied": 3, "calls": {"hubspot": 1}}
        )
        assert [run.id for run in runs.latest_runs(tx, 2)] == ["run-3", "run-2"]
        assert [run.id for run in runs.unfinished(tx)] == ["run-1", "run-3"]
        assert runs.run(tx, "run-9") is None
        assert plans.is_unfinished(tx, "run-1")
        assert not plans.is_unfinished(tx, "run-2")
    with pytest.raises(Defect, match="run-9 ended without having begun"), store.write() as tx:
        runs.end_run(tx, "run-9", status="ok", at=LATER, summary={})


def test_an_intent_is_open_until_it_is_settled(store: Store) -> None:
    with store.write() as tx:
        journal.intend(tx, "run-1", [(1, CREATE), (0, UPDATE)], NOON)
    with store.read() as tx:
        expected = [JournalEntry("run-1", 0, UPDATE, NOON), JournalEntry("run-1", 1, CREATE, NOON)]
        assert journal.entries(tx, "run-1") == journal.unsettled(tx) == expected
        assert [entry.change.id for entry in journal.entries(tx, "run-1")] == [UPDATE.id, CREATE.id]
    created = RecordRef("hubspot", "contacts", "77")
    with store.write() as tx:
        journal.settle(tx, "run-1", 1, CREATE, outcome=Outcome.APPLIED, message="", record=created, at=LATER)
        journal.set_verified(tx, "run-1", 1, verified=False, seen="email is now None")
    with store.read() as tx:
        assert journal.unsettled(tx) == [JournalEntry("run-1", 0, UPDATE, NOON)]
        settled = JournalEntry("run-1", 1, CREATE, NOON, "applied", "", created, LATER, verified=False)
        assert journal.entries(tx, "run-1")[1] == settled
        assert journal.seen(tx, "run-1") == {1: "email is now None"}


def test_a_change_that_dropped_out_before_any_call_gets_its_row(store: Store) -> None:
    with store.write() as tx:
        journal.settle(tx, "run-1", 4, UPDATE, outcome=Outcome.STALE, message="moved", record=None, at=LATER)
    with store.read() as tx:
        assert journal.entries(tx, "run-1") == [JournalEntry("run-1", 4, UPDATE, LATER, "stale", "moved", None, LATER)]


def test_an_intent_known_not_to_have_been_sent_is_withdrawn_and_may_be_made_anew(store: Store) -> None:
    with store.write() as tx:
        journal.intend(tx, "run-1", [(0, UPDATE), (1, CREATE)], NOON)
        journal.settle(tx, "run-1", 1, CREATE, outcome=Outcome.REJECTED, message="no", record=None, at=NOON)
        journal.withdraw(tx, "run-1", [0, 1])
        journal.intend(tx, "run-1", [(0, UPDATE)], NOON)
        journal.intend(tx, "run-1", [(0, UPDATE)], LATER)
    with store.read() as tx:
        assert [(entry.seq, entry.outcome, entry.intent_at) for entry in journal.entries(tx, "run-1")] == [
            (0, "", LATER),
            (1, "rejected", NOON),
        ]


def test_what_is_settled_cannot_happen_again(store: Store) -> None:
    with store.write() as tx:
        journal.settle(tx, "run-1", 0, UPDATE, outcome=Outcome.APPLIED, message="", record=LEAD, at=NOON)
    with pytest.raises(Defect, match=r"rows \[0\] of run run-1 are settled"), store.write() as tx:
        journal.intend(tx, "run-1", [(0, UPDATE)], LATER)
    with pytest.raises(Defect, match="what happened cannot happen again"), store.write() as tx:
        journal.settle(tx, "run-1", 0, UPDATE, outcome=Outcome.STALE, message="", record=None, at=LATER)


def test_what_a_rule_ever_had_applied_is_found_by_its_whole_name(store: Store) -> None:
    longer = dataclasses.replace(UPDATE, origin=f"{UPDATE.origin}-more", id="")
    with store.write() as tx:
        for run, change, outcome, at in (
            ("run-2", UPDATE, Outcome.APPLIED, LATER),
            ("run-1", UPDATE, Outcome.APPLIED, NOON),
            ("run-3", UPDATE, Outcome.STALE, NOON),
            ("run-4", longer, Outcome.APPLIED, NOON),
        ):
            journal.settle(tx, run, 0, change, outcome=outcome, message="", record=None, at=at)
    with store.read() as tx:
        assert [entry.run for entry in journal.applied(tx, UPDATE.origin)] == ["run-1", "run-2"]
        assert journal.applied(tx, "policy:%") == []
