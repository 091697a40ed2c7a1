"""What policies found, since when, and which warnings reached the record.

A finding that is no longer found is closed, and its warning is void: should the record offend again, it is warned
again before anything happens to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import orjson
from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy import Row as Found

from syncagent.domain.changes import Evidence
from syncagent.domain.findings import Finding, FindingState, WarningGiven
from syncagent.domain.records import RecordRef
from syncagent.domain.time import day_number, from_day_number, from_micros, to_micros
from syncagent.store.documents import canonical, texts_of
from syncagent.store.schema import finding as table
from syncagent.store.state import ReadTx, WriteTx
from syncagent.store.statements import Values, chunks, upsert


def upsert_findings(tx: WriteTx, findings: Iterable[Finding], at: datetime) -> None:
    """Store findings; one that is open keeps when it was first seen and the warning it was given."""
    for chunk in chunks(findings):
        rows = []
        for finding in chunk:
            known = _open(tx, finding.policy, finding.ref)
            kept: Values = {"first_seen": to_micros(at), "warned_at": None, "announced": None, "closed_at": None}
            if known is not None:
                kept |= {"first_seen": known[0], "warned_at": known[1], "announced": known[2]}
            rows.append({**_key(tx, finding.policy, finding.ref), **_told(finding), **kept})
        upsert(tx.connection, table, rows)


def replace_findings(tx: WriteTx, policy: str, findings: Iterable[Finding], at: datetime) -> None:
    """Store what a whole evaluation of a policy found: findings that are not among them are closed."""
    found = list(findings)
    gone = {one.ref for one in open_findings(tx, policy)} - {one.ref for one in found}
    clear(tx, policy, gone, at)
    upsert_findings(tx, found, at)


def open_findings(tx: ReadTx, policy: str | None = None) -> list[Finding]:
    """List the open findings of a policy, or of all, sorted by policy and record."""
    c = table.c
    statement = select(table).where(c.org == tx.org, c.closed_at.is_(None))
    if policy is not None:
        statement = statement.where(c.policy == policy)
    ordered = statement.order_by(c.policy, c.system, c.object, c.id)
    return [
        Finding(
            policy=row.policy,
            ref=RecordRef(row.system, row.object, row.id),
            severity=row.severity,
            state=FindingState(row.state),
            evidence=tuple(Evidence(*fact) for fact in orjson.loads(row.evidence)),
            due=None if row.due is None else from_day_number(row.due),
            proposed=texts_of(row.proposed),
            first_seen=from_micros(row.first_seen),
        )
        for row in tx.connection.execute(ordered)
    ]


def record_warning(tx: WriteTx, warning: WarningGiven) -> None:
    """Record that a warning was written and verified; the due day it announced is what counts from now on."""
    known = _open(tx, warning.policy, warning.ref)
    given: Values = {
        "state": FindingState.WARNED.value,
        "warned_at": to_micros(warning.at),
        "announced": day_number(warning.due),
    }
    if known is None:
        rest: Values = {"severity": "warning", "evidence": "[]", "proposed": "[]", "due": day_number(warning.due)}
        begun: Values = {"first_seen": to_micros(warning.at), "closed_at": None}
        upsert(tx.connection, table, [{**_key(tx, warning.policy, warning.ref), **given, **rest, **begun}])
    else:
        tx.connection.execute(update(table).where(_is(tx, warning.policy, warning.ref)).values(**given))


def warnings(tx: ReadTx, policy: str) -> dict[RecordRef, WarningGiven]:
    """Give the warnings in force by record."""
    c = table.c
    where = (c.org == tx.org, c.policy == policy, c.closed_at.is_(None), c.warned_at.is_not(None))
    found: dict[RecordRef, WarningGiven] = {}
    for row in tx.connection.execute(select(c.system, c.object, c.id, c.warned_at, c.announced).where(*where)):
        ref = RecordRef(row.system, row.object, row.id)
        found[ref] = WarningGiven(policy, ref, from_micros(row.warned_at), from_day_number(row.announced))
    return found


def clear(tx: WriteTx, policy: str, refs: Iterable[RecordRef], at: datetime) -> None:
    """Close findings and void their warnings (the record was put right, or the warning was taken back)."""
    for ref in refs:
        still_open = (_is(tx, policy, ref), table.c.closed_at.is_(None))
        tx.connection.execute(update(table).where(*still_open).values(closed_at=to_micros(at)))


def _open(tx: ReadTx, policy: str, ref: RecordRef) -> Found[int, int | None, int | None] | None:
    """Give first_seen, warned_at and announced of an open finding."""
    c = table.c
    statement = select(c.first_seen, c.warned_at, c.announced).where(_is(tx, policy, ref), c.closed_at.is_(None))
    return tx.connection.execute(statement).one_or_none()


def _told(finding: Finding) -> Values:
    return {
        "state": finding.state.value,
        "severity": finding.severity,
        "evidence": canonical([[fact.field, fact.value, fact.text] for fact in finding.evidence]),
        "proposed": canonical(finding.proposed),
        "due": None if finding.due is None else day_number(finding.due),
    }


def _key(tx: ReadTx, policy: str, ref: RecordRef) -> Values:
    return {"org": tx.org, "policy": policy, "system": ref.system, "object": ref.object, "id": ref.id}


def _is(tx: ReadTx, policy: str, ref: RecordRef) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in _key(tx, policy, ref).items()))
