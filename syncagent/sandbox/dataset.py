"""The dataset folder: the records and settings a sandbox starts from and can be saved to."""

import gc
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

HUBSPOT_TYPES = ("contacts", "companies", "deals", "tasks", "calls", "meetings", "emails", "notes")
ASSOCIATIONS = "associations"
ENV_FILE = "sandbox.env"
TRUTH_FILE = "truth.json"  # what a generator planted; for whoever checks the agent, not for the sandbox

_LEGAL = (
    "org.yaml, salesforce/<SObject>.jsonl, hubspot/associations.jsonl and "
    f"hubspot/<type>.jsonl for {', '.join(HUBSPOT_TYPES)}"
)
_IGNORED = re.compile(r"\..*|README.*|" + re.escape(ENV_FILE) + "|" + re.escape(TRUTH_FILE))


class DatasetError(ValueError):
    """A dataset folder cannot be read; the message names the file and the line."""


@dataclass(slots=True)
class Dataset:
    """Settings, the rows of each object by name, and the HubSpot associations."""

    org: dict[str, Any]
    salesforce: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    hubspot: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    associations: list[dict[str, Any]] = field(default_factory=list)


def load_dataset(folder: Path | str) -> Dataset:
    """Read a dataset folder; a file that is none of the format's own raises DatasetError."""
    root = Path(folder)
    if not (root / "org.yaml").is_file():
        raise DatasetError(f"{root}: there is no org.yaml; a dataset folder holds {_LEGAL}.")
    dataset = Dataset(_read_yaml(root / "org.yaml"))
    for path in sorted(root.rglob("*")):
        if path.is_dir() or _IGNORED.fullmatch(path.name) or path == root / "org.yaml":
            continue
        system, name = _place_of(path, root)
        if (system, name) == ("hubspot", ASSOCIATIONS):
            dataset.associations = read_rows(path)
        else:
            getattr(dataset, system)[name] = read_rows(path)
    return dataset


def save_dataset(dataset: Dataset, folder: Path | str) -> None:
    """Write a dataset folder: the same dataset gives the same bytes; files of objects without rows are not written."""
    root = Path(folder)
    root.mkdir(parents=True, exist_ok=True)
    (root / "org.yaml").write_bytes(_yaml_bytes(dataset.org))
    hubspot = {**dataset.hubspot, ASSOCIATIONS: dataset.associations}
    for system, objects in (("salesforce", dataset.salesforce), ("hubspot", hubspot)):
        (root / system).mkdir(exist_ok=True)
        for name, rows in objects.items():
            if rows:
                write_rows(root / system / f"{name}.jsonl", rows)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Run a bulk load without the garbage collector, which would walk the growing data over and over."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a .jsonl file, blank lines skipped."""
    rows = []
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.isspace():
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise DatasetError(f"{path}:{number}: not JSON: {error}.") from None
            if not isinstance(row, dict):
                raise DatasetError(f"{path}:{number}: a JSON object is expected.")
            rows.append(row)
    return rows


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object per line, keys in the order given."""
    with path.open("wb") as out:
        out.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def _place_of(path: Path, root: Path) -> tuple[str, str]:
    relative = path.relative_to(root)
    system, name = relative.parts[0], path.stem
    known = len(relative.parts) == 2 and path.suffix == ".jsonl"  # noqa: PLR2004 - folder and file
    if known and system == "salesforce" and re.fullmatch(r"[A-Za-z]\w*", name):
        return system, name
    if known and system == "hubspot" and name in (*HUBSPOT_TYPES, ASSOCIATIONS):
        return system, name
    raise DatasetError(f"{path}: not part of the dataset format; legal are {_LEGAL}.")


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        data = YAML(typ="safe", pure=True).load(path.read_bytes())
    except (YAMLError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: not YAML: {error}") from None
    if not isinstance(data, dict):
        raise DatasetError(f"{path}: keys and values are expected.")
    return data


def _yaml_bytes(data: Mapping[str, Any]) -> bytes:
    writer = YAML(typ="rt", pure=True)
    writer.default_flow_style = False
    writer.width = 120
    out = io.BytesIO()
    writer.dump(data, out)
    return out.getvalue()
