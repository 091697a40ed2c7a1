"""Ratchets: sizes, annotations and the places where effects may live. Lower a number whenever the code allows it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "syncagent"
MODULES = sorted(PACKAGE.rglob("*.py"))
CODE_MODULES = [path for path in MODULES if path.name != "__init__.py"]

MODULE_LINES_MAX = 350
MODULE_LINES_MEDIAN = 120
FUNCTION_LINES_MAX = 60
FUNCTION_LINES_MEDIAN = 10

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, FUNCTION):
            yield node


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_no_module_is_too_long() -> None:
    long = {_name(path): _lines(path) for path in MODULES if _lines(path) > MODULE_LINES_MAX}
    assert long == {}


def test_the_median_module_is_short() -> None:
    assert median(_lines(path) for path in CODE_MODULES) <= MODULE_LINES_MEDIAN


def test_no_function_is_too_long() -> None:
    long = {
        f"{_name(path)}:{node.name}": _length(node)
        for path in MODULES
        for node in _functions(path)
        if _length(node) > FUNCTION_LINES_MAX
    }
    assert long == {}


def test_the_median_function_is_short() -> None:
    assert median(_length(node) for path in MODULES for node in _functions(path)) <= FUNCTION_LINES_MEDIAN


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def _outside(*allowed: str) -> list[Path]:
    return [path for path in MODULES if not _name(path).startswith(allowed)]


def test_any_lives_at_the_wire_only() -> None:
    assert [_name(path) for path in _outside("connectors/", "sandbox/") if "typing.Any" in _imports(path)] == []


def _calls(path: Path) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}


def test_only_interfaces_and_the_sandbox_print() -> None:
    assert [_name(path) for path in _outside("interfaces/", "sandbox/") if "print" in _calls(path)] == []


def test_only_settings_reads_the_environment() -> None:
    readers = [path for path in _outside("settings.py", "sandbox/") if "os.environ" in path.read_text()]
    assert [_name(path) for path in readers] == []


CLOCKS = {"datetime.now", "time.time", "date.today", "datetime.today", "datetime.utcnow", "time.time_ns"}


def test_only_the_edges_read_a_clock() -> None:
    edges = ("settings.py", "interfaces/", "sandbox/")
    assert {_name(path): found for path in _outside(*edges) if (found := _calls(path) & CLOCKS)} == {}


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "manager", "handler", "misc"])
def test_no_module_has_a_meaningless_name(word: str) -> None:
    assert [_name(path) for path in MODULES if word in path.stem.lower()] == []
