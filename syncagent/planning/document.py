"""The plan's stable JSON form (docs/formats.md), there and back, and the digest over it.

The digest covers everything but ``made_at``, ``expires_at`` and itself, so a plan edited by hand is recognised.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypeAlias, TypedDict, cast

import orjson

from syncagent.domain.changes import Change, Conflict, Evidence, Operation
from syncagent.domain.findings import Announcement, Breach, Finding, FindingState
from syncagent.domain.money import Money
from syncagent.domain.plans import Plan
from syncagent.domain.records import Fields, RecordRef, Scalar, System
from syncagent.domain.surrogates import without_surrogates
from syncagent.errors import StalePlan

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | bool | None"

NOT_HASHED = ("digest", "made_at", "expires_at")


class RefDoc(TypedDict):
    """A record reference; ``id`` is null for a record that is yet to be created."""

    system: System
    object: str
    id: str | None


class EvidenceDoc(TypedDict):
    """One fact."""

    field: str
    value: Scalar
    text: str


class MoneyDoc(TypedDict):
    """Minor units with their currency."""

    amount_minor: int
    currency: str


class ChangeDoc(TypedDict):
    """One change."""

    id: str
    record: RefDoc
    operation: Operation
    field: str | None
    before: Scalar
    after: Scalar | Fields
    origin: str
    reason: str
    evidence: list[EvidenceDoc]
    money: MoneyDoc | None
    owner: str | None
    counterpart: RefDoc | None
    requires: list[str]


def ref_to_doc(ref: RecordRef) -> RefDoc:
    """Write a reference."""
    return {"system": ref.system, "object": ref.object, "id": ref.id or None}


def ref_from_doc(doc: RefDoc) -> RecordRef:
    """Read a reference."""
    return RecordRef(doc["system"], doc["object"], doc["id"] or "")


def evidence_to_doc(evidence: Sequence[Evidence]) -> list[EvidenceDoc]:
    """Write evidence."""
    return [{"field": item.field, "value": item.value, "text": item.text} for item in evidence]


def change_to_doc(change: Change) -> ChangeDoc:
    """Write one change in the stable form."""
    return {
        "id": change.id,
        "record": ref_to_doc(change.ref),
        "operation": change.operation,
        "field": change.field,
        "before": change.before,
        "after": dict(change.after) if isinstance(change.after, Mapping) else change.after,
        "origin": change.origin,
        "reason": change.reason,
        "evidence": evidence_to_doc(change.evidence),
        "money": {"amount_minor": change.money.amount_minor, "currency": change.money.currency}
        if change.money
        else None,
        "owner": change.owner,
        "counterpart": ref_to_doc(change.counterpart) if change.counterpart else None,
        "requires": list(change.requires),
    }


def change_from_doc(doc: ChangeDoc) -> Change:
    """Read one change."""
    money, counterpart = doc["money"], doc.get("counterpart")
    return Change(
        ref=ref_from_doc(doc["record"]),
        operation=doc["operation"],
        field=doc["field"],
        before=doc["before"],
        after=doc["after"],
        origin=doc["origin"],
        reason=doc["reason"],
        evidence=tuple(Evidence(**item) for item in doc["evidence"]),
        money=Money(money["amount_minor"], money["currency"]) if money else None,
        owner=doc["owner"],
        counterpart=ref_from_doc(counterpart) if counterpart else None,
        requires=tuple(doc["requires"]),
        id=doc["id"],
    )


def _finding_to_doc(finding: Finding) -> dict[str, Json]:
    return {
        "policy": finding.policy,
        "record": cast("Json", ref_to_doc(finding.ref)),
        "severity": finding.severity,
        "state": finding.state.value,
        "due": finding.due.isoformat() if finding.due else None,
        "evidence": cast("Json", evidence_to_doc(finding.evidence)),
        "proposed": list(finding.proposed),
    }


def _finding_from_doc(doc: Mapping[str, Json]) -> Finding:
    due = cast("str | None", doc["due"])
    return Finding(
        policy=cast("str", doc["policy"]),
        ref=ref_from_doc(cast("RefDoc", doc["record"])),
        severity=cast("str", doc["severity"]),  # type: ignore[arg-type]  # written by us, checked by the digest
        state=FindingState(cast("str", doc["state"])),
        evidence=tuple(Evidence(**item) for item in cast("list[EvidenceDoc]", doc["evidence"])),
        due=date.fromisoformat(due) if due else None,
        proposed=tuple(cast("list[str]", doc["proposed"])),
    )


def _conflict_to_doc(conflict: Conflict) -> dict[str, Json]:
    return {
        "pair": conflict.pair,
        "field": conflict.field,
        "salesforce": cast("Json", ref_to_doc(conflict.salesforce)),
        "hubspot": cast("Json", ref_to_doc(conflict.hubspot)),
        "salesforce_value": conflict.salesforce_value,
        "hubspot_value": conflict.hubspot_value,
        "base": conflict.base,
        "reason": conflict.reason,
    }


def _conflict_from_doc(doc: Mapping[str, Json]) -> Conflict:
    return Conflict(
        pair=cast("str", doc["pair"]),
        field=cast("str", doc["field"]),
        salesforce=ref_from_doc(cast("RefDoc", doc["salesforce"])),
        hubspot=ref_from_doc(cast("RefDoc", doc["hubspot"])),
        salesforce_value=cast("Scalar", doc["salesforce_value"]),
        hubspot_value=cast("Scalar", doc["hubspot_value"]),
        base=cast("Scalar", doc["base"]),
        reason=cast("str", doc["reason"]),
    )


def plan_to_doc(plan: Plan) -> dict[str, Json]:
    """Write the whole plan in the stable form; extra keys tell which configuration and history it belongs to."""
    return {
        "digest": plan.digest,
        "org": plan.org,
        "made_at": plan.made_at.isoformat(),
        "expires_at": plan.expires_at.isoformat(),
        "generation": plan.generation,
        "configuration": plan.configuration,
        "undoes": plan.undoes,
        "changes": [cast("Json", change_to_doc(change)) for change in plan.changes],
        "findings": [_finding_to_doc(finding) for finding in plan.findings],
        "conflicts": [_conflict_to_doc(conflict) for conflict in plan.conflicts],
        "breaches": [
            {
                "brake": item.brake,
                "scope": item.scope,
                "limit": item.limit,
                "measured": item.measured,
                "changes": list(item.changes),
            }
            for item in plan.breaches
        ],
        "announcements": [
            {
                "policy": item.policy,
                "record": cast("Json", ref_to_doc(item.ref)),
                "due": item.due.isoformat(),
                "changes": list(item.changes),
            }
            for item in plan.announcements
        ],
        "forecast": dict(sorted(plan.forecast.items())),
    }


def plan_to_json(plan: Plan) -> bytes:
    """Render the plan's document, indented, ending in a newline."""
    return _bytes(plan_to_doc(plan), orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def digest_of(document: Mapping[str, Json]) -> str:
    """Hash a plan document (64 hex digits of SHA-256 over its canonical JSON)."""
    hashed = {key: value for key, value in document.items() if key not in NOT_HASHED}
    return hashlib.sha256(_bytes(hashed, orjson.OPT_SORT_KEYS)).hexdigest()


def _bytes(document: Mapping[str, Json], option: int) -> bytes:
    """Render JSON; a lone surrogate, which no document can hold, becomes U+FFFD in the text and in the digest alike."""
    try:
        return orjson.dumps(document, option=option)
    except TypeError:
        return orjson.dumps(without_surrogates(document), option=option)


def plan_from_json(text: bytes) -> Plan:
    """Read a plan document and prove that it is as it was made.

    Raises:
        StalePlan: not a plan, damaged, or edited after it was made.
    """
    try:
        doc = cast("dict[str, Json]", orjson.loads(text))
        if digest_of(doc) != doc["digest"]:
            raise StalePlan(
                "this plan was changed after it was made: its content does not match its digest; make a new plan"
            )
        return Plan(
            digest=doc["digest"],
            org=cast("str", doc["org"]),
            made_at=datetime.fromisoformat(cast("str", doc["made_at"])),
            expires_at=datetime.fromisoformat(cast("str", doc["expires_at"])),
            changes=tuple(change_from_doc(item) for item in cast("list[ChangeDoc]", doc["changes"])),
            findings=tuple(_finding_from_doc(item) for item in cast("list[dict[str, Json]]", doc["findings"])),
            conflicts=tuple(_conflict_from_doc(item) for item in cast("list[dict[str, Json]]", doc["conflicts"])),
            breaches=tuple(_breach_from_doc(item) for item in cast("list[dict[str, Json]]", doc["breaches"])),
            announcements=tuple(
                _announcement_from_doc(item) for item in cast("list[dict[str, Json]]", doc["announcements"])
            ),
            forecast=cast("dict[System, int]", doc["forecast"]),
            configuration=cast("str", doc["configuration"]),
            generation=cast("int", doc["generation"]),
            undoes=cast("str | None", doc["undoes"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StalePlan(f"this is not a plan syncagent made ({error!r}); make one with `syncagent plan`") from None


def _announcement_from_doc(doc: Mapping[str, Json]) -> Announcement:
    return Announcement(
        policy=cast("str", doc["policy"]),
        ref=ref_from_doc(cast("RefDoc", doc["record"])),
        due=date.fromisoformat(cast("str", doc["due"])),
        changes=tuple(cast("list[str]", doc["changes"])),
    )


def _breach_from_doc(doc: Mapping[str, Json]) -> Breach:
    return Breach(
        brake=cast("str", doc["brake"]),
        scope=cast("str", doc["scope"]),
        limit=cast("str", doc["limit"]),
        measured=cast("str", doc["measured"]),
        changes=tuple(cast("list[str]", doc["changes"])),
    )
