"""What was planted where: written to truth.json so that a test can compare it with what the agent finds."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import orjson


class Truth:
    """Collects planted dirt by kind; every item is a small mapping with the ids concerned."""

    def __init__(self) -> None:
        self._planted: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)

    def plant(self, kind: str, **item: Any) -> None:
        """Note one planted thing; what has no value is left out."""
        self._planted[kind].append({name: value for name, value in item.items() if value is not None})

    def counts(self) -> dict[str, int]:
        """How often each kind was planted, by name."""
        return {kind: len(self._planted[kind]) for kind in sorted(self._planted)}

    def write(self, path: Path, about: dict[str, Any]) -> None:
        """Write `about` and everything planted."""
        planted = {kind: {"count": len(items), "items": items} for kind, items in sorted(self._planted.items())}
        content = {**about, "planted": planted}
        path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
