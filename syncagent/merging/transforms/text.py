"""Text: composed Unicode, line ends as one character, no control characters, no spaces around."""

from __future__ import annotations

import unicodedata

from syncagent.merging.transforms.transform import Spot, Transform


def clean(text: str) -> str:
    """Give text as both systems keep it: NFC, line feeds as line ends, trimmed, no controls or surrogates."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        char for char in composed if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"}
    ).strip()


def _read(value: str | int | bool, _: Spot) -> str:
    return clean(str(value))


def _write(canonical: str | int | bool, _: Spot) -> str:
    return str(canonical)


TRANSFORM = Transform("text", _read, _write)
