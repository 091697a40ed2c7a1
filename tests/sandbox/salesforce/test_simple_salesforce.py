"""A client no one here wrote, against the served sandbox: simple-salesforce, led to the loopback address."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from syncagent.sandbox.server import Sandbox
from tests.sandbox.salesforce.small_org import TOKEN, Names, make_dataset

Api = Any  # simple-salesforce makes its objects up as they are asked for, out of sight of a type checker
DOMAIN = "example.my"


class _Loopback(HTTPAdapter):
    """simple-salesforce always speaks https to salesforce.com; this sends its requests to the sandbox instead."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.base = urlsplit(url)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override] # noqa: ANN401 - passed on as they are
        parts = urlsplit(request.url or "")
        request.url = str(urlunsplit((self.base.scheme, self.base.netloc, parts.path, parts.query, "")))
        options["timeout"] = options.get("timeout") or 10
        return super().send(request, **options)


@pytest.fixture
def names() -> Names:
    return make_dataset()[1]


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(make_dataset()[0], salesforce_token=TOKEN) as running:
        yield running


@pytest.fixture
def session(box: Sandbox) -> Iterator[requests.Session]:
    with requests.Session() as session:
        adapter = _Loopback(box.salesforce_url)
        session.mount("https://127.0.0.1", adapter)
        session.mount(f"https://{DOMAIN}.salesforce.com", adapter)
        yield session


@pytest.fixture
def api(box: Sandbox, session: requests.Session) -> Api:
    return Salesforce(instance_url=box.salesforce_url, session_id=TOKEN, session=session, version="62.0")


def test_logging_in_with_client_credentials(box: Sandbox, session: requests.Session) -> None:
    api: Api = Salesforce(
        consumer_key="sandbox-client", consumer_secret="sandbox-secret", domain=DOMAIN, session=session, version="62.0"
    )
    assert api.query("SELECT COUNT() FROM Lead")["totalSize"] == 4
    assert api.api_usage["api-usage"].used == 1
    assert box.world.ledger.since(0)


def test_queries_and_pages(api: Api) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": f"{number:04}"} for number in range(200)]
    for _ in range(2):
        api.restful("composite/sobjects", method="POST", json={"records": records})
    first = api.query("SELECT Name FROM Account", headers={"Sforce-Query-Options": "batchSize=200"})
    rest = api.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    assert (first["totalSize"], len(first["records"]), len(rest["records"])) == (403, 200, 200)
    assert len(list(api.query_all_iter("SELECT Id FROM Account"))) == 403
    assert api.query("SELECT Id FROM Lead", include_deleted=True)["totalSize"] == 5


def test_moments_with_offsets_survive_the_address(api: Api) -> None:
    found = api.query(
        "SELECT LastName FROM Lead WHERE CreatedDate >= 2026-11-16T00:00:00+09:00 AND Company LIKE 'B\\_%'"
    )
    assert [record["LastName"] for record in found["records"]] == ["伊藤"]


def test_describes(api: Api) -> None:
    assert {entry["name"] for entry in api.describe()["sobjects"]} >= {"Lead", "Contact", "Opportunity"}
    assert api.Lead.describe()["keyPrefix"] == "00Q"
    assert api.Lead.metadata()["objectDescribe"]["name"] == "Lead"


def test_one_record_from_creation_to_deletion(api: Api) -> None:
    record_id = api.Lead.create({"LastName": "新", "Company": "x"})["id"]
    assert api.Lead.update(record_id, {"Title": "部長"}) == 204
    assert api.Lead.get(record_id)["Title"] == "部長"
    assert api.Lead.delete(record_id) == 204
    with pytest.raises(SalesforceResourceNotFound):
        api.Lead.get(record_id)


def test_upserts(api: Api, names: Names) -> None:
    assert api.Lead.upsert("External_Id__c/n-1", {"LastName": "新", "Company": "x"}) == 201
    assert api.Lead.upsert("External_Id__c/n-1", {"Title": "x"}) == 200
    assert api.Lead.get_by_custom_id("External_Id__c", "n-1")["Title"] == "x"
    api.Contact.update(names.ids["con2"], {"Email": "hanako@tokyo.example"})
    with pytest.raises(SalesforceMoreThanOneRecord):
        api.Contact.upsert("Email/hanako@tokyo.example", {"Title": "x"})


def test_errors_become_its_exceptions(api: Api) -> None:
    with pytest.raises(SalesforceMalformedRequest) as caught:
        api.query("SELECT Nope FROM Lead")
    content: Api = caught.value.content
    assert content[0]["errorCode"] == "INVALID_FIELD"


def test_a_write_whose_condition_fails(api: Api, names: Names) -> None:
    old = {"If-Unmodified-Since": "Sun, 15 Nov 2026 00:00:00 GMT"}
    with pytest.raises(SalesforceGeneralError) as caught:
        api.Contact.update(names.ids["con1"], {"Title": "x"}, headers=old)
    assert caught.value.status == 412
    assert api.Contact.get(names.ids["con1"])["Title"] is None


def test_limits(api: Api) -> None:
    assert api.limits()["DailyApiRequests"]["Remaining"] == 99_999
    counts = api.restful("limits/recordCount", params={"sObjects": "Lead"})
    assert counts == {"sObjects": [{"count": 4, "name": "Lead"}]}


def test_faults_arrive_as_the_real_ones(box: Sandbox, api: Api) -> None:
    box.world.faults.add("burst_429", "salesforce")
    with pytest.raises(SalesforceRefusedRequest):
        api.query("SELECT Id FROM Lead")
    box.world.faults.add("expire_token", "salesforce")
    with pytest.raises(SalesforceExpiredSession):
        api.query("SELECT Id FROM Lead")
    assert api.query("SELECT Id FROM Lead")["totalSize"] == 4
