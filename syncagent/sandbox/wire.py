"""What travels between the HTTP server and the two emulated systems."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

JSON_TYPE = "application/json;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request: decoded path without the query, decoded query pairs in order, lower-case header names."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes = b""

    def param(self, name: str, default: str | None = None) -> str | None:
        """The first value of a query parameter, or the default."""
        return next((value for key, value in self.query if key == name), default)

    def params(self, name: str) -> list[str]:
        """Every value of a query parameter, in order."""
        return [value for key, value in self.query if key == name]

    def json(self) -> Any:
        """The body read as JSON; raises ValueError when it is none."""
        return orjson.loads(self.body)


@dataclass(slots=True)
class Response:
    """One HTTP answer; the server adds content-length and date."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, value: Any, headers: Mapping[str, str] | None = None) -> "Response":
        """An answer whose body is the value as JSON, keys in the order given."""
        return cls(status, orjson.dumps(value), {"content-type": JSON_TYPE, **(headers or {})})


@dataclass(frozen=True, slots=True)
class WriteNote:
    """One committed change to one record: the fields it touched, after and before."""

    operation: str
    object: str
    id: str
    fields: Mapping[str, Any]
    before: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The note as the call ledger shows it."""
        return {
            "operation": self.operation,
            "object": self.object,
            "id": self.id,
            "fields": dict(self.fields),
            "before": dict(self.before),
        }


@dataclass(slots=True)
class Writes:
    """Collects what one request committed; empty means that it changed nothing."""

    notes: list[WriteNote] = field(default_factory=list)

    def note(
        self,
        operation: str,
        object: str,  # noqa: A002 - the ledger's own word
        id: str,  # noqa: A002 - likewise
        fields: Mapping[str, Any] | None = None,
        before: Mapping[str, Any] | None = None,
    ) -> None:
        """Record one committed change (`create`, `update`, `delete`, `undelete`, `associate`, `dissociate`, ...)."""
        self.notes.append(WriteNote(operation, object, id, fields or {}, before or {}))

    def __iter__(self) -> Iterator[WriteNote]:
        return iter(self.notes)

    def __bool__(self) -> bool:
        return bool(self.notes)


class EditError(ValueError):
    """A person's edit that the system's own rules refuse; the message is what the person would read."""


class System(Protocol):
    """One emulated system behind the server. Calls never overlap, so a system needs no locks."""

    name: str

    def handle(self, request: Request, writes: Writes) -> Response:
        """Answer a request, noting in `writes` what was committed; `Clock.touch` once per committed write request."""
        ...

    def user_of(self, request: Request) -> str:
        """Who calls, for the ledger; an empty string when the token says nothing."""
        ...

    def refuse(self, kind: str, request: Request, retry_after: int | None) -> Response:
        """The system's own wording of an injected fault: `burst_429`, `expire_token` or `server_error`.

        `expire_token` also revokes the request's token if the system issued it; a fixed token is refused this once.
        """
        ...

    def snapshot(self) -> object:
        """An independent copy of the state, cheap to take."""
        ...

    def restore(self, state: object) -> None:
        """Return to a snapshot; the same snapshot may be restored many times."""
        ...

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """The records as dataset rows by file name without `.jsonl`."""
        ...

    def edit(self, object: str, id: str, fields: Mapping[str, Any], user: str, writes: Writes) -> None:  # noqa: A002
        """A person edits a record on the screen: the API's rules, that person's name; refused with EditError."""
        ...
