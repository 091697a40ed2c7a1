"""What the schema cannot say of a policy file: numbers, keys and words that contradict each other."""

from __future__ import annotations

import string
from collections.abc import Iterator

from syncagent.errors import Problem
from syncagent.hygiene.schema import PolicySection, WordsSection
from syncagent.hygiene.views import JUDGED
from syncagent.language.yaml import Document, Path, nearest, problem_at

PLACEHOLDERS = ("age_days", "due", "label", "policy", "since", "stage")
"""What a policy's sentences may mention in braces."""


def rule_problems(section: PolicySection, document: Document) -> Iterator[Problem]:
    """Find numbers and keys that contradict each other."""
    yield from _clock_problems(section, document)
    yield from _action_problems(section, document)
    yield from _notice_problems(section, document)


def _clock_problems(section: PolicySection, document: Document) -> Iterator[Problem]:
    limit, days = section.threshold, _days(section)
    if (section.clock == "field") is not (section.clock_field is not None):
        yield problem_at(document, ("clock",), "clock: field and clock_field go together")
    if section.clock_field is not None and section.clock_field not in days:
        message = f"{section.clock_field!r} is no day column: {nearest(section.clock_field, days)}"
        yield problem_at(document, ("clock_field",), message)
    if section.clock == "stage" and "stage" not in JUDGED[section.over].types():
        yield problem_at(document, ("clock",), f"{section.over} have no stage; use clock: created or field")
    if limit.days and limit.months:
        yield problem_at(document, ("threshold",), "give days or months, not both")
    if section.clock is None and (limit.days or limit.months or section.action.close is not None):
        yield problem_at(document, ("clock",), "a threshold and a close need a clock: stage, created or field")


def _action_problems(section: PolicySection, document: Document) -> Iterator[Problem]:
    days, columns = _days(section), JUDGED[section.over].judged()
    for index, route in enumerate(section.action.routes):
        if route.due is not None and route.due not in days:
            message = f"{route.due!r} is no day column: {nearest(route.due, days)}"
            yield problem_at(document, ("action", "routes", index, "due"), message)
    for index, column in enumerate(section.shows):
        if column not in columns:
            yield problem_at(document, ("shows", index), f"unknown column {column!r}: {nearest(column, columns)}")
    if section.action.close is None:
        return
    if section.action.routes:
        yield problem_at(document, ("action", "routes"), "a policy closes or routes, not both", key=True)
    if section.over != "opportunities":
        yield problem_at(document, ("action", "close"), "only opportunities can be closed as lost", key=True)


def _notice_problems(section: PolicySection, document: Document) -> Iterator[Problem]:
    limit, warn = section.threshold, section.warn_days_before
    if section.action.close is not None and warn < 1:
        yield problem_at(document, ("warn_days_before",), "nobody is closed unwarned: at least 1 day")
    if warn and warn >= limit.days + limit.months * 28:
        yield problem_at(document, ("warn_days_before",), "the warning must lie inside the threshold")
    if section.grace_days is not None and section.grace_days < warn:
        message = f"a late warning may not be shorter than an ordinary one ({warn} days)"
        yield problem_at(document, ("grace_days",), message)


def _days(section: PolicySection) -> list[str]:
    return [name for name, kind in JUDGED[section.over].judged().items() if kind == "day"]


def sentence_problems(section: PolicySection, document: Document) -> Iterator[Problem]:
    """Find braces in sentences that name nothing we can fill in."""
    sentences: list[tuple[Path, WordsSection]] = [
        (("messages", "warn"), section.messages.warn),
        (("messages", "act"), section.messages.act),
    ]
    if section.action.close is not None:
        sentences.append((("action", "close", "detail"), section.action.close.detail))
    for path, words in sentences:
        for language, sentence in (("en", words.en), ("ja", words.ja)):
            try:
                names = [name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None]
            except ValueError:
                yield problem_at(document, (*path, language), "a brace is not closed; write {{ for a plain brace")
                continue
            for name in (name for name in names if name not in PLACEHOLDERS):
                message = f"{{{name}}} is not known: {nearest(name, PLACEHOLDERS)}"
                yield problem_at(document, (*path, language), message)
