"""The small org of tests/cases/soql and a client that calls it without a network."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from syncagent.sandbox.clock import Clock
from syncagent.sandbox.dataset import Dataset
from syncagent.sandbox.org import OrgFile
from syncagent.sandbox.salesforce import SalesforceOrg
from syncagent.sandbox.salesforce.identifiers import read_id
from syncagent.sandbox.salesforce.schema import Schema
from syncagent.sandbox.wire import Request, Response, Writes

CASES = Path(__file__).parents[2] / "cases" / "soql"
TOKEN = "fixed-token"
# Anything JSON can hold.
Json = Any
BASE = "/services/data/v62.0"


def read_yaml(path: Path) -> Json:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def _plain(value: Json) -> Json:
    """YAML reads bare dates as dates; a dataset has them as text."""
    return json.loads(json.dumps(value, default=str))


@dataclass(frozen=True)
class Names:
    """Short names of records and their ids."""

    ids: Mapping[str, str]

    def fill(self, value: Json) -> Json:
        """The value with every `$name` replaced by the id, `$15:name` by its short form."""
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if not isinstance(value, str):
            return value
        short = re.sub(r"\$15:(\w+)", lambda match: self.ids[match[1]][:15], value)
        return re.sub(r"\$([a-z]+\d+)", lambda match: self.ids[match[1]], short)


def make_dataset() -> tuple[Dataset, Names]:
    """A fresh dataset of the small org."""
    source = _plain(read_yaml(CASES / "dataset.yaml"))
    schema = Schema({})
    ids: dict[str, str] = {}
    for object_name, rows in source["rows"].items():
        for number, row in enumerate(rows, 1):
            ids[row["name"]] = read_id(f"{schema.get(object_name).prefix}9a0{number:09}") or ""
    names = Names(ids)
    rows = {
        object_name: [{"Id": ids[row.pop("name")], **names.fill(row)} for row in entries]
        for object_name, entries in source["rows"].items()
    }
    return Dataset(source["org"], rows), names


@dataclass
class Answer:
    """One answer: status, parsed body, headers, and what was written."""

    status: int
    body: Json
    headers: Mapping[str, str]
    writes: Writes

    @property
    def code(self) -> str:
        """The error code of a refused request."""
        assert self.status >= 400, self.body
        return str(self.body[0]["errorCode"])


class Client:
    """Calls an org as the HTTP server would."""

    def __init__(self, dataset: Dataset, names: Names, token: str = TOKEN) -> None:
        org = OrgFile.parse(dataset.org)
        self.names = names
        self.clock = Clock(org.now, org.tick)
        self.org = SalesforceOrg(dataset, self.clock, token)
        self.token: str | None = token

    def call(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request below /services/data/v62.0, or anywhere when the path starts with a slash."""
        authorization = {"authorization": f"Bearer {self.token}"} if self.token else {}
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(self.names.fill(body)).encode()
        writes = Writes()
        full = self.names.fill(path if path.startswith("/") else f"{BASE}/{path}")
        sent = {"host": "127.0.0.1:8080", **authorization, **(headers or {})}
        request = Request(method, full, tuple((query or {}).items()), sent, raw)
        response: Response = self.org.handle(request, writes)
        parsed = json.loads(response.body) if response.body else None
        return Answer(response.status, parsed, response.headers, writes)

    def ask(self, soql: str, *, everything: bool = False, headers: Mapping[str, str] | None = None) -> Answer:
        """GET query or queryAll."""
        resource = "queryAll" if everything else "query"
        return self.call("GET", resource, query={"q": self.names.fill(soql)}, headers=headers)

    def rows(self, soql: str) -> list[dict[str, Any]]:
        """The records of a query without their attributes."""
        answer = self.ask(soql)
        assert answer.status == 200, answer.body
        return [bare(record) for record in answer.body["records"]]

    def row(self, soql: str) -> dict[str, Any]:
        """The one record of a query."""
        (row,) = self.rows(soql)
        return row


def bare(value: Json) -> Json:
    """A record without attributes, all the way down."""
    if isinstance(value, dict):
        return {key: bare(item) for key, item in value.items() if key != "attributes"}
    return [bare(item) for item in value] if isinstance(value, list) else value
