"""Errors about a query, in the wire's form: the line, a caret below the culprit, its place, and the reason."""

from syncagent.sandbox.salesforce.errors import Refusal
from syncagent.sandbox.salesforce.soql.syntax import Path, Position

_REFERENCE = "Please reference your WSDL or the describe call for the appropriate names."
# The wire quotes a stretch of a long line rather than all of it.
_BEFORE, _AFTER = 60, 40


def complain(code: str, text: str, at: Position, reason: str) -> Refusal:
    """A refusal that points into the query text."""
    lines = text.splitlines() or [""]
    line = lines[min(at.row, len(lines)) - 1]
    start = max(0, at.column - 1 - _BEFORE)
    quoted = line[start : at.column - 1 + _AFTER]
    caret = " " * (at.column - 1 - start) + "^"
    return Refusal(code, f"\n{quoted}\n{caret}\nERROR at Row:{at.row}:Column:{at.column}\n{reason}")


def malformed(reason: str) -> Refusal:
    """A query that breaks a rule without a place of its own."""
    return Refusal("MALFORMED_QUERY", reason)


def no_object(text: str, name: str, at: Position) -> Refusal:
    """FROM names an object that is not there."""
    reason = (
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append "
        f"the '__c' after the entity name. {_REFERENCE}"
    )
    return complain("INVALID_TYPE", text, at, reason)


def no_child(text: str, name: str, at: Position) -> Refusal:
    """A nested query names a child relationship that is not there."""
    reason = (
        f"Didn't understand relationship '{name}' in FROM part of query call. If you are attempting to use a custom "
        f"relationship, be sure to append the '__r' after the custom relationship name. {_REFERENCE}"
    )
    return complain("INVALID_TYPE", text, at, reason)


def no_parent(text: str, name: str, at: Position) -> Refusal:
    """A path goes through a parent relationship that is not there."""
    reason = (
        f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom relationship, "
        f"be sure to append the '__r' after the custom relationship name. {_REFERENCE}"
    )
    return complain("INVALID_FIELD", text, at, reason)


def no_field(text: str, path: Path, name: str, entity: str) -> Refusal:
    """A path ends in a field its object does not have."""
    reason = (
        f"No such column '{name}' on entity '{entity}'. If you are attempting to use a custom field, be sure to append "
        f"the '__c' after the custom field name. {_REFERENCE}"
    )
    return complain("INVALID_FIELD", text, path.at, reason)
