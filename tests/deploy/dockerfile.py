"""Read a Dockerfile into instructions, as far as ours uses the language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Instruction:
    """One instruction: its word in capitals and the rest of its line."""

    word: str
    rest: str

    def words(self) -> list[str]:
        """Give the exec form, or the plain words."""
        if "[" in self.rest:
            found: list[str] = json.loads(self.rest[self.rest.index("[") :])
            return found
        return self.rest.split()


@dataclass
class Stage:
    """One FROM and what follows."""

    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def all(self, word: str) -> list[Instruction]:
        """List the instructions of one word."""
        return [instruction for instruction in self.instructions if instruction.word == word]

    def last(self, word: str) -> Instruction:
        """Give the instruction that counts where a later one replaces the earlier."""
        return self.all(word)[-1]

    def environment(self) -> dict[str, str]:
        """Give the variables the stage sets."""
        pairs = [pair.partition("=") for item in self.all("ENV") for pair in item.rest.split()]
        return {name: value for name, _sign, value in pairs}


def read_stages(path: Path) -> list[Stage]:
    """Give the stages of a Dockerfile."""
    stages: list[Stage] = []
    for instruction in _instructions(path.read_text()):
        if instruction.word == "FROM":
            name = re.search(r" AS (\w+)", instruction.rest)
            stages.append(Stage(name[1] if name else ""))
        elif stages:
            stages[-1].instructions.append(instruction)
    return stages


def _instructions(text: str) -> Iterator[Instruction]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            word, _space, rest = line.strip().partition(" ")
            yield Instruction(word.upper(), rest.strip())
