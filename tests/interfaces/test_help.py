"""Help answers at once: it loads none of the libraries that commands need."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from typer.main import get_command

from syncagent.interfaces.cli import app
from tests.installation import ROOT, clean_environment, command, run_here

HEAVY = (
    "sqlalchemy", "duckdb", "sqlglot", "requests", "simple_salesforce", "hubspot", "pydantic_settings",
    "structlog", "dbos", "starlette", "uvicorn", "jinja2", "ruamel", "tenacity",
)  # fmt: skip

PROBE = """
import sys
from syncagent.interfaces.cli import run
code = run(sys.argv[1:])
print(code, *sorted({name.split('.')[0] for name in sys.modules} & set(%r)), file=sys.stderr)
"""


def commands() -> Iterator[tuple[str, ...]]:
    """List every command of the tree by its words."""

    def walk(node: object, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        below: dict[str, object] = getattr(node, "commands", {})
        if not below:
            yield words
        for name, child in below.items():
            yield from walk(child, (*words, name))

    return walk(get_command(app), ())


ALL = sorted(commands())


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("apply", "--help"), ("sandbox", "serve", "--help")])
def test_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    with clean_environment():
        done = subprocess.run(
            [command()[0], "-c", PROBE % (HEAVY,), *words], cwd=ROOT, capture_output=True, text=True, check=True
        )
    assert done.stderr.split() == ["0"]
    assert done.stdout


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_command_has_help_with_an_example(words: tuple[str, ...]) -> None:
    said = run_here(*words, "--help")
    assert (said.code, said.err) == (0, "")
    assert f"syncagent {' '.join(words)}" in " ".join(said.out.split())
    assert "Example: syncagent" in said.out
