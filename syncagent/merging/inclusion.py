"""Which records a mapping speaks about at all."""

from __future__ import annotations

from syncagent.domain.records import Record, Scalar
from syncagent.merging.mapping import Inclusion, RecordMapping


def included(mapping: RecordMapping, record: Record) -> bool:
    """Tell whether a record of a mapped object passes every test the mapping has for that object."""
    if record.ref.object not in mapping.side(record.ref.system).objects:
        return False
    return all(_passes(test, record.get(test.field)) for test in mapping.include if test.object == record.ref.object)


def _passes(test: Inclusion, value: Scalar) -> bool:
    if test.test == "filled":
        return (value is not None and value != "") is test.values[0]
    known = any(_same(value, wanted) for wanted in test.values)
    return not known if test.test == "is_not" else known


def _same(value: Scalar, wanted: str | int | bool) -> bool:
    """Compare as both systems spell it: HubSpot says "true" and "5" where Salesforce says true and 5."""
    return value is not None and str(value).lower() == str(wanted).lower()
