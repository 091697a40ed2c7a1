"""A small company in both systems, and an installation of the agent pointed at it, for tests of the whole cycle.

The company is made by hand so that a test can name its records; :data:`TODAY` is a Monday morning in Tokyo.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import orjson

from syncagent.connectors.connection import Conduct
from syncagent.connectors.retrying import Patience
from syncagent.domain.records import canonical_id
from syncagent.interfaces.cli import run
from syncagent.interfaces.wiring import opened
from syncagent.operations.installation import Installation
from syncagent.sandbox import Sandbox
from syncagent.sandbox.dataset import Dataset
from tests.company_org import EXTERNAL, ID, INTEGRATION, SATO, TODAY, YAMAMOTO, Json, make_org

__all__ = ["EXTERNAL", "ID", "INTEGRATION", "SATO", "TODAY", "YAMAMOTO", "Json"]  # beside what is defined here

ROOT = Path(__file__).parents[1]
POLICY = "stage-stale-90"
CONTACTS, LEADS = 12, 6
"""Persons 1..12 are Salesforce contacts, 13..18 leads; HubSpot knows each under the same number."""


def salesforce_id(prefix: str, number: int) -> str:
    """Give an 18-character id."""
    return canonical_id("salesforce", f"{prefix}5g00000{number:05d}")


def person_id(number: int) -> str:
    """Give the Salesforce id of a person: a contact or a lead."""
    return salesforce_id("003" if number <= CONTACTS else "00Q", number)


def opportunity_id(number: int) -> str:
    """Give the Salesforce id of an opportunity; its HubSpot deal is ``str(7000 + number)``."""
    return salesforce_id("006", number)


NEW_CONTACTS, NEW_LEADS = (21, 22), (31, 32)
"""With ``newcomers``: people only HubSpot knows, and people only Salesforce knows."""


def make_company(*, deals: Sequence[int] = (83, 76), newcomers: bool = False) -> Dataset:
    """Make the dataset; one open opportunity per entry of ``deals``, so many days in its stage."""
    numbers = range(1, CONTACTS + LEADS + 1)
    contacts, leads = (NEW_CONTACTS, NEW_LEADS) if newcomers else ((), ())
    aged = list(enumerate(deals, start=1))
    return Dataset(
        org=make_org(),
        salesforce={
            "User": [_user(1, INTEGRATION, "連携"), _user(2, SATO, "佐藤"), _user(3, YAMAMOTO, "山本")],
            "Account": [{"Id": salesforce_id("001", 1), "Name": "雲商事株式会社", **_stamps(400)}],
            "Contact": [_contact(number) for number in numbers if number <= CONTACTS],
            "Lead": [_lead(number) for number in (*numbers, *leads) if number > CONTACTS],
            "Opportunity": [_opportunity(number, days) for number, days in aged],
            "OpportunityHistory": [row for number, days in aged for row in _history(number, days)],
        },
        hubspot={
            "contacts": [_hubspot_contact(number) for number in (*numbers, *contacts)],
            "deals": [_deal(number) for number, _days in aged],
        },
    )


def _person(number: int) -> dict[str, str]:
    return {
        "family": f"山田{number}",
        "given": "太郎",
        "email": f"yamada{number}@kaisha.example",
        "phone": f"03-1234-{number:04d}",
        "title": "課長",
    }


def _ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000%z")


def _stamps(days: int) -> Json:
    return {"CreatedDate": _ago(days), "LastModifiedDate": _ago(days), "SystemModstamp": _ago(days)}


def _user(number: int, name: str, family: str) -> Json:
    row = {"Id": salesforce_id("005", number), "Username": name, "Email": name, "LastName": family}
    return {**row, "Alias": f"u{number}", "IsActive": True}


def _salesforce_person(number: int) -> Json:
    person = _person(number)
    values = {"LastName": person["family"], "FirstName": person["given"], "Email": person["email"]}
    values |= {"Phone": person["phone"], "Title": person["title"], "OwnerId": salesforce_id("005", 2)}
    return {"Id": person_id(number), **values, **_stamps(200 - number)}


def _contact(number: int) -> Json:
    return {**_salesforce_person(number), "AccountId": salesforce_id("001", 1)}


def _lead(number: int) -> Json:
    return {**_salesforce_person(number), "Company": "雲商事株式会社"}


def _hubspot_contact(number: int) -> Json:
    person = _person(number)
    values = {"lastname": person["family"], "firstname": person["given"], "email": person["email"]}
    values |= {"phone": f"+8131234{number:04d}", "jobtitle": person["title"], "hubspot_owner_id": "101"}
    values |= {} if number <= CONTACTS else {"company": "雲商事株式会社"}
    stamp = _ago(200 - number)
    return {"id": str(number), "properties": {**values, "createdate": stamp, "lastmodifieddate": stamp}}


def _opportunity(number: int, days: int) -> Json:
    values = {"Name": f"雲商事 案件{number}", "StageName": "P3 評価", "Amount": 1_200_000, "CloseDate": "2027-03-31"}
    owner = {"AccountId": salesforce_id("001", 1), "OwnerId": salesforce_id("005", 2), ID: str(7000 + number)}
    stamps = {**_stamps(days), "CreatedDate": _ago(days + 30)}
    return {"Id": opportunity_id(number), **values, **owner, **stamps}


def _history(number: int, days: int) -> Iterator[Json]:
    """Give two history rows, the second ``days`` before today: created, and moved to its stage."""
    for place, (stage, age) in enumerate((("P1 課題認識", days + 30), ("P3 評価", days))):
        row = {"Id": salesforce_id("008", number * 10 + place), "OpportunityId": opportunity_id(number)}
        yield {**row, "StageName": stage, "Amount": 1_200_000, "CreatedDate": _ago(age), "SystemModstamp": _ago(age)}


def _deal(number: int) -> Json:
    values = {"dealname": f"雲商事 案件{number}", "dealstage": "p3", "pipeline": "default", "amount": "1200000"}
    values |= {"hubspot_owner_id": "101", EXTERNAL: opportunity_id(number)}
    return {"id": str(7000 + number), "properties": {**values, "createdate": _ago(120)}}


DEAL_MAPPING = f"""\
mapping: deal
salesforce: {{objects: [Opportunity], external_id: {ID}}}
hubspot: {{objects: [deals], external_id: {EXTERNAL}}}
match:
  - key: external_id
