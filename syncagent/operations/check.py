"""Check configuration without a network: every file's form and meaning, and the policies' own cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from syncagent.attribution.write_back_file import attribution_schema, load_write_back
from syncagent.domain.records import System
from syncagent.errors import ConfigurationError, Problem
from syncagent.hygiene import VIEWS, load_policy, policy_schema, run_cases
from syncagent.kpi import kpi_schema, load_metrics
from syncagent.merging.live import check_fields
from syncagent.merging.load import load_mapping
from syncagent.merging.schema import mapping_schema
from syncagent.operations.configuration import ATTRIBUTION, files_of, same_names
from syncagent.operations.installation import Installation

Kind: TypeAlias = Literal["mapping", "input", "attribution", "policy", "kpi"]
_FOLDERS: Mapping[str, Kind] = {
    "mappings": "mapping",
    "inputs": "input",
    "attribution": "attribution",
    "policies": "policy",
    "kpi": "kpi",
}


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was found to be in order, one line a file."""

    lines: tuple[str, ...]


def schema_of(kind: Kind) -> Mapping[str, object]:
    """Give the JSON Schema of a kind of configuration file."""
    schemas = {"mapping": mapping_schema, "attribution": attribution_schema, "policy": policy_schema, "kpi": kpi_schema}
    if kind not in schemas:
        raise ConfigurationError([Problem("--schema", 0, 0, f"{kind} files have no schema yet")])
    return schemas[kind]()


def check(config: Path, paths: Sequence[Path]) -> CheckReport:
    """Check the named files and folders, or everything in force in the configuration.

    Raises:
        ConfigurationError: every problem of every file as file:line:column.
    """
    files = _expand(paths) if paths else _in_force(config)
    problems: list[Problem] = []
    lines: list[str] = []
    names: list[tuple[str, str, Path]] = []
    for path, kind in files:
        try:
            name, remark = _check_file(path, kind)
        except ConfigurationError as error:
            problems += error.problems
        except OSError as error:
            problems.append(Problem(str(path), 0, 0, f"cannot be read: {error.strerror}"))
        else:
            names.append((kind, name, path))
            lines.append(f"ok {path}: {remark}")
    for kind in ("mapping", "policy"):
        problems += same_names([(name, path) for what, name, path in names if what == kind], kind)
    if problems:
        raise ConfigurationError(problems)
    return CheckReport(tuple(lines))


def _in_force(config: Path) -> list[tuple[Path, Kind]]:
    found: list[tuple[Path, Kind]] = [(path, "mapping") for path in files_of(config, "mappings")]
    found += [(path, "attribution") for path in files_of(config, ATTRIBUTION)]
    found += [(path, "policy") for path in files_of(config, "policies")]
    return found + [(path, "kpi") for path in files_of(config, "policies/kpi")]


def _expand(paths: Sequence[Path]) -> list[tuple[Path, Kind]]:
    found: list[tuple[Path, Kind]] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.rglob("*.yaml"))
            if not inside:
                raise ConfigurationError([Problem(str(path), 0, 0, "holds no .yaml file")])
            found += [(item, _kind(item)) for item in inside]
        else:
            found.append((path, _kind(path)))
    return found


def _kind(path: Path) -> Kind:
    """Tell a file's kind by its folder, else by its first telling key."""
    if path.parent.name in _FOLDERS:
        return _FOLDERS[path.parent.name]
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    keys = {line.split(":")[0] for line in text.splitlines() if ":" in line}
    told: Kind | None = next((kind for kind in ("policy", "attribution") if kind in keys), None)
    if told:
        return told
    return "kpi" if "metrics" in keys else "mapping"


def _check_file(path: Path, kind: Kind) -> tuple[str, str]:
    text = path.read_bytes()
    if kind == "policy":
        policy = load_policy(text, str(path))
        failures = run_cases(policy)
        if failures:
            raise ConfigurationError([Problem(str(path), 0, 0, str(failure)) for failure in failures])
        return policy.name, f"policy {policy.name}, {len(policy.cases)} cases pass"
    if kind == "kpi":
        metrics = load_metrics(text, str(path), {name: view.types() for name, view in VIEWS.items()})
        return path.stem, f"{len(metrics)} metrics"
    if kind == "attribution":
        name, rules = load_write_back(text, str(path))
        return name, f"attribution {name}, {len(rules)} models"
    if kind == "input":
        raise ConfigurationError([Problem(str(path), 1, 1, "input files are not supported yet")])
    mapping = load_mapping(text, str(path))
    return mapping.name, f"mapping {mapping.name}, {len(mapping.fields)} fields"


def check_live(installation: Installation) -> list[str]:
    """Compare every mapping with the fields both systems really have.

    Raises:
        ConfigurationError: unknown, read-only or unfitting fields, at their place in the mapping.
    """
    described = {}
    problems: list[Problem] = []
    lines: list[str] = []
    for mapping in installation.configuration.mappings:
        for system, object_name in mapping.objects():
            key: tuple[System, str] = (system, object_name)
            if key not in described:
                described[key] = installation.connector(system).describe(object_name)
        found = check_fields(mapping, described)
        problems += found
        if not found:
            lines.append(f"ok {mapping.name}: every mapped field exists, fits and can be written where it must be")
    if problems:
        raise ConfigurationError(problems)
    return lines
