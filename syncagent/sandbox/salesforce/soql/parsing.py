"""Query text to syntax tree."""

from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from syncagent.sandbox.salesforce.soql.complaining import complain, malformed
from syncagent.sandbox.salesforce.soql.syntax import (
    Call,
    Comparison,
    FieldGroup,
    Junction,
    Negation,
    Ordering,
    Path,
    Position,
    Query,
    Selected,
    Value,
)

LENGTH_MAX = 100_000
_KINDS = {
    "STRING": "string",
    "NUMBER": "number",
    "INTEGER": "number",
    "DATE": "date",
    "DATETIME": "datetime",
    "DATE_LITERAL": "date_literal",
    "TRUE": "boolean",
    "FALSE": "boolean",
    "NULL": "null",
}


@lru_cache(maxsize=256)
def parse(text: str) -> Query:
    """The syntax tree of a query; raises Refusal MALFORMED_QUERY pointing at the first token that does not fit."""
    if len(text) > LENGTH_MAX:
        raise malformed(f"SOQL statements cannot be longer than {LENGTH_MAX} characters.")
    try:
        query: Query = _parser().parse(text)  # type: ignore[assignment] # lark cannot know what the transformer returns
    except UnexpectedInput as error:
        raise _refuse(text, error) from None
    return query


@lru_cache(maxsize=1)
def _parser() -> Lark:
    grammar = FilePath(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=True, transformer=_Builder())


def _refuse(text: str, error: UnexpectedInput) -> Exception:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        at = Position(error.token.line or 1, error.token.column or 1)
        return complain("MALFORMED_QUERY", text, at, f"unexpected token: '{error.token}'")
    if isinstance(error, UnexpectedCharacters):
        at = Position(error.line, error.column)
        return complain("MALFORMED_QUERY", text, at, f"unexpected token: '{error.char}'")
    lines = text.splitlines() or [""]
    at = Position(len(lines), len(lines[-1]) + 1)
    return complain("MALFORMED_QUERY", text, at, "unexpected token: '<EOF>'")


def _at(token: Token) -> Position:
    return Position(token.line or 1, token.column or 1)


class _Builder(Transformer[Token, Query]):
    """Builds the tree while the parser reads; each method is named after its grammar rule."""

    def start(self, children: list[Any]) -> Query:
        query: Query = children[0]
        return query

    def query(self, children: list[Any]) -> Query:
        *selected, source, where, group, order, limit, offset = children
        name, alias = source
        return Query(
            selected=tuple(selected),
            source=str(name),
            alias=str(alias) if alias else None,
            at=_at(name),
            where=where,
            group=group[0] if group else (),
            having=group[1] if group else None,
            order=order or (),
            limit=limit,
            offset=offset or 0,
        )

    def selected(self, children: list[Any]) -> Selected:
        expression, alias = children
        return Selected(expression, str(alias) if alias else None)

    def nested(self, children: list[Any]) -> Query:
        query: Query = children[0]
        return query

    def field_group(self, children: list[Any]) -> FieldGroup:
        return FieldGroup(children[0].upper())

    def source(self, children: list[Any]) -> tuple[Any, Any]:
        return children[0], children[-1]

    def where(self, children: list[Any]) -> Any:
        return children[0]

    def group(self, children: list[Any]) -> tuple[Any, Any]:
        *keys, having = children
        return tuple(keys), having

    having = where

    def order(self, children: list[Any]) -> tuple[Any, ...]:
        return tuple(children)

    def ordering(self, children: list[Any]) -> Ordering:
        expression, direction, nulls = children
        return Ordering(expression, str(direction).upper() == "DESC", str(nulls).upper() == "LAST")

    def limit(self, children: list[Any]) -> int:
        return int(children[0])

    offset = limit

    def all_of(self, children: list[Any]) -> Junction:
        return Junction(every=True, terms=tuple(children))

    def any_of(self, children: list[Any]) -> Junction:
        return Junction(every=False, terms=tuple(children))

    def negation(self, children: list[Any]) -> Negation:
        return Negation(children[0])

    def comparison(self, children: list[Any]) -> Comparison:
        left, operator, right = children
        return Comparison(left, "!=" if operator == "<>" else operator.upper(), right)

    def among(self, children: list[Any]) -> Comparison:
        return Comparison(children[0], "IN", children[1])

    def not_among(self, children: list[Any]) -> Comparison:
        return Comparison(children[0], "NOT IN", children[1])

    def includes(self, children: list[Any]) -> Comparison:
        return Comparison(children[0], "INCLUDES", children[1])

    def excludes(self, children: list[Any]) -> Comparison:
        return Comparison(children[0], "EXCLUDES", children[1])

    def values(self, children: list[Any]) -> tuple[Any, ...]:
        return tuple(children)

    def path(self, children: list[Any]) -> Path:
        return Path(tuple(str(part) for part in children), _at(children[0]))

    def call(self, children: list[Any]) -> Call:
        function, argument = children
        return Call(function.upper(), argument, _at(function))

    def value(self, children: list[Any]) -> Value:
        token: Token = children[0]
        return Value(_KINDS[token.type], str(token), _at(token))
