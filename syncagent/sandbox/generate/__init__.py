"""Generates a believable Japanese B2B software company: two years of history in both systems, and its dirt."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from syncagent.sandbox.generate.accounts import Book
from syncagent.sandbox.generate.campaigns import plan_programme, write_programme
from syncagent.sandbox.generate.identifiers import Ids, salesforce_id
from syncagent.sandbox.generate.leads import write_leads
from syncagent.sandbox.generate.moments import CLOCK_TEXT
from syncagent.sandbox.generate.organisation import organisation_yaml
from syncagent.sandbox.generate.sheets import Sheets
from syncagent.sandbox.generate.staff import hire, user_row
from syncagent.sandbox.generate.strays import write_strays
from syncagent.sandbox.generate.streams import Streams
from syncagent.sandbox.generate.workshop import Workshop

__all__ = ["Summary", "generate"]

CONTACTS_LEAST, CONTACTS_MOST = 20, 200_000


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written where: rows by object (Salesforce and HubSpot names) and planted dirt by kind."""

    folder: Path
    rows: Mapping[str, int]
    planted: Mapping[str, int]


def generate(out_dir: Path, *, seed: int = 7, contacts: int = 1200) -> Summary:
    """Write a dataset folder with this many Salesforce contacts; everything else scales with them, the staff does not.

    The same seed and number give the same bytes. Raises ValueError when `contacts` is out of range.
    """
    if not CONTACTS_LEAST <= contacts <= CONTACTS_MOST:
        raise ValueError(
            f"contacts is {contacts:,}; an org can be generated with {CONTACTS_LEAST} to {CONTACTS_MOST:,} contacts."
        )
    out_dir.mkdir(parents=True, exist_ok=True)
    streams, ids = Streams(seed), Ids()
    staff = hire(ids)
    with Sheets(out_dir) as sheets:
        workshop = Workshop(streams, ids, sheets, staff, plan_programme(streams, ids, contacts))
        for member in staff.members:
            sheets.salesforce("User", user_row(staff, member, salesforce_id("Profile", 1)))
        Book(workshop, contacts).fill()
        write_leads(workshop, contacts // 2)
        write_strays(workshop, contacts * 3 // 20)
        write_programme(workshop.programme, streams, staff, sheets, workshop.truth)
    (out_dir / "org.yaml").write_bytes(organisation_yaml(staff))
    rows = {name: sheets.rows[name] for name in sorted(sheets.rows)}
    workshop.truth.write(
        out_dir / "truth.json", {"seed": seed, "contacts": contacts, "clock": CLOCK_TEXT, "rows": rows}
    )
    return Summary(out_dir, rows, workshop.truth.counts())
