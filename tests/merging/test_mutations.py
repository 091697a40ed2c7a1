"""Randomly damaged mapping files: a mapping or a placed problem, never anything else."""

from __future__ import annotations

import random

import pytest

from syncagent.errors import ConfigurationError, Problem
from syncagent.merging import load_mapping
from tests.merging.reading import CASES, MAPPINGS

_PIECES = (
    "\t",
    " ",
    "\n",
    ":",
    ": ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    "#",
    "&a ",
    "*a",
    "!",
    "|",
    ">",
    "%",
    "@",
    "\\",
)
_WORDS = (
    "null",
    "5",
    "-1",
    "1.5",
    "true",
    "rule",
    "fields",
    "Lead",
    "contacts",
    "max",
    "[[[",
    "{a: b}",
    "髙",
    "\x00",
    "",
)
_SEEDS = 12
_MUTATIONS = 400


def _small() -> str:
    """Give the cases' own mapping, which holds a word of everything."""
    text = (CASES / "mapping/mistakes.yaml").read_text(encoding="utf-8")
    block = text[text.index("mapping: |\n") + len("mapping: |\n") : text.index("cases:\n")]
    return "\n".join(line.removeprefix("  ") for line in block.splitlines()) + "\n"


def _damaged(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text))
        end = min(len(text), start + chance.choice((0, 0, 1, 1, 2, 8, 40)))
        kind = chance.randrange(5)
        if kind == 0:
            text = text[:start] + text[end:]
        elif kind == 1:
            text = text[:start] + chance.choice(_PIECES) + text[start:]
        elif kind == 2:
            text = text[:start] + chance.choice(_WORDS) + text[end:]
        elif kind == 3:
            text = text[:start] + text[start:end] * 2 + text[end:]
        else:
            lines = text.splitlines(keepends=True)
            chance.shuffle(lines)
            text = (
                "".join(lines) if chance.random() < 0.1 else text[:start] + chr(chance.randrange(0x3000)) + text[start:]
            )
        text = text or " "
    return text


@pytest.mark.parametrize("seed", range(_SEEDS))
def test_a_damaged_mapping_is_a_mapping_or_a_placed_problem(seed: int) -> None:
    chance = random.Random(seed)
    shipped = (MAPPINGS / "person.yaml").read_text(encoding="utf-8")
    refused = 0
    for number in range(_MUTATIONS):
        text = _damaged(shipped if number % 10 == 0 else _small(), chance)
        raw = text.encode("utf-8", "surrogatepass")
        if number % 25 == 0:
            place = chance.randrange(len(raw))
            raw = raw[:place] + bytes([chance.randrange(256)]) + raw[place:]
        problems = _problems(raw)
        refused += problems != ()
        lines = text.count("\n") + 2
        assert all(1 <= problem.line <= lines and problem.column >= 1 and problem.message for problem in problems)
    assert refused > _MUTATIONS / 3


def _problems(raw: bytes) -> tuple[Problem, ...]:
    try:
        load_mapping(raw, "m.yaml")
    except ConfigurationError as error:
        return error.problems or (Problem("no problem told", 0, 0, ""),)
    return ()
