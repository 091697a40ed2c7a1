"""Halves of characters that some systems leave behind when they cut a text; no UTF-8 document can hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def without_surrogates(value: object) -> object:
    """Give a document with each lone surrogate (half an emoji) as U+FFFD; whole characters stay as they are."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {without_surrogates(key): without_surrogates(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [without_surrogates(item) for item in value]
    return value
