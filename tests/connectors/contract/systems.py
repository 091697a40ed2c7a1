"""The two systems as the contract tests see them: same questions, each in its own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from syncagent.connectors.protocol import Connector
from syncagent.domain.records import System
from syncagent.sandbox.server import Sandbox
from tests.connectors.dataset import SALES, salesforce_id
from tests.connectors.fakes import FakeTime, make_hubspot, make_salesforce


@dataclass(frozen=True, slots=True)
class Words:
    """How one system names what every system has."""

    system: System
    people: str
    last_name: str
    email: str
    unique: str
    required: Mapping[str, str]
    absent_id: str
    broken_email: tuple[str, str]
    id_of: Callable[[int], str]
    find_path: str
    write_path: str


SALESFORCE = Words(
    system="salesforce",
    people="Lead",
    last_name="LastName",
    email="Email",
    unique="SyncAgent_HubSpot_Id__c",
    required={"Company": "雲商事株式会社"},
    absent_id=salesforce_id("00Q", 99_999),
    broken_email=("nobody at home", "INVALID_EMAIL_ADDRESS"),
    id_of=lambda number: salesforce_id("00Q", number),
    find_path="/query",
    write_path="/composite/sobjects",
)
HUBSPOT = Words(
    system="hubspot",
    people="contacts",
    last_name="lastname",
    email="email",
    unique="syncagent_salesforce_id",
    required={},
    absent_id="999999",
    broken_email=("nobody at home", "INVALID_EMAIL"),
    id_of=str,
    find_path="/batch/read",
    write_path="/batch/(create|update)",
)


@dataclass(slots=True)
class Side:
    """One system of a running sandbox, a connector to it, and a person at its screen."""

    words: Words
    box: Sandbox
    time: FakeTime = field(default_factory=FakeTime)
    connector: Connector = field(init=False)

    def __post_init__(self) -> None:
        self.connector = self.connect()

    def connect(self) -> Connector:
        """Make another connector to the same system, as a new process would."""
        if self.words.system == "salesforce":
            return make_salesforce(self.time, self.box.salesforce_url)
        return make_hubspot(self.time, self.box.hubspot_url, self.box.hubspot_token)

    def edit(self, number: int, **values: str) -> None:
        """A person changes a record; values are named last_name or email."""
        fields = {getattr(self.words, name): value for name, value in values.items()}
        self.box.edit(self.words.system, self.words.people, self.words.id_of(number), fields, SALES)

    def fault(self, kind: str, **more: object) -> None:
        """Arrange that something goes wrong."""
        self.box.fault(kind, self.words.system, **more)

    def statuses(self, path: str) -> list[int | None]:
        """Give what was answered to the calls whose path contains a text, in order."""
        return [entry.status for entry in self.box.ledger if path in entry.path]
