from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from syncagent.domain.changes import Evidence
from syncagent.domain.findings import Finding, FindingState, Hold, WarningGiven
from syncagent.domain.records import RecordRef
from syncagent.store import Store, enforcement, findings, holds

NOON = datetime(2026, 11, 16, 3, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
DEAL = RecordRef("salesforce", "Opportunity", "0061")
OTHER = RecordRef("salesforce", "Opportunity", "0062")
POLICY = "stage-stale-90"


def finding(ref: RecordRef = DEAL, state: FindingState = FindingState.FLAGGED, seen: datetime = NOON) -> Finding:
    evidence = (Evidence("stage", "P2", "in P2 for 83 days"),)
    return Finding(POLICY, ref, "action", state, evidence, date(2026, 11, 23), ("c1", "c2"), seen)


def warning(ref: RecordRef = DEAL) -> WarningGiven:
    return WarningGiven(POLICY, ref, NOON, date(2026, 11, 23))


def test_a_finding_keeps_when_it_was_first_seen(store: Store) -> None:
    for at in (NOON, LATER):
        with store.write() as tx:
            findings.upsert_findings(tx, [finding()], at)
    with store.read() as tx:
        assert findings.open_findings(tx, POLICY) == findings.open_findings(tx) == [finding()]
        assert findings.open_findings(tx, "other") == []


def test_a_warning_stays_in_force_while_the_finding_is_open(store: Store) -> None:
    with store.write() as tx:
        findings.upsert_findings(tx, [finding()], NOON)
        findings.record_warning(tx, warning())
    with store.read() as tx:
        assert findings.warnings(tx, POLICY) == {DEAL: warning()}
        assert findings.open_findings(tx) == [finding(state=FindingState.WARNED)]
    with store.write() as tx:
        findings.replace_findings(tx, POLICY, [finding(state=FindingState.DUE)], LATER)
    with store.read() as tx:
        assert findings.warnings(tx, POLICY) == {DEAL: warning()}
        assert findings.warnings(tx, "other") == {}


def test_a_finding_that_is_gone_voids_its_warning_even_when_it_comes_back(store: Store) -> None:
    with store.write() as tx:
        findings.upsert_findings(tx, [finding(), finding(OTHER)], NOON)
        findings.record_warning(tx, warning())
        findings.record_warning(tx, warning(OTHER))
        findings.replace_findings(tx, POLICY, [finding(OTHER)], LATER)
    with store.read() as tx:
        assert findings.warnings(tx, POLICY) == {OTHER: warning(OTHER)}
    with store.write() as tx:
        findings.upsert_findings(tx, [finding()], LATER)
    with store.read() as tx:
        assert findings.warnings(tx, POLICY) == {OTHER: warning(OTHER)}
        assert findings.open_findings(tx)[0] == finding(seen=LATER)


def test_a_warning_without_a_stored_finding_counts_until_it_is_cleared(store: Store) -> None:
    with store.write() as tx:
        findings.record_warning(tx, warning())
    with store.read() as tx:
        assert findings.warnings(tx, POLICY) == {DEAL: warning()}
    with store.write() as tx:
        findings.clear(tx, POLICY, [DEAL, OTHER], LATER)
    with store.read() as tx:
        assert findings.warnings(tx, POLICY) == {}
        assert findings.open_findings(tx) == []


def test_a_hold_covers_its_last_day_and_expires_after_it(store: Store) -> None:
    hold = Hold(DEAL, POLICY, date(2026, 12, 31), "公共入札", "sato")
    crm = Hold(OTHER, POLICY, date(2027, 1, 31), "renewal", "kato", "crm")
    with store.write() as tx:
        holds.add_hold(tx, hold, NOON)
        holds.add_hold(tx, crm, NOON)
    with store.read() as tx:
        assert holds.holds(tx, date(2026, 12, 31)) == [hold, crm]
        assert holds.holds(tx, date(2027, 1, 1)) == [crm]
        assert holds.expired(tx, date(2026, 12, 31)) == []
        assert holds.expired(tx, date(2027, 1, 1)) == [hold]


def test_a_renewed_hold_is_no_longer_expired_and_a_withdrawn_one_is_gone(store: Store) -> None:
    renewed = Hold(DEAL, POLICY, date(2027, 3, 31), "renewed", "sato")
    with store.write() as tx:
        holds.add_hold(tx, Hold(DEAL, POLICY, date(2026, 12, 31), "first", "sato"), NOON)
        holds.add_hold(tx, renewed, LATER)
    with store.read() as tx:
        assert holds.expired(tx, date(2027, 1, 1)) == []
        assert holds.holds(tx, date(2027, 1, 1)) == [renewed]
    with store.write() as tx:
        holds.remove_hold(tx, DEAL, POLICY)
        holds.remove_hold(tx, OTHER, POLICY)
    with store.read() as tx:
        assert holds.holds(tx, date(2027, 1, 1)) == []


def test_a_standing_approval_names_its_revision_and_can_be_taken_back(store: Store) -> None:
    with store.read() as tx:
        assert enforcement.enforced(tx, POLICY) is None
    for revision in ("r1", "r2"):
        with store.write() as tx:
            enforcement.enforce(tx, POLICY, revision, "sato", NOON)
        with store.read() as tx:
            assert enforcement.enforced(tx, POLICY) == (revision, "sato", NOON)
    with store.write() as tx:
        enforcement.withdraw(tx, POLICY)
    with store.read() as tx:
        assert enforcement.enforced(tx, POLICY) is None
