"""Reads a generated dataset back, without the generator's own code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from syncagent.sandbox.generate import Summary

Row = dict[str, Any]


@dataclass(frozen=True)
class Generated:
    """A generated dataset: rows by file, by id, and the truth beside them."""

    summary: Summary
    salesforce: Mapping[str, list[Row]]
    hubspot: Mapping[str, list[Row]]
    truth: Row

    def planted(self, kind: str) -> list[Row]:
        items: list[Row] = self.truth["planted"][kind]["items"]
        return items

    def by_id(self, name: str) -> dict[str, Row]:
        if name in self.salesforce:
            return {row["Id"]: row for row in self.salesforce[name]}
        return {row["id"]: row for row in self.hubspot[name]}

    @property
    def clock(self) -> datetime:
        return datetime.fromisoformat(self.truth["clock"])


def read_dataset(summary: Summary) -> Generated:
    def rows(system: str) -> dict[str, list[Row]]:
        files = sorted((summary.folder / system).glob("*.jsonl"))
        return {path.stem: [orjson.loads(line) for line in path.read_bytes().splitlines()] for path in files}

    truth = orjson.loads((summary.folder / "truth.json").read_bytes())
    return Generated(summary, rows("salesforce"), rows("hubspot"), truth)


def local_day(stamp: str) -> date:
    """The Japanese calendar day of a wire timestamp, by the time zone database."""
    return datetime.fromisoformat(stamp).astimezone(ZoneInfo("Asia/Tokyo")).date()
