"""Compares rendered text with a file people review; UPDATE_GOLDEN=1 rewrites the file."""

from __future__ import annotations

import os
from pathlib import Path

FILES = Path(__file__).parent / "files"


def assert_golden(name: str, rendered: str | bytes) -> None:
    """Compare byte for byte; a missing file is an error unless files are being rewritten."""
    data = rendered.encode() if isinstance(rendered, str) else rendered
    file = FILES / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
    assert file.is_file(), f"{file} is missing; run `make golden` and review it"
    assert data.decode() == file.read_bytes().decode(), f"{name} differs; if meant, run `make golden` and review it"
