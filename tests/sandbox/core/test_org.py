"""org.yaml: what is accepted, and the words in which the rest is refused."""

from datetime import timedelta
from typing import Any

import pytest

from syncagent.sandbox.org import OrgError, OrgFile, read_moment

CLOCK = {"now": "2026-11-16T08:00:00+09:00"}


def test_least() -> None:
    org = OrgFile.parse({"version": 1, "clock": CLOCK})
    assert org.now.isoformat() == "2026-11-16T08:00:00+09:00"
    assert org.tick == timedelta(seconds=1)
    assert str(org.zone) == "UTC"
    assert org.currencies["corporate"] == "JPY"
    assert (org.salesforce, org.hubspot, org.switches) == ({}, {}, {})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 2}, "version: 2 is not known"),
        ({"version": "1"}, "version: a whole number is expected"),
        ({"colour": 1}, "colour: unknown key; legal are version, clock"),
        ({"clock": {}}, r"clock\.now: the key is missing"),
        ({"clock": []}, "clock: keys and values are expected"),
        ({"clock": {"now": "2026-11-16T08:00:00"}}, r"clock\.now: .* has no zone"),
        ({"clock": {"now": "soon"}}, r"clock\.now: 'soon' is not a date and time"),
        ({"clock": {**CLOCK, "tick_seconds": True}}, r"clock\.tick_seconds: a number is expected, not True"),
        ({"zone": "Mars/Base"}, "zone: 'Mars/Base' is not a time zone"),
        ({"hubspot": {"owners": {}}}, r"hubspot\.owners: a list is expected"),
        ({"hubspot": {"owners": [{"id": 101}]}}, r"hubspot\.owners\[0\]\.id: a text is expected, not 101"),
        ({"hubspot": {"limits": {"per_ten_seconds": "many"}}}, r"limits\.per_ten_seconds: a whole number is expected"),
        ({"salesforce": {"stages": [{"label": "x"}]}}, r"salesforce\.stages\[0\]\.name: the key is missing"),
        ({"switches": {"lag": 1}}, r"switches\.lag: a switch is named salesforce\.<name> or hubspot\.<name>"),
    ],
)
def test_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(OrgError, match=words):
        OrgFile.parse({"version": 1, "clock": CLOCK, **change})


def test_switches() -> None:
    org = OrgFile.parse({"version": 1, "clock": CLOCK, "switches": {"hubspot.lag": 3, "salesforce.x": True}})
    assert org.switches_of("hubspot", {"lag": 0, "other": False}) == {"lag": 3, "other": False}
    with pytest.raises(OrgError, match=r"salesforce\.x: no such switch; there are salesforce\.y"):
        org.switches_of("salesforce", {"y": False})
    with pytest.raises(OrgError, match="3 is not of kind bool"):
        org.switches_of("hubspot", {"lag": False})


def test_null_where_it_is_allowed() -> None:
    org = OrgFile.parse({"version": 1, "clock": CLOCK, "hubspot": {"limits": {"daily": None}}})
    assert org.hubspot["limits"] == {"daily": None}


def test_a_moment_may_be_one_already() -> None:
    moment = read_moment("2026-11-16T08:00:00Z", "x")
    assert read_moment(moment, "x") == moment
