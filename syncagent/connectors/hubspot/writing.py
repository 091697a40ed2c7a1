"""Writes HubSpot records: 100 in one batch call, with a result for each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from syncagent.connectors.hubspot.client import Client
from syncagent.connectors.hubspot.schema import Schema
from syncagent.connectors.protocol import Write, WriteResult
from syncagent.connectors.replies import Refusal, failed
from syncagent.domain.changes import Outcome
from syncagent.errors import ConnectorError, Defect, OutcomeUnknown

BATCH_MAX = 100

_EXISTING = re.compile(r"[Ee]xisting ID: (\d+)|(\d+) already has that value")
_ONE_BAD_INPUT = frozenset({400, 404, 409})
_TRACE = "objectWriteTraceId"


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes records of one object."""

    client: Client
    schema: Schema

    def write(self, writes: Sequence[Write]) -> list[WriteResult]:
        """Send one call; a write we can see to be impossible is rejected without being sent.

        Where HubSpot refuses a whole batch because of one input, the batch is halved until that input is alone.
        """
        _check(writes)
        inputs: dict[str, dict[str, Any]] = {}
        results: dict[str, WriteResult] = {}
        for write in writes:
            refused = self._refuse(write)
            if refused:
                results[write.key] = refused
            else:
                inputs[write.key] = self._input(write)
        sendable = [write for write in writes if write.key in inputs]
        if sendable:
            results.update((result.key, result) for result in self._send(sendable, inputs))
        return [results[write.key] for write in writes]

    def _refuse(self, write: Write) -> WriteResult | None:
        for name, value in _values(write).items():
            if name not in self.schema.fields:
                text = f"{self.schema.object} has no property {name}; not sent"
                return WriteResult(write.key, Outcome.REJECTED, write.id, "PROPERTY_DOESNT_EXIST", text)
            try:
                self.schema.encode(name, value)
            except ValueError as error:
                return WriteResult(write.key, Outcome.REJECTED, write.id, "INVALID_DATE", f"{name}: {error}; not sent")
        return None

    def _input(self, write: Write) -> dict[str, Any]:
        if write.kind == "archive":
            return {"id": write.id}
        properties = {name: self.schema.encode(name, value) for name, value in _values(write).items()}
        # With a trace id on every input HubSpot judges each alone; without, one bad input fails the batch.
        body: dict[str, Any] = {_TRACE: write.key, "properties": properties}
        return {"id": write.id, **body} if write.kind == "update" else {"associations": [], **body}

    def _send(self, writes: Sequence[Write], inputs: Mapping[str, dict[str, Any]]) -> list[WriteResult]:
        body = {"inputs": [inputs[write.key] for write in writes]}
        try:
            answer = self.client.batch(self.schema.object, writes[0].kind, body)
        except Refusal as error:
            if error.status not in _ONE_BAD_INPUT:
                raise
            if len(writes) == 1:
                return [_rejected(writes[0], _code(error.body or {}) or error.code, str(error))]
            middle = len(writes) // 2
            return self._send_halves(writes[:middle], writes[middle:], inputs)
        if writes[0].kind == "archive":
            return [WriteResult(write.key, Outcome.APPLIED, write.id) for write in writes]
        return _results(writes, inputs, answer or {})

    def _send_halves(
        self, first: Sequence[Write], second: Sequence[Write], inputs: Mapping[str, dict[str, Any]]
    ) -> list[WriteResult]:
        """Send two halves; once something may be written, a failure that wrote nothing is a retry of its half."""
        done = self._send(first, inputs)
        try:
            return done + self._send(second, inputs)
        except OutcomeUnknown:
            raise
        except ConnectorError as error:
            if all(result.outcome is not Outcome.APPLIED for result in done):
                raise
            return done + [WriteResult(write.key, Outcome.RETRY, write.id, error.code, str(error)) for write in second]


def _values(write: Write) -> dict[str, Any]:
    """Give the values to send; the unique value of a create is one of them."""
    return {**write.fields, **dict([write.unique] if write.unique else [])}


def _check(writes: Sequence[Write]) -> None:
    ids = [write.id for write in writes if write.id is not None]
    if len({write.kind for write in writes}) > 1:
        raise Defect("one HubSpot call carries writes of one kind")
    if any((write.id is None) != (write.kind == "create") for write in writes):
        raise Defect("updates and archives name their record's id, creates have none")
    if len({write.key for write in writes}) < len(writes) or len(writes) > BATCH_MAX or len(set(ids)) < len(ids):
        raise Defect(f"one HubSpot call carries at most {BATCH_MAX} writes with different keys and records")


def _results(
    writes: Sequence[Write], inputs: Mapping[str, dict[str, Any]], answer: Mapping[str, Any]
) -> list[WriteResult]:
    """Map a batch answer to its writes; its order is HubSpot's own."""
    rejected = {_subject(error): error for error in answer.get("errors") or ()}
    rows = list(answer.get("results") or ())
    results = []
    for write in writes:
        error = rejected.get(write.key) or rejected.get(str(write.id))
        row = None if error else next((row for row in rows if _matches(row, write, inputs[write.key])), None)
        if error:
            results.append(_rejected(write, _code(error), str(error.get("message", ""))))
        elif row:
            rows.remove(row)
            results.append(WriteResult(write.key, Outcome.APPLIED, row["id"]))
        else:
            raise failed(
                "hubspot", "write", f"hubspot's answer says nothing about {write.kind} {write.id or ''}".strip()
            )
    return results


def _matches(row: Mapping[str, Any], write: Write, sent: Mapping[str, Any]) -> bool:
    """Tell whether a result row answers a write: by trace id, by record id, or, for a create, by what was sent."""
    if row.get(_TRACE):
        return bool(row[_TRACE] == write.key)
    if write.id is not None:
        return bool(row["id"] == write.id)
    names = [write.unique[0]] if write.unique else list(sent["properties"])
    return all(str(row["properties"].get(name) or "") == sent["properties"][name] for name in names)


def _subject(error: Mapping[str, Any]) -> str:
    """Give the key or the id an error of a partial answer is about."""
    context = error.get("context") or {}
    named = context.get(_TRACE) or context.get("ids") or context.get("id") or [""]
    return str(named[0])


def _code(error: Mapping[str, Any]) -> str:
    """Give the most exact code: the first detail's, else the category."""
    details = error.get("errors") or ()
    return next((str(detail["code"]) for detail in details if detail.get("code")), str(error.get("category") or ""))


def _rejected(write: Write, code: str, text: str) -> WriteResult:
    """Reject one write; a conflict (409, or a unique value that is taken) names the record that has the value."""
    existing = _EXISTING.search(text) if "CONFLICT" in code else None
    code = "CONFLICT" if existing else code
    record_id = write.id or (existing[1] or existing[2] if existing else None)
    return WriteResult(write.key, Outcome.REJECTED, record_id, code, text)
