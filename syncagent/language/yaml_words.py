"""Words for messages: the nearest legal name, a short list, a value as a person would point at it."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

_SHOWN_MAX = 60
_LISTED_MAX = 12
_KINDS = {str: "text", bool: "true/false", int: "a number", float: "a number", list: "a list", dict: "a mapping"}


def nearest(name: str, legal: Iterable[str], *, count: int = 3) -> str:
    """Suggest the legal names nearest to a wrong one, or list what is legal: "did you mean 'email'?"."""
    names = sorted(set(legal))
    folded: dict[str, str] = {}
    for candidate in names:
        folded.setdefault(_fold(candidate), candidate)
    close = difflib.get_close_matches(_fold(name), list(folded), n=count, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(repr(folded[key]) for key in close)}?"
    return f"legal: {listed(names)}" if names else "nothing is legal here"


def listed(names: Iterable[str]) -> str:
    """List names, cut where the list gets long."""
    every = list(names)
    rest = len(every) - _LISTED_MAX
    return ", ".join(every[:_LISTED_MAX]) + (f" and {rest} more" if rest > 0 else "")


def shown(value: object) -> str:
    """Show a value in a message: quoted, with its kind, cut where it gets long."""
    if value is None:
        return "nothing"
    kind = _KINDS.get(type(value), type(value).__name__)
    if isinstance(value, (list, dict)):
        return kind
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    text = text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 3] + "..."
    return text if isinstance(value, str) else f"{kind} {text}".removeprefix("a ")


def _fold(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().replace("-", "_")
