"""A policy file read, checked and turned into a :class:`Policy`; every mistake is placed at its line and column."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import orjson

from syncagent.domain.money import Money
from syncagent.errors import ConfigurationError, Problem
from syncagent.hygiene.load_cases import case_problems, read_cases
from syncagent.hygiene.load_rules import rule_problems, sentence_problems
from syncagent.hygiene.policy import Action, Brakes, Clock, Close, Messages, Policy, Route, Threshold, Words
from syncagent.hygiene.schema import CloseSection, PolicySection, WordsSection
from syncagent.hygiene.views import JUDGED
from syncagent.language.conditions import AllOf, Condition, ConditionError, Not
from syncagent.language.conditions_check import check
from syncagent.language.conditions_schema import ConditionModel, read_condition
from syncagent.language.where import parse_where
from syncagent.language.where_place import place_in_scalar
from syncagent.language.yaml import Document, Path, nearest, problem_at, read_yaml, validate

_WITHOUT_MEANING = {"mode", "label", "text", "source", "messages", "shows", "example", "cases"}


def policy_schema() -> dict[str, object]:
    """Give the JSON Schema of a policy file, for editors."""
    return PolicySection.model_json_schema(by_alias=True)


def load_policy(text: str | bytes, file: str) -> Policy:
    """Read one policy file.

    Raises:
        ConfigurationError: every problem found, each with file, line and column.
    """
    document = read_yaml(text, file)
    source = text.decode("utf-8-sig") if isinstance(text, bytes) else text
    section = validate(PolicySection, document)
    if section.over not in JUDGED:
        message = f"unknown view {section.over!r}: {nearest(section.over, JUDGED)}"
        raise ConfigurationError([problem_at(document, ("over",), message)])
    reader = _Conditions(source, document, section)
    condition = reader.read()
    routes = list(reader.routes())
    problems = [*reader.problems, *rule_problems(section, document), *sentence_problems(section, document)]
    problems += case_problems(section, JUDGED[section.over], document)
    if problems:
        raise ConfigurationError(problems)
    return _policy(section, condition, tuple(routes))


class _Conditions:
    """Reads ``where``, ``when`` and the exclusions into one condition, collecting problems."""

    def __init__(self, source: str, document: Document, section: PolicySection) -> None:
        self.source = source
        self.document = document
        self.section = section
        self.types = JUDGED[section.over].judged()
        self.problems: list[Problem] = []

    def read(self) -> Condition:
        """Everything the policy demands holds, and no exclusion does."""
        section = self.section
        parts = list(self.pair(section.where, section.when, ()))
        for index, exclusion in enumerate(section.exclude):
            path = ("exclude", index)
            excluded = tuple(self.pair(exclusion.where, exclusion.when, path))
            if excluded:
                parts.append(Not(excluded[0] if len(excluded) == 1 else AllOf(excluded)))
            elif exclusion.where is None and exclusion.when is None:
                self.problems.append(problem_at(self.document, path, "an exclusion needs where or when"))
        if section.where is None and section.when is None:
            message = "the policy speaks about every record; give where or when"
            self.problems.append(problem_at(self.document, ("policy",), message, key=True))
        return AllOf(tuple(parts))

    def routes(self) -> Iterator[Route]:
        """Read the rows of the action table."""
        for index, route in enumerate(self.section.action.routes):
            path = ("action", "routes", index)
            parts = tuple(self.pair(route.where, route.when, path))
            if route.where is None and route.when is None:
                self.problems.append(problem_at(self.document, path, "a route needs where or when"))
            yield Route(AllOf(parts), route.code, route.due or "", _words(route.label))

    def pair(self, where: str | None, when: ConditionModel | None, path: Path) -> Iterator[Condition]:
        """Read a text and a structured condition that stand beside each other."""
        if where is not None:
            yield from self.checked(lambda: parse_where(where), (*path, "where"))
        if when is not None:
            yield from self.checked(lambda: read_condition(when, (*path, "when")), (*path, "when"))

    def checked(self, read: Callable[[], Condition], path: Path) -> Iterator[Condition]:
        """Read and check one condition; a mistake becomes a problem at its place."""
        try:
            yield check(read(), self.types)
        except ConditionError as error:
            self.problems.append(self.placed(error, path))

    def placed(self, error: ConditionError, path: Path) -> Problem:
        """Point into the text of a ``where:``, or at the key of a structured condition."""
        if isinstance(error.at, tuple):
            return problem_at(self.document, error.at, str(error))
        place = self.document.values[path]
        line, column = place_in_scalar(self.source, place.line, place.column, error.at)
        return Problem(self.document.file, line, column, str(error))


def _policy(section: PolicySection, condition: Condition, routes: tuple[Route, ...]) -> Policy:
    grace = section.warn_days_before if section.grace_days is None else section.grace_days
    return Policy(
        name=section.policy,
        version=section.version,
        revision=_revision(section),
        mode=section.mode,
        label=_words(section.label),
        text=_words(section.text),
        source=section.source,
        over=section.over,
        condition=condition,
        clock=None if section.clock is None else Clock(section.clock, section.clock_field or ""),
        threshold=Threshold(section.threshold.days, section.threshold.months),
        warn_days_before=section.warn_days_before,
        grace_days=grace,
        outage_days_max=section.outage_days_max,
        holds_allowed=section.hold.allowed,
        action=_action(section, routes),
        brakes=_brakes(section),
        messages=Messages(_words(section.messages.warn), _words(section.messages.act)),
        precedence=section.precedence,
        shows=tuple(section.shows),
        cases=read_cases(section),
    )


def _revision(section: PolicySection) -> str:
    """Name the policy's meaning: whatever decides what is done, and no text."""
    meaning = section.model_dump(mode="json", by_alias=True, exclude=_WITHOUT_MEANING)
    return hashlib.sha256(orjson.dumps(meaning, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]


def _action(section: PolicySection, routes: tuple[Route, ...]) -> Action:
    action = section.action
    return Action(action.flag, _close(action.close), action.recycle or "", routes, action.digest)


def _close(section: CloseSection | None) -> Close | None:
    return None if section is None else Close(section.stage, section.reason, _words(section.detail))


def _brakes(section: PolicySection) -> Brakes:
    brakes = section.brakes
    money = brakes.money_max
    limit = None if money is None else Money.parse(money.amount, money.currency)
    return Brakes(brakes.changes_max, brakes.share_max_percent, limit, brakes.per_owner_max)


def _words(section: WordsSection) -> Words:
    return Words(section.en, section.ja)
