"""Measure the parts whose cost must stay in proportion, each beside a plain baseline in the same run.

Absolute seconds depend on the machine; the ratio is what to compare. Every figure is the median of the runs.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import orjson

from syncagent.attribution import Policy, arrange, credit, find_models
from syncagent.domain.journeys import Deal, Touchpoint
from syncagent.domain.money import Money
from syncagent.domain.records import Link, Record, RecordRef
from syncagent.merging.load import load_mapping
from syncagent.merging.merge import MergeContext, merge_link
from syncagent.store import mirror, open_store

NOW = datetime(2026, 11, 16, tzinfo=UTC)
RUNS = 3
RECORDS = 50_000
DEALS = 5_000
PAIRS = 5_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing and its baseline, in seconds."""

    name: str
    ours: float
    baseline: float
    against: str

    def __str__(self) -> str:
        """Render as one line."""
        return (
            f"{self.name}: {self.ours:.2f} s, {self.ours / self.baseline:.1f} x {self.against} ({self.baseline:.2f} s)"
        )


def timed(work: Callable[[], object]) -> float:
    """Give the median of several runs, in seconds."""
    taken = []
    for _run in range(RUNS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return median(taken)


def people(count: int) -> list[Record]:
    """Make records of the usual size."""
    return [
        Record(
            RecordRef("hubspot", "contacts", str(number)),
            {
                "email": f"p{number}@example.jp",
                "lastname": f"山田{number}",
                "phone": "+81312345678",
                "jobtitle": "課長",
            },
            NOW + timedelta(seconds=number),
            NOW,
        )
        for number in range(count)
    ]


def bench_intake() -> Figure:
    """Take records into an empty mirror; the baseline inserts the same documents with the bare driver."""
    records = people(RECORDS)

    def ours() -> None:
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(f"sqlite:///{folder}/state.db", org="bench")
            with store.write() as tx:
                mirror.upsert_records(tx, records, {("hubspot", "contacts")})
            store.close()

    def bare() -> None:
        with tempfile.TemporaryDirectory() as folder:
            connection = sqlite3.connect(Path(folder) / "bare.db")
            connection.execute("create table mirror (id text primary key, doc text, at integer)")
            rows = [(r.ref.id, orjson.dumps(dict(r.fields)).decode(), 0) for r in records]
            connection.executemany("insert into mirror values (?, ?, ?)", rows)
            connection.commit()
            connection.close()

    return Figure(f"intake of {RECORDS:,} records", timed(ours), timed(bare), "inserting them with the bare driver")


def bench_reread() -> Figure:
    """Take the same records in again; the baseline is the first intake."""
    records = people(RECORDS)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/state.db", org="bench")

        def take() -> None:
            with store.write() as tx:
                mirror.upsert_records(tx, records, set())

        began = time.perf_counter()
        take()
        first = time.perf_counter() - began
        again = timed(take)
        store.close()
    return Figure(f"the same {RECORDS:,} records again", again, first, "their first intake")


def bench_merge() -> Figure:
    """Merge pairs that agree; the baseline compares the two documents field by field."""
    text = (Path(__file__).parents[2] / "mappings" / "person.yaml").read_bytes()
    mapping = load_mapping(text, "person.yaml")
    context = MergeContext(zone=ZoneInfo("Asia/Tokyo"))
    pairs = []
    for record in people(PAIRS):
        fields = {"Email": record.get("email"), "LastName": record.get("lastname"), "Title": record.get("jobtitle")}
        sales = Record(RecordRef("salesforce", "Contact", f"003{record.ref.id:0>12}"), fields, NOW, NOW)
        pairs.append((Link("person", sales.ref, record.ref, "email"), sales, record))

    def ours() -> None:
        for link, sales, market in pairs:
            merge_link(mapping, link, sales, market, context)

    def plain() -> None:
        names = [(field.salesforce.get("Contact"), field.hubspot.get("contacts")) for field in mapping.fields]
        for _link, sales, market in pairs:
            [sales.get(one or "") == market.get(other or "") for one, other in names]

    return Figure(f"merging {PAIRS:,} pairs", timed(ours), timed(plain), "comparing their fields as they are")


def bench_attribution(models: Sequence[str] = ("first_touch", "linear")) -> Figure:
    """Credit deals exactly; the baseline shares them out in floats."""
    journeys = []
    for number in range(DEALS):
        closed = NOW - timedelta(days=number % 300)
        deal = Deal(f"d{number}", Money(1_000_001 + number, "JPY"), None, closed - timedelta(days=60), closed)
        touches = [Touchpoint(f"t{number}-{n}", closed - timedelta(days=9 * n), f"c{n % 5}") for n in range(8)]
        journeys.append(arrange(deal, touches, Policy(zone=ZoneInfo("UTC"))))

    def floats() -> None:
        for journey in journeys:
            share = journey.deal.amount.amount_minor / max(len(journey.touches), 1)
            for _model in models:
                [share * float(Fraction(1)) for _touch in journey.touches]

    ours = timed(lambda: credit(journeys, find_models(models)))
    return Figure(f"{len(models)} models over {DEALS:,} deals x 8 touches", ours, timed(floats), "the same in floats")


def main() -> int:
    """Run every measurement and print it."""
    for bench in (bench_intake, bench_reread, bench_merge, bench_attribution):
        print(bench())
    return 0


if __name__ == "__main__":
    sys.exit(main())
