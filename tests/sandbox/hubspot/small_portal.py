"""A small portal to test against, called without a network."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

from syncagent.sandbox.clock import Clock
from syncagent.sandbox.dataset import Dataset
from syncagent.sandbox.hubspot import HubSpotPortal
from syncagent.sandbox.org import OrgFile
from syncagent.sandbox.wire import Request, Response, Writes

Json = Any  # whatever a body can hold

TOKEN = "pat-sandbox"


def make_dataset(**switches: Json) -> Dataset:
    """Six contacts, three companies, two deals, one task; one custom unique property."""
    stages = [
        {"id": "p1", "label": "P1 課題認識", "metadata": {"isClosed": "false", "probability": "0.1"}},
        {"id": "p2", "label": "P2 ソリューション提案", "metadata": {"isClosed": "false", "probability": "0.3"}},
        {"id": "closedwon", "label": "受注", "metadata": {"isClosed": "true", "probability": "1.0"}},
        {"id": "closedlost", "label": "失注", "metadata": {"isClosed": "true", "probability": "0.0"}},
    ]
    other = [{"id": "771", "label": "更新", "metadata": {"isClosed": "false", "probability": "0.5"}}]
    own = [
        {"name": "syncagent_salesforce_id", "label": "Salesforce", "type": "string", "hasUniqueValue": True},
        {"name": "syncagent_flag_due", "label": "Due", "type": "date"},
        {
            "name": "interests",
            "label": "Interests",
            "type": "enumeration",
            "fieldType": "checkbox",
            "options": [{"label": value.upper(), "value": value} for value in ("a", "b", "c")],
        },
    ]
    team = [{"id": "1", "name": "営業一課", "primary": True}]
    org = {
        "version": 1,
        "clock": {"now": "2026-11-16T08:00:00+09:00", "tick_seconds": 1},
        "hubspot": {
            "portal_id": 24680,
            "owners": [
                {"id": "101", "userId": 501, "email": "sato@example.jp", "firstName": "佐藤", "teams": team},
                {"id": "102", "userId": 502, "email": "ito@example.jp"},
                {"id": "103", "userId": 503, "email": "gone@example.jp", "archived": True},
            ],
            "pipelines": {
                "deals": [
                    {"id": "default", "label": "新規営業", "stages": stages},
                    {"id": "renewal", "label": "更新", "stages": other},
                ]
            },
            "properties": {"contacts": own},
            "tokens": [{"token": "pat-other", "user": "marketing-app"}],
            "limits": {"per_ten_seconds": None, "search_per_second": None, "daily": None},
        },
        "switches": {f"hubspot.{name}": value for name, value in switches.items()},
    }
    contacts: list[dict[str, Any]] = [
        {
            "id": str(number),
            "properties": {
                "email": f"user{number}@example.jp",
                "firstname": ["花子", "太郎"][number % 2],
                "lastname": f"L{number}",
                "lifecyclestage": "lead",
                "createdate": f"2026-10-0{number}T00:00:00.000Z",
                "lastmodifieddate": f"2026-11-0{number}T00:00:00.000Z",
            },
        }
        for number in range(1, 7)
    ]
    contacts[0]["properties"] |= {"hs_additional_emails": "second@example.jp", "syncagent_salesforce_id": "003A"}
    contacts.append({"id": "90", "properties": {"email": "old@example.jp"}, "archived": True})
    companies = [{"id": str(number), "properties": {"name": f"会社{number}"}} for number in (11, 12, 13)]
    walked = [
        {"value": "p2", "timestamp": "2026-10-05T00:00:00Z", "sourceType": "CRM_UI", "updatedByUserId": 501},
        {"value": "p1", "timestamp": "2026-09-01T00:00:00Z"},
    ]
    deals: list[dict[str, Any]] = [
        {
            "id": "21",
            "properties": {
                "dealname": "大型案件",
                "dealstage": "p2",
                "amount": "1500000",
                "createdate": "2026-09-01T00:00:00Z",
            },
            "history": {"dealstage": walked},
        },
        {"id": "22", "properties": {"dealname": "小型案件", "dealstage": "p1", "pipeline": "default"}},
    ]
    tasks = [{"id": "31", "properties": {"hs_timestamp": "2026-11-20T00:00:00Z", "hs_task_subject": "電話"}}]
    associations: list[dict[str, Any]] = [
        {"from": "contacts/1", "to": "companies/11", "types": [{"category": "HUBSPOT_DEFINED", "typeId": 1}]},
        {"from": "deals/21", "to": "contacts/1", "types": [{"category": "HUBSPOT_DEFINED", "typeId": 3}]},
        {"from": "deals/21", "to": "contacts/2"},
    ]
    hubspot = {"contacts": contacts, "companies": companies, "deals": deals, "tasks": tasks}
    return Dataset(org, {}, hubspot, associations)


@dataclass(slots=True)
class Reply:
    """A status, headers and the parsed body."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass(slots=True)
class Caller:
    """Calls a portal without a network and remembers what the last call committed."""

    portal: HubSpotPortal
    clock: Clock
    token: str = TOKEN
    writes: Writes = field(default_factory=Writes)

    def __call__(self, method: str, url: str, body: Json = None) -> Reply:
        path, _, query = url.partition("?")
        headers = {"authorization": f"Bearer {self.token}", "host": "127.0.0.1:1"}
        sent = b"" if body is None else orjson.dumps(body)
        pairs = tuple(parse_qsl(query, keep_blank_values=True))
        self.writes = Writes()
        reply: Response = self.portal.handle(Request(method, unquote(path), pairs, headers, sent), self.writes)
        is_json = "json" in reply.headers.get("content-type", "")
        return Reply(reply.status, reply.headers, orjson.loads(reply.body) if is_json else reply.body.decode())

    def get(self, url: str) -> Reply:
        return self("GET", url)

    def post(self, url: str, body: Json) -> Reply:
        return self("POST", url, body)

    def patch(self, url: str, properties: Json) -> Reply:
        return self("PATCH", url, {"properties": properties})

    def search(self, kind: str, **body: Json) -> Reply:
        return self.post(f"/crm/v3/objects/{kind}/search", body)

    def ids(self, kind: str, *filters: dict[str, Any], **body: Json) -> list[str]:
        reply = self.search(kind, filterGroups=[{"filters": list(filters)}], **body)
        assert reply.status == 200, reply.body
        return [row["id"] for row in reply.body["results"]]


def make_caller(dataset: Dataset) -> Caller:
    """A portal over a dataset."""
    org = OrgFile.parse(dataset.org)
    clock = Clock(org.now, org.tick)
    return Caller(HubSpotPortal(dataset, org, clock, TOKEN), clock)
