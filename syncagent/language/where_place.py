"""Where a character of a ``where:`` text stands in the YAML file that holds it."""

from __future__ import annotations


def place_in_scalar(source: str, line: int, column: int, offset: int) -> tuple[int, int]:
    """Give the 1-based line and column of a text's character; ``line`` and ``column`` are the YAML value's own.

    Plain, quoted and block scalars are understood; escapes inside quotes shift the column by their length at most.
    """
    lines = source.splitlines()
    first = lines[line - 1]
    written = first[column - 1 :]
    if written[:1] in ("|", ">"):
        return _walk(lines, line, offset, _margin(next(filter(str.strip, lines[line:]), "")))
    start = column + 1 if written[:1] in ("'", '"') else column
    length = len(first) - start + 1
    if offset < length:
        return line, start + offset
    return _walk(lines, line, offset - length - 1, None)


def _walk(lines: list[str], index: int, offset: int, margin: int | None) -> tuple[int, int]:
    """Count characters line by line: a line break is one, the margin (of each line, if not given) is none."""
    for number in range(index, len(lines)):
        left = _margin(lines[number]) if margin is None else margin
        length = max(len(lines[number]) - left, 0)
        if offset <= length:
            return number + 1, left + offset + 1
        offset -= length + 1
    return len(lines), 1


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
