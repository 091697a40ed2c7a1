"""Changes as documents: what the journal keeps of a change reads back as the same change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Required, TypedDict

import orjson

from syncagent.domain.changes import Change, Evidence, Operation
from syncagent.domain.money import Money
from syncagent.domain.records import Fields, RecordRef, Scalar, System
from syncagent.store.documents import canonical

_RefDoc = tuple[System, str, str]


class _ChangeDoc(TypedDict, total=False):
    """A change in the journal; what is absent has its default."""

    id: Required[str]
    ref: Required[_RefDoc]
    operation: Required[Operation]
    field: str | None
    before: Scalar
    after: Scalar | Fields
    origin: Required[str]
    reason: Required[str]
    evidence: list[tuple[str, Scalar, str]]
    money: tuple[int, str] | None
    owner: str | None
    counterpart: _RefDoc | None
    requires: list[str]


def change_text(change: Change) -> str:
    """Render a change, money and evidence included, as canonical JSON."""
    return canonical(
        {
            "id": change.id,
            "ref": _ref_list(change.ref),
            "operation": change.operation,
            "field": change.field,
            "before": change.before,
            "after": dict(change.after) if isinstance(change.after, Mapping) else change.after,
            "origin": change.origin,
            "reason": change.reason,
            "evidence": [[fact.field, fact.value, fact.text] for fact in change.evidence],
            "money": [change.money.amount_minor, change.money.currency] if change.money else None,
            "owner": change.owner,
            "counterpart": _ref_list(change.counterpart) if change.counterpart else None,
            "requires": list(change.requires),
        }
    )


def change_of(text: str) -> Change:
    """Undo :func:`change_text`."""
    doc: _ChangeDoc = orjson.loads(text)
    money, counterpart = doc.get("money"), doc.get("counterpart")
    return Change(
        ref=RecordRef(*doc["ref"]),
        operation=doc["operation"],
        field=doc.get("field"),
        before=doc.get("before"),
        after=doc.get("after"),
        origin=doc["origin"],
        reason=doc["reason"],
        evidence=tuple(Evidence(*fact) for fact in doc.get("evidence", [])),
        money=Money(*money) if money else None,
        owner=doc.get("owner"),
        counterpart=RecordRef(*counterpart) if counterpart else None,
        requires=tuple(doc.get("requires", ())),
        id=doc["id"],
    )


def _ref_list(ref: RecordRef) -> list[str]:
    return [ref.system, ref.object, ref.id]