fields:
  name: {{salesforce: Name, hubspot: dealname, rule: salesforce}}
"""
"""Links opportunities and deals, so that flags reach both systems."""


def person_mapping(*, create: bool = False) -> str:
    """Give the shipped person mapping; with ``create``, people without a counterpart get one, in both directions."""
    text = (ROOT / "mappings" / "person.yaml").read_text(encoding="utf-8")
    return text.replace("when: never", "when: unmatched") if create else text


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed and the code it ended with."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        """Give what was printed as text; a workbook has none."""
        return self.raw.decode(errors="replace")

    def json(self) -> Any:  # noqa: ANN401 - a JSON document of any shape
        """Read what was printed as JSON."""
        return orjson.loads(self.raw)


@dataclass(slots=True)
class Agent:
    """One installation of the agent in a folder: its settings are a file, its commands run in this process."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def write_settings(self, **changed: str) -> None:
        """Write the settings file, with some settings changed (by the name after SYNCAGENT_, in any case)."""
        self.variables |= {f"SYNCAGENT_{name.upper()}": value for name, value in changed.items()}
        lines = (f"{name}={value}\n" for name, value in self.variables.items())
        (self.folder / ".env").write_text("".join(lines), encoding="utf-8")

    def call(self, *words: str) -> Said:
        """Run a command on this installation, in this process."""
        return run_here(*words, "--config", str(self.folder))

    def do(self, *words: str) -> Said:
        """Run a command that has to succeed."""
        said = self.call(*words)
        assert said.code == 0, f"syncagent {' '.join(words)} ended with {said.code}: {said.err}{said.out}"
        return said

    def plan(self, *words: str) -> Json:
        """Make a plan and give its document."""
        document: Json = self.do("plan", *words, "--format", "json").json()
        return document

    def apply(self, plan: Mapping[str, Any], *words: str) -> Json:
        """Approve and apply a plan; give the report."""
        self.do("approve", plan["digest"], "--by", "山本", *words)
        report: Json = self.do("apply", plan["digest"], "--format", "json").json()
        return report

    @contextmanager
    def installation(self) -> Iterator[Installation]:
        """Open the installation, as a command does."""
        with clean_environment(), opened(self.folder) as installation:
            yield installation


def run_here(*words: str) -> Said:
    """Run a command in this process."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with clean_environment(), redirect_stdout(out), redirect_stderr(err):
        code = run(list(words))
        out.flush()
    raw: bytes = out.buffer.getvalue()
    return Said(code, raw, err.getvalue())


@contextmanager
def clean_environment() -> Iterator[None]:
    """Hide the SYNCAGENT_ variables of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SYNCAGENT_")}
    with mock.patch.dict(os.environ, kept, clear=True):
        yield


@contextmanager
def impatient() -> Iterator[None]:
    """Have the agent wait as often as always, and a thousandth as long."""
    patience = Patience(
        wait_seconds_max=0.12, first_wait_seconds=0.0005, single_wait_seconds_max=0.03, write_wait_seconds_max=0.002
    )
    with mock.patch("syncagent.interfaces.wiring._conduct", return_value=Conduct(patience=patience)):
        yield


def install(
    folder: Path, box: Sandbox, *, mappings: Mapping[str, str] | None = None, policies: Sequence[str] | None = None
) -> Agent:
    """Make an installation for a running sandbox.

    ``mappings`` by name replace the shipped person mapping; ``policies`` names shipped ones to take, None means all.
    """
    for name in policies or ():
        (folder / "policies").mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "policies" / f"{name}.yaml", folder / "policies")
    (folder / "mappings").mkdir(parents=True)
    for name, text in (mappings or {"person": person_mapping()}).items():
        (folder / "mappings" / f"{name}.yaml").write_text(text, encoding="utf-8")
    agent = Agent(folder, {**box.env(), "SYNCAGENT_LANG": "en", "SYNCAGENT_ACTOR": "operator"})
    agent.write_settings()
    return agent


def pass_days(box: Sandbox, agent: Agent, days: float) -> None:
    """Let time pass for the systems and for the agent alike."""
    agent.write_settings(clock=box.clock.advance(timedelta(days=days)).isoformat())


def command() -> list[str]:
    """Give the words that start the agent as a process of its own."""
    return [sys.executable, "-c", "from syncagent.interfaces.cli import main; main()"]
