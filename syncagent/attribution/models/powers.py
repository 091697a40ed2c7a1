"""Powers of one half in integers, so that time decay gives the same shares on every machine."""

from __future__ import annotations

from functools import cache
from math import isqrt

PRECISION_BITS = 128
"""Shares carry this many binary digits (38 decimal ones) after the point."""

_BYTE_BITS = 8
_FRACTION_BYTES = 12
_FRACTION_BITS = _BYTE_BITS * _FRACTION_BYTES


@cache
def _tables() -> tuple[tuple[int, ...], ...]:
    """For each byte of the exponent's fraction, most significant first, 2 ** -(byte's value) for its 256 settings."""
    guard = 2 * PRECISION_BITS
    root = 1 << guard
    halvings: list[int] = []
    for _ in range(_FRACTION_BITS):
        root = isqrt(root << guard) if halvings else isqrt(1 << (2 * guard - 1))
        halvings.append(root)
    tables = []
    for start in range(0, _FRACTION_BITS, _BYTE_BITS):
        row = [1 << guard]
        for bit in reversed(halvings[start : start + _BYTE_BITS]):
            row += [value * bit >> guard for value in row]
        tables.append(tuple(value >> PRECISION_BITS for value in row))
    return tuple(tables)


def halve(elapsed: int, half_life: int, scale_bits: int) -> int:
    """Give 2 ** (scale_bits + PRECISION_BITS - elapsed / half_life) for 0 <= elapsed <= scale_bits * half_life.

    The exponent is taken to 96 binary places, so the relative error is below 1e-28.
    """
    whole, rest = divmod(elapsed, half_life)
    fraction = ((rest << _FRACTION_BITS) // half_life).to_bytes(_FRACTION_BYTES, "big")
    power = 1 << PRECISION_BITS
    for table, byte in zip(_tables(), fraction, strict=True):
        power = power * table[byte] >> PRECISION_BITS
    return power << (scale_bits - whole)
