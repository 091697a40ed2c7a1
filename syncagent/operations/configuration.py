"""Load mappings and policies of a configuration folder, or the ones the product ships, with every problem at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import syncagent
from syncagent.attribution.write_back import WriteBack
from syncagent.attribution.write_back_file import load_write_back, refuse_shared_fields
from syncagent.errors import ConfigurationError, Problem
from syncagent.hygiene.load import load_policy
from syncagent.hygiene.policy import Policy
from syncagent.merging.load import load_mapping
from syncagent.merging.mapping import RecordMapping
from syncagent.operations.installation import Configuration

Part = TypeVar("Part", RecordMapping, Policy, tuple[str, tuple[WriteBack, ...]])

ATTRIBUTION = "mappings/attribution"
"""The folder of the files that say which fields attribution is written to."""


def shipped(kind: str) -> Path:
    """Give the folder of shipped mappings or policies: package data when installed, the repository when editable."""
    package = Path(syncagent.__file__).parent
    installed = package / "defaults" / kind
    return installed if installed.is_dir() else package.parent / kind


def files_of(config: Path, kind: str) -> list[Path]:
    """List the files of a kind in force: the configuration's own folder when it has one, else the shipped ones."""
    own = config / kind
    return sorted((own if own.is_dir() else shipped(kind)).glob("*.yaml"))


def load_configuration(config: Path) -> Configuration:
    """Read all mappings and policies in force.

    Raises:
        ConfigurationError: every problem of every file, each as file:line:column.
    """
    problems: list[Problem] = []
    mappings = _load(files_of(config, "mappings"), load_mapping, problems)
    policies = _load(files_of(config, "policies"), load_policy, problems)
    written = _load(files_of(config, ATTRIBUTION), load_write_back, problems)
    problems += refuse_shared_fields([(str(path), rules) for (_name, rules), path in written])
    problems += same_names([(item.name, path) for item, path in mappings], "mapping")
    problems += same_names([(item.name, path) for item, path in policies], "policy")
    if problems:
        raise ConfigurationError(problems)
    texts = [path.read_bytes() for _item, path in (*mappings, *policies, *written)]
    digest = hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]
    return Configuration(
        tuple(item for item, _path in mappings),
        tuple(item for item, _path in policies),
        digest,
        config,
        tuple(rule for (_name, rules), _path in written for rule in rules),
    )


def _load(paths: list[Path], load: Callable[[bytes, str], Part], problems: list[Problem]) -> list[tuple[Part, Path]]:
    found: list[tuple[Part, Path]] = []
    for path in paths:
        try:
            found.append((load(path.read_bytes(), str(path)), path))
        except ConfigurationError as error:
            problems += error.problems
        except OSError as error:
            problems.append(Problem(str(path), 0, 0, f"cannot be read: {error.strerror}"))
    return found


def same_names(named: list[tuple[str, Path]], what: str) -> list[Problem]:
    """Find files that define a name another file defines already."""
    first: dict[str, Path] = {}
    problems = []
    for name, path in named:
        if name in first:
            problems.append(Problem(str(path), 1, 1, f"{what} {name} is already defined in {first[name]}"))
        first.setdefault(name, path)
    return problems
