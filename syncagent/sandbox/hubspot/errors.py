"""HubSpot's error bodies."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson


class HubSpotError(Exception):
    """A refused request: status, category and message as HubSpot words them."""

    def __init__(
        self,
        status: int,
        category: str,
        message: str,
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        context: Mapping[str, list[str]] | None = None,
        sub_category: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.category = category
        self.message = message
        self.errors = list(errors)
        self.context = dict(context or {})
        self.sub_category = sub_category

    def body(self, correlation: str) -> dict[str, Any]:
        """The answer's body when the whole request is refused."""
        body: dict[str, Any] = {
            "status": "error",
            "message": self.message,
            "correlationId": correlation,
            "category": self.category,
        }
        if self.sub_category:
            body["subCategory"] = self.sub_category
        if self.context:
            body["context"] = self.context
        if self.errors:
            body["errors"] = self.errors
        return body

    def item(self, trace_id: str | None = None) -> dict[str, Any]:
        """The entry of a multi-status answer when one input of a batch is refused."""
        context = {**self.context, **({"objectWriteTraceId": [trace_id]} if trace_id else {})}
        return {
            "status": "error",
            "category": self.category,
            "message": self.message,
            "context": context,
            "errors": self.errors,
            "links": {},
        }


def bad_request(message: str) -> HubSpotError:
    """A malformed request."""
    return HubSpotError(400, "VALIDATION_ERROR", message)


def not_found(message: str = "resource not found", ids: Sequence[str] = ()) -> HubSpotError:
    """A record, property or route that is not there."""
    return HubSpotError(404, "OBJECT_NOT_FOUND", message, context={"ids": list(ids)} if ids else None)


def invalid_properties(problems: Sequence[tuple[str, str, str]], portal_id: int) -> HubSpotError:
    """Refused values; each problem is (property, code, message). The details are JSON inside the message, as sent."""
    details = [
        {
            "isValid": False,
            "message": message,
            "error": code,
            "name": name,
            "localizedErrorMessage": message,
            "portalId": portal_id,
        }
        for name, code, message in problems
    ]
    return HubSpotError(
        400,
        "VALIDATION_ERROR",
        f"Property values were not valid: {orjson.dumps(details).decode()}",
        errors=[
            {"message": message, "code": code, "context": {"propertyName": [name]}} for name, code, message in problems
        ],
    )
