"""The errors of the REST API, as the wire spells them: an array of message, errorCode and, for records, fields."""

from typing import Any

from syncagent.sandbox.wire import Response


class Refusal(Exception):
    """A request or one record of it was refused. `fields` is None where the wire carries no such key."""

    def __init__(self, code: str, message: str, fields: tuple[str, ...] | None = None, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields = fields
        self.status = status

    def as_body(self) -> list[dict[str, Any]]:
        """The body of a single-record answer."""
        body: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            body["fields"] = list(self.fields)
        return [body]

    def as_result(self) -> dict[str, Any]:
        """One entry of a collections answer, where the key is statusCode and a failed record has no id."""
        error = {"statusCode": self.code, "message": self.message, "fields": list(self.fields or ())}
        return {"success": False, "errors": [error]}

    def as_response(self) -> Response:
        """The whole HTTP answer."""
        return Response.json(self.status, self.as_body())


def not_found(message: str = "The requested resource does not exist") -> Refusal:
    """A path or a record that is not there."""
    return Refusal("NOT_FOUND", message, status=404)


def not_allowed(method: str, allowed: list[str]) -> Refusal:
    """A method the resource does not know."""
    text = f"HTTP Method '{method}' not allowed. Allowed are {','.join(allowed)}"
    return Refusal("METHOD_NOT_ALLOWED", text, status=405)


def bad_json(message: str) -> Refusal:
    """A body that is not JSON, or JSON of another shape or kind than the resource reads."""
    return Refusal("JSON_PARSER_ERROR", message)


def session_expired() -> Refusal:
    """A missing, unknown or expired token."""
    return Refusal("INVALID_SESSION_ID", "Session expired or invalid", status=401)


def limit_exceeded() -> Refusal:
    """The daily requests are used up."""
    return Refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)


def required(names: list[str]) -> Refusal:
    """Fields that must hold a value."""
    return Refusal("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(names)}]", tuple(names))


def malformed_id(label: str, name: str, value: object) -> Refusal:
    """An id that is none, or is of another object than the field refers to."""
    return Refusal("MALFORMED_ID", f"{label}: id value of incorrect type: {value}", (name,))
