"""Writes Salesforce records: 200 in one collections call, or one under a server-side condition."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from syncagent.connectors.protocol import Write, WriteKind, WriteResult
from syncagent.connectors.replies import Refusal, failed
from syncagent.connectors.salesforce.client import Client
from syncagent.connectors.salesforce.schema import Schema
from syncagent.domain.changes import Outcome
from syncagent.errors import Defect

COLLECTION_MAX = 200

_LATER = frozenset({"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "REQUEST_RUNNING_TOO_LONG", "REQUEST_LIMIT_EXCEEDED"})
_EXISTING = re.compile(r"duplicates value on record with id: (\w{15,18})")


def batch_max(kind: WriteKind, *, guarded: bool) -> int:
    """Tell how many records one call carries; only a single PATCH can be guarded."""
    return 1 if guarded and kind == "update" else COLLECTION_MAX


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes records of one object."""

    client: Client
    schema: Schema

    def write(self, writes: Sequence[Write]) -> list[WriteResult]:
        """Send one call; a write we can see to be impossible is rejected without being sent."""
        _check(writes)
        bodies: dict[str, dict[str, Any]] = {}
        results: dict[str, WriteResult] = {}
        for write in writes:
            refused = self._refuse(write)
            if refused:
                results[write.key] = refused
            else:
                bodies[write.key] = {name: self.schema.encode(name, value) for name, value in self._values(write)}
        sendable = [write for write in writes if write.key in bodies]
        if sendable:
            results.update((result.key, result) for result in self._send(sendable, bodies))
        return [results[write.key] for write in writes]

    def _values(self, write: Write) -> list[tuple[str, Any]]:
        """Give the values to send; the unique value of a create is one of them."""
        return list({**write.fields, **dict([write.unique] if write.unique else [])}.items())

    def _refuse(self, write: Write) -> WriteResult | None:
        for name, value in self._values(write):
            if name not in self.schema.fields:
                text = f"{self.schema.object} has no field {name} visible to the integration user; not sent"
                return WriteResult(write.key, Outcome.REJECTED, write.id, "INVALID_FIELD", text)
            try:
                self.schema.encode(name, value)
            except ValueError as error:
                text = f"{name}: {error}; not sent"
                return WriteResult(write.key, Outcome.REJECTED, write.id, "INVALID_VALUE", text)
        return None

    def _send(self, writes: Sequence[Write], bodies: Mapping[str, dict[str, Any]]) -> list[WriteResult]:
        first = writes[0]
        if first.unmodified_since is not None:
            return [self._patch_guarded(first, bodies[first.key], first.unmodified_since)]
        if first.kind == "archive":
            ids = ",".join(str(write.id) for write in writes)
            query = {"ids": ids, "allOrNone": "false"}
            return _results(writes, self.client.write("DELETE", "composite/sobjects", query=query))
        attributes = {"attributes": {"type": self.schema.object}}
        records = [
            {**attributes, **({"id": write.id} if write.kind == "update" else {}), **bodies[write.key]}
            for write in writes
        ]
        path, method = "composite/sobjects", "PATCH" if first.kind == "update" else "POST"
        if first.unique:
            path, method = f"{path}/{self.schema.object}/{first.unique[0]}", "PATCH"
        return _results(writes, self.client.write(method, path, body={"allOrNone": False, "records": records}))

    def _patch_guarded(self, write: Write, body: Mapping[str, Any], since: datetime) -> WriteResult:
        """Update one record unless it changed after ``since`` (compared by Salesforce, to the second)."""
        headers = {"If-Unmodified-Since": format_datetime(since.astimezone(UTC).replace(microsecond=0), usegmt=True)}
        path = f"sobjects/{self.schema.object}/{write.id}"
        try:
            self.client.write("PATCH", path, body=body, headers=headers)
        except Refusal as error:
            if error.status == 412:  # noqa: PLR2004 - HTTP: precondition failed
                text = f"{self.schema.object} {write.id} was changed after {since.isoformat()}; not written"
                return WriteResult(write.key, Outcome.STALE, write.id, error.code, text)
            return _refused(write, error.code, str(error))
        return WriteResult(write.key, Outcome.APPLIED, write.id)


def _check(writes: Sequence[Write]) -> None:
    kinds = {write.kind for write in writes}
    uniques = {write.unique[0] if write.unique else None for write in writes if write.kind == "create"}
    guarded = [write for write in writes if write.unmodified_since is not None]
    if len(kinds) > 1 or len(uniques) > 1:
        raise Defect("one Salesforce call carries writes of one kind and one unique field")
    if any((write.id is None) != (write.kind == "create") for write in writes):
        raise Defect("updates and archives name their record's id, creates have none")
    if len({write.key for write in writes}) < len(writes) or len(writes) > COLLECTION_MAX:
        raise Defect(f"one Salesforce call carries at most {COLLECTION_MAX} writes with different keys")
    if guarded and (len(writes) > 1 or kinds != {"update"}):
        raise Defect("only a single update can be guarded by unmodified_since; Salesforce has no guarded delete")


def _results(writes: Sequence[Write], answer: Any) -> list[WriteResult]:
    items = answer if isinstance(answer, list) else []
    if len(items) != len(writes):
        raise failed("salesforce", "write", f"salesforce answered {len(items)} results to {len(writes)} writes")
    return [_result(write, item) for write, item in zip(writes, items, strict=True)]


def _result(write: Write, item: Mapping[str, Any]) -> WriteResult:
    if item.get("success"):
        existed = write.kind == "create" and item.get("created") is False
        text = "a record with this unique value existed and was updated" if existed else ""
        return WriteResult(write.key, Outcome.APPLIED, item.get("id") or write.id, "EXISTED" if existed else "", text)
    errors = item.get("errors") or [{}]
    first = errors[0]
    text = "; ".join(_text(error) for error in errors)
    return _refused(write, str(first.get("statusCode") or first.get("errorCode") or ""), text)


def _text(error: Mapping[str, Any]) -> str:
    fields = error.get("fields") or ()
    return f"{error.get('message', '')} (fields: {', '.join(fields)})" if fields else str(error.get("message", ""))


def _refused(write: Write, code: str, text: str) -> WriteResult:
    """Tell a lock, which passes, from a refusal, which stays; name the record that is in the way."""
    later = code in _LATER or any(name in text for name in ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access"))
    existing = _EXISTING.search(text)
    record_id = write.id or (existing[1] if existing else None)
    return WriteResult(write.key, Outcome.RETRY if later else Outcome.REJECTED, record_id, code, text)
