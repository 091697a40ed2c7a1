"""The ``where:`` text: a safe subset of SQL, read by sqlglot and copied piece by piece into our own tree.

Only what is recognised here can reach the database: anything else (statements, subqueries, casts, other tables,
functions outside the list) has no counterpart in the tree and is refused where it stands.
"""

from __future__ import annotations

from typing import Literal

from sqlglot import exp, parse_one, tokenize
from sqlglot.errors import ParseError, TokenError

from syncagent.language.conditions import (
    AllOf,
    AnyOf,
    Call,
    Condition,
    ConditionError,
    Constant,
    Empty,
    Name,
    Not,
    OneOf,
    Operand,
    Order,
    Ordering,
    Same,
    Sum,
    Text,
    TextTest,
)
from syncagent.language.conditions_check import FUNCTIONS
from syncagent.language.yaml_words import nearest

TEXT_MAX = 4000
"""Characters a condition may have."""
DEPTH_MAX = 20
"""Levels of brackets and operators a condition may nest."""

_ORDER: dict[type[exp.Expr], Ordering] = {exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
_TESTS: dict[str, TextTest] = {"contains": "contains", "starts_with": "starts_with", "ends_with": "ends_with"}


def parse_where(text: str) -> Condition:
    """Read a condition such as ``is_closed = false and age(created_day) >= 30``.

    Raises:
        ConditionError: with the offset in the text and what may be written instead.
    """
    if len(text) > TEXT_MAX:
        raise ConditionError(f"the condition has {len(text)} characters; {TEXT_MAX} is the most", 0)
    _refuse_hidden_text(text)
    try:
        parsed = parse_one(text, read="duckdb")
    except ParseError as error:
        raise ConditionError(*_explain(error, text)) from None
    except RecursionError:
        raise ConditionError(f"the condition nests deeper than {DEPTH_MAX} levels", 0) from None
    return _Reader(text).condition(parsed, 0)


def _refuse_hidden_text(text: str) -> None:
    """Refuse what a reviewer may overlook: comments, and a second statement behind a semicolon."""
    try:
        tokens = tokenize(text, read="duckdb")
    except TokenError:
        raise ConditionError("the condition cannot be read: a quote or bracket is not closed", 0) from None
    if not tokens:
        raise ConditionError("the condition is empty", 0)
    for token in tokens:
        if token.comments:
            raise ConditionError("comments are not allowed inside a condition; use a YAML comment", token.start)
        if token.text == ";":
            raise ConditionError("a condition is one expression; ; is not allowed", token.start)


def _explain(error: ParseError, text: str) -> tuple[str, int]:
    """Name the word sqlglot stumbled over; its own reasons speak of its classes and help nobody."""
    detail = error.errors[0]
    before, marked = str(detail.get("start_context") or ""), str(detail.get("highlight") or "")
    offset = max(text.find(before + marked), 0) + len(before)
    return f"the condition cannot be read at {marked!r}: something is missing or stands in the wrong place", offset


class _Reader:
    """Copies sqlglot's tree into ours; what has no counterpart is refused."""

    def __init__(self, text: str) -> None:
        self.text = text

    def at(self, node: exp.Expr) -> int:
        """Give the offset of the first written part of a node."""
        starts = [int(part.meta["start"]) for part in node.walk() if "start" in part.meta]
        return min(starts, default=0)

    def refuse(self, node: exp.Expr, advice: str = "") -> ConditionError:
        """Name what was written and what is possible."""
        function = self.function(node)
        if function and function not in {*FUNCTIONS, *_TESTS}:
            known = nearest(function, {*FUNCTIONS, *_TESTS})
            return ConditionError(f"function {function} is not allowed: {known}", self.at(node))
        what = node.sql("duckdb")[:60]
        advice = advice or "a condition compares fields, values and listed functions with and, or, not"
        return ConditionError(f"{what} is not allowed here: {advice}", self.at(node))

    def condition(self, node: exp.Expr, depth: int) -> Condition:
        """Copy something that is true or false."""
        if depth > DEPTH_MAX:
            raise ConditionError(f"the condition nests deeper than {DEPTH_MAX} levels", self.at(node))
        match node:
            case exp.Paren():
                return self.condition(node.this, depth + 1)
            case exp.And() | exp.Or():
                kind = AllOf if isinstance(node, exp.And) else AnyOf
                return kind(tuple(self.condition(part, depth + 1) for part in node.flatten()))
            case exp.Not():
                return Not(self.condition(node.this, depth + 1))
            case _:
                return self.leaf(node, depth + 1)

    def leaf(self, node: exp.Expr, depth: int) -> Condition:
        """Copy a comparison, a membership, a test for emptiness, a text test, or a bare yes/no field."""
        at = self.at(node)
        match node:
            case exp.EQ() | exp.NEQ():
                op: Literal["=", "<>"] = "=" if isinstance(node, exp.EQ) else "<>"
                return Same(self.operand(node.this, depth), op, self.operand(node.expression, depth), at)
            case exp.LT() | exp.LTE() | exp.GT() | exp.GTE():
                left, right = self.operand(node.this, depth), self.operand(node.expression, depth)
                return Order(left, _ORDER[type(node)], right, at)
            case exp.Between():
                operand = self.operand(node.this, depth)
                low, high = self.operand(node.args["low"], depth), self.operand(node.args["high"], depth)
                return AllOf((Order(operand, ">=", low, at), Order(operand, "<=", high, at)))
            case exp.In():
                return self.one_of(node, depth)
            case exp.Is():
                return self.empty(node, depth)
            case exp.Column():
                return Same(self.operand(node, depth), "=", Constant(True, at), at)
            case _:
                return self.text_test(node, depth)

    def one_of(self, node: exp.In, depth: int) -> Condition:
        """Copy ``x in ('a', 'b')``; only constants, no subquery."""
        if not node.expressions or any(node.args.get(other) for other in ("query", "unnest", "field")):
            raise self.refuse(node, "write in ('a', 'b') with values only")
        return OneOf(self.operand(node.this, depth), tuple(map(self.constant, node.expressions)), self.at(node))

    def empty(self, node: exp.Is, depth: int) -> Condition:
        """Copy ``x is null``; ``is not null`` arrives wrapped in a Not."""
        if not isinstance(node.expression, exp.Null):
            raise self.refuse(node, "only is null and is not null; compare yes/no fields with = true")
        return Empty(self.operand(node.this, depth), self.at(node))

    def text_test(self, node: exp.Expr, depth: int) -> Condition:
        """Copy ``contains(field, 'text')`` and its siblings."""
        test, arguments = _TESTS.get(self.function(node)), self.arguments(node)
        if test is None or len(arguments) != 2:  # noqa: PLR2004  # the text and the part looked for
            pattern = isinstance(node, exp.Like | exp.ILike | exp.Glob | exp.SimilarTo | exp.RegexpLike)
            raise self.refuse(node, "for text use contains, starts_with or ends_with" if pattern else "")
        return Text(test, self.operand(arguments[0], depth), self.constant(arguments[1]), self.at(node))

    def operand(self, node: exp.Expr, depth: int) -> Operand:
        """Copy something that has a value."""
        if depth > DEPTH_MAX:
            raise ConditionError(f"the condition nests deeper than {DEPTH_MAX} levels", self.at(node))
        match node:
            case exp.Paren():
                return self.operand(node.this, depth + 1)
            case exp.Column():
                return self.name(node)
            case exp.Literal() | exp.Boolean() | exp.Neg() | exp.Null():
                return self.constant(node)
            case exp.Add() | exp.Sub():
                sign: Literal["+", "-"] = "+" if isinstance(node, exp.Add) else "-"
                left, right = self.operand(node.this, depth + 1), self.operand(node.expression, depth + 1)
                return Sum(left, sign, right, self.at(node))
            case _:
                return self.call(node, depth + 1)

    def name(self, node: exp.Column) -> Name:
        """Copy a field name; it stands alone, without a table before it."""
        if not isinstance(node.this, exp.Identifier) or len(node.parts) > 1:
            raise self.refuse(node, "write the field's name alone")
        return Name(node.name, self.at(node))

    def constant(self, node: exp.Expr) -> Constant:
        """Copy a text, a whole number, true or false."""
        match node:
            case exp.Boolean():
                return Constant(bool(node.this), self.at(node))
            case exp.Literal() if node.is_string:
                return Constant(str(node.this), self.at(node))
            case exp.Literal() if str(node.this).isdecimal():
                return Constant(int(node.this), self.at(node))
            case exp.Neg() if isinstance(node.this, exp.Literal) and str(node.this.this).isdecimal():
                return Constant(-int(node.this.this), self.at(node))
            case exp.Null():
                raise self.refuse(node, "test for an empty field with is null or is not null")
            case _:
                raise self.refuse(node, "a value is a 'text', a whole number, true or false")

    def call(self, node: exp.Expr, depth: int) -> Call:
        """Copy a function call of one argument; whether the function is listed is judged with the types."""
        name, arguments = self.function(node), self.arguments(node)
        if name not in FUNCTIONS or len(arguments) != 1:
            raise self.refuse(node)
        return Call(name, self.operand(arguments[0], depth), self.at(node))

    def function(self, node: exp.Expr) -> str:
        """Give a function's name as it was written, in lower case; empty when the node is no function."""
        if isinstance(node, exp.Trim):  # sqlglot keeps no place for it; ltrim and rtrim carry a position
            return "" if node.args.get("position") else "trim"
        if not isinstance(node, exp.Func) or "start" not in node.meta:
            return ""
        return self.text[int(node.meta["start"]) : int(node.meta["end"]) + 1].lower()

    def arguments(self, node: exp.Expr) -> list[exp.Expr]:
        """List a function's arguments in the order written."""
        return sorted(node.iter_expressions(), key=self.at)
