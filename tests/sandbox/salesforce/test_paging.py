from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.salesforce.small_org import Client, Json, make_dataset


def _client(leads: int, page_rows_max: int = 2000) -> Client:
    dataset, names = make_dataset()
    dataset.salesforce["Lead"] = [{"LastName": f"{number:05}", "Company": "c"} for number in range(leads)]
    dataset.salesforce.pop("Task")
    dataset.salesforce.pop("CampaignMember")
    dataset.org["switches"] = {"salesforce.page_rows_max": page_rows_max}
    return Client(dataset, names)


def _pages(client: Client, soql: str, batch_size: int | None = None) -> list[Json]:
    headers = {"sforce-query-options": f"batchSize={batch_size}"} if batch_size else {}
    pages = [client.ask(soql, headers=headers).body]
    while not pages[-1]["done"]:
        pages.append(client.call("GET", pages[-1]["nextRecordsUrl"]).body)
    return pages


@settings(max_examples=25, deadline=None)
@given(leads=st.integers(0, 120), rows_max=st.integers(1, 50), limit=st.none() | st.integers(0, 130))
def test_the_pages_are_the_set(leads: int, rows_max: int, limit: int | None) -> None:
    client = _client(leads, rows_max)
    soql = "SELECT LastName FROM Lead ORDER BY LastName" + ("" if limit is None else f" LIMIT {limit}")
    pages = _pages(client, soql)
    wanted = [f"{number:05}" for number in range(leads)][:limit]
    assert [record["LastName"] for page in pages for record in page["records"]] == wanted
    assert {page["totalSize"] for page in pages} == {len(wanted)}
    assert all(1 <= len(page["records"]) <= rows_max for page in pages if wanted)
    assert "nextRecordsUrl" not in pages[-1]


@pytest.mark.parametrize(("asked", "sizes"), [(None, [2000, 50]), (1000, [1000, 1000, 50]), (5, [200] * 10 + [50])])
def test_page_sizes(asked: int | None, sizes: list[int]) -> None:
    assert [len(page["records"]) for page in _pages(_client(2050), "SELECT Id FROM Lead", asked)] == sizes


def test_a_result_does_not_change_under_way(client: Client) -> None:
    client = _client(30, 10)
    first = client.ask("SELECT LastName FROM Lead ORDER BY LastName").body
    client.call("POST", "sobjects/Lead", {"LastName": "00000", "Company": "x"})
    second = client.call("GET", first["nextRecordsUrl"]).body
    assert (second["totalSize"], second["records"][0]["LastName"]) == (30, "00010")


def test_locators_look_real_and_end_after_two_days() -> None:
    client = _client(30, 10)
    address = client.ask("SELECT Id FROM Lead").body["nextRecordsUrl"]
    locator, _, offset = address.rpartition("/")[2].partition("-")
    assert (locator[:3], len(locator), offset) == ("0r8", 18, "10")
    client.clock.advance(timedelta(days=2))
    assert client.call("GET", address).code == "INVALID_QUERY_LOCATOR"


@pytest.mark.parametrize("locator", ["0r8000000000000AAA-200", "x", "{good}", "{good}-x", "{good}-9999"])
def test_bad_locators(locator: str) -> None:
    client = _client(30, 10)
    good = client.ask("SELECT Id FROM Lead").body["nextRecordsUrl"].rpartition("/")[2].partition("-")[0]
    answer = client.call("GET", "query/" + locator.format(good=good))
    assert (answer.status, answer.code) == (400, "INVALID_QUERY_LOCATOR")


def test_children_are_paged_too() -> None:
    dataset, names = make_dataset()
    contacts = [{"LastName": f"{number:04}", "AccountId": names.ids["acc3"]} for number in range(2001)]
    dataset.salesforce["Contact"] += contacts
    client = Client(dataset, names)
    row = client.ask(
        "SELECT Id, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account WHERE Id = '$acc3'"
    ).body
    children = row["records"][0]["Contacts"]
    assert (children["totalSize"], children["done"], len(children["records"])) == (2001, False, 2000)
    rest = client.call("GET", children["nextRecordsUrl"]).body
    assert [record["LastName"] for record in rest["records"]] == ["2000"]


def test_a_query_needs_a_text(client: Client) -> None:
    assert client.call("GET", "query").code == "MALFORMED_QUERY"


def test_a_query_longer_than_the_limit(client: Client) -> None:
    assert client.ask(f"SELECT Id FROM Lead WHERE LastName = '{'x' * 100_000}'").code == "MALFORMED_QUERY"


def test_too_many_groups() -> None:
    client = _client(2001)
    assert client.ask("SELECT LastName FROM Lead GROUP BY LastName").code == "EXCEEDED_ID_LIMIT"
    assert client.ask("SELECT LastName FROM Lead GROUP BY LastName LIMIT 2000").status == 200
