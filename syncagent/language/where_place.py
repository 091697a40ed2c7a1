"""Where a character of a ``where:`` text stands in the YAML file that holds it."""

from __future__ import annotations


def place_in_scalar(source: str, line: int, column: int, offset: int) -> tuple[int, int]:
    """Give the 1-based line and column of a text's character; ``line`` and ``column`` are the YAML value's own.

    Plain, quoted and block scalars are understood; escapes inside quotes shift the column by their length at most.
    """
    lines = source.splitlines()
    written = lines[line - 1][column - 1 :]
    if written[:1] in ("|", ">"):
        return _walk(lines, _first_content(lines, line), offset)
    start = column + 1 if written[:1] in ("'", '"') else column
    if offset <= len(lines[line - 1]) - start:
        return line, start + offset
    return _walk(lines, line, offset - (len(lines[line - 1]) - start + 2))


def _first_content(lines: list[str], header: int) -> int:
    """Give the 0-based index of the first line of a block scalar that is not blank."""
    blank = (index for index in range(header, len(lines)) if lines[index].strip())
    return next(blank, header)


def _walk(lines: list[str], index: int, offset: int) -> tuple[int, int]:
    """Count characters line by line; each line break is one character, indentation is none."""
    indent = len(lines[index]) - len(lines[index].lstrip(" "))
    while index < len(lines) - 1 and offset > len(lines[index]) - indent:
        offset -= len(lines[index]) - indent + 1
        index += 1
        indent = min(indent, len(lines[index]) - len(lines[index].lstrip(" ")))
    return index + 1, indent + offset + 1
