"""ORDER BY over any number of keys."""

from collections.abc import Sequence
from dataclasses import dataclass

from syncagent.sandbox.salesforce.reading import Getter
from syncagent.sandbox.salesforce.schema import Field
from syncagent.sandbox.salesforce.soql.comparing import fold
from syncagent.sandbox.salesforce.table import Row


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key: the field's type for comparing, how to read it, and where nulls go."""

    field: Field
    get: Getter
    descending: bool
    nulls_last: bool


def sort_rows(rows: Sequence[Row], keys: Sequence[SortKey]) -> list[Row]:
    """The rows in order; equal ones keep theirs. Text sorts without case."""
    ordered = list(rows)
    for key in reversed(keys):
        ordered = _sort_by(ordered, key)
    return ordered


def _sort_by(rows: list[Row], key: SortKey) -> list[Row]:
    folding = fold(key.field)
    filled, empty = [], []
    for row in rows:
        value = key.get(row)
        if value is None:
            empty.append(row)
        else:
            filled.append((folding(value), row))
    filled.sort(key=lambda pair: pair[0], reverse=key.descending)
    ordered = [row for _, row in filled]
    return ordered + empty if key.nulls_last else empty + ordered
