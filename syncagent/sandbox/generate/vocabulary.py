"""The words of the generated company: the package's data files, read once."""

from functools import cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML


@cache
def words(name: str) -> Any:
    """The content of data/<name>.yaml; callers must not change it."""
    text = resources.files(__package__).joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    return YAML(typ="safe", pure=True).load(text)


@cache
def pairs(name: str, key: str) -> tuple[tuple[str, str], ...]:
    """A list of "written romaji" entries as pairs."""
    return tuple((written, romaji) for written, romaji in (entry.split(" ") for entry in words(name)[key]))


@cache
def shares(name: str, key: str) -> tuple[tuple[Any, float], ...]:
    """A list whose entries end with a share, as (value, share), or (tuple of values, share) where there are several."""
    return tuple((tuple(values) if values[1:] else values[0], share) for *values, share in words(name)[key])
