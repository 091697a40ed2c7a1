from datetime import timedelta

import pytest

from tests.sandbox.salesforce.small_org import Client, make_dataset

FIELD_KEYS = 57


def test_versions_need_no_token(client: Client) -> None:
    client.token = None
    versions = client.call("GET", "/services/data").body
    assert versions[-1]["version"] == "68.0"
    assert {"label": "Winter '24", "url": "/services/data/v59.0", "version": "59.0"} in versions


@pytest.mark.parametrize(
    ("version", "status"), [("30.0", 410), ("31.0", 200), ("45.0", 200), ("68.0", 200), ("69.0", 404)]
)
def test_versions_in_the_path(client: Client, version: str, status: int) -> None:
    answer = client.call("GET", f"/services/data/v{version}/")
    assert answer.status == status
    if status == 200:
        assert answer.body["query"] == f"/services/data/v{version}/query"
        assert answer.body["identity"].endswith(client.names.ids["user1"])


def test_every_listed_object_answers_describe(client: Client) -> None:
    listed = client.call("GET", "sobjects").body
    assert (listed["encoding"], listed["maxBatchSize"]) == ("UTF-8", 200)
    names = [entry["name"] for entry in listed["sobjects"]]
    assert len(names) == 14
    assert "Name" not in names
    for entry in listed["sobjects"]:
        full = client.call("GET", f"sobjects/{entry['name']}/describe").body
        assert {key: full.get(key) for key in entry if key != "urls"} == {k: v for k, v in entry.items() if k != "urls"}
        assert 42 <= len(full) <= 47
        assert all(len(field) == FIELD_KEYS for field in full["fields"])
        assert client.call("GET", f"sobjects/{entry['name']}").body["objectDescribe"] == entry
        children = {child["childSObject"] for child in full["childRelationships"]}
        assert children <= set(names)


def test_describe_is_honest_about_writes(client: Client) -> None:
    """Exactly the fields described as createable are accepted on create, the updateable ones on update."""
    for object_name, record in (("Lead", "lead1"), ("Contact", "con1"), ("Opportunity", "opp1"), ("Campaign", "cam1")):
        for field in client.call("GET", f"sobjects/{object_name}/describe").body["fields"]:
            if field["name"] == "Id":
                continue
            created = client.call("POST", f"sobjects/{object_name}", {field["name"]: None})
            updated = client.call("PATCH", f"sobjects/{object_name}/${record}", {field["name"]: None})
            for answer, flag in ((created, "createable"), (updated, "updateable")):
                refused = answer.status == 400 and answer.code == "INVALID_FIELD_FOR_INSERT_UPDATE"
                assert refused is not field[flag], (object_name, field["name"], flag)


def test_describe_of_custom_fields_and_stages(client: Client) -> None:
    fields = {field["name"]: field for field in client.call("GET", "sobjects/Lead/describe").body["fields"]}
    key = fields["External_Id__c"]
    assert [key[name] for name in ("custom", "externalId", "unique", "idLookup", "length", "byteLength")] == [
        *(True, True, True, True),
        64,
        192,
    ]
    assert fields["Name"]["createable"] is fields["Name"]["updateable"] is False
    stage = next(
        f for f in client.call("GET", "sobjects/Opportunity/describe").body["fields"] if f["name"] == "StageName"
    )
    assert [value["value"] for value in stage["picklistValues"]] == [
        "P1 課題認識",
        "P2 ソリューション提案",
        "受注",
        "失注",
    ]
    assert stage["restrictedPicklist"] is False


def test_stages_can_be_queried(client: Client) -> None:
    rows = client.rows(
        "SELECT ApiName, MasterLabel, IsClosed, IsWon, DefaultProbability FROM OpportunityStage ORDER BY SortOrder"
    )
    assert [row["DefaultProbability"] for row in rows] == [10.0, 30.0, 100.0, 0.0]
    assert [(row["IsClosed"], row["IsWon"]) for row in rows] == [
        (False, False),
        (False, False),
        (True, True),
        (True, False),
    ]


def test_the_organization(client: Client) -> None:
    row = client.row("SELECT Id, TimeZoneSidKey, DefaultLocaleSidKey FROM Organization")
    assert row == {"Id": "00D5g000004ABCDEA4", "TimeZoneSidKey": "Asia/Tokyo", "DefaultLocaleSidKey": "ja_JP"}
    assert client.call("GET", f"sobjects/Organization/{row['Id']}").status == 200


def test_record_counts_leave_the_recycle_bin_out(client: Client) -> None:
    answer = client.call("GET", "limits/recordCount", query={"sObjects": "Lead,Contact"})
    assert answer.body == {"sObjects": [{"count": 3, "name": "Contact"}, {"count": 4, "name": "Lead"}]}


class TestAllowance:
    def _small(self) -> Client:
        dataset, names = make_dataset()
        dataset.org["salesforce"]["daily_api_requests"] = 3
        return Client(dataset, names)

    def test_every_answer_shows_the_usage(self) -> None:
        client = self._small()
        assert client.call("GET", "limits").body["DailyApiRequests"] == {"Max": 3, "Remaining": 2}
        assert client.call("GET", "nope").headers["sforce-limit-info"] == "api-usage=2/3"
        assert (
            client.call("PATCH", "sobjects/Lead/$lead1", {"Title": "x"}).headers["sforce-limit-info"] == "api-usage=3/3"
        )

    def test_nothing_is_done_beyond_it_until_a_day_has_passed(self) -> None:
        client = self._small()
        for _ in range(3):
            client.ask("SELECT Id FROM Lead")
        refused = client.call("PATCH", "sobjects/Lead/$lead1", {"Title": "x"})
        assert (refused.status, refused.code) == (403, "REQUEST_LIMIT_EXCEEDED")
        assert not refused.writes
        client.clock.advance(timedelta(days=1))
        assert client.ask("SELECT Id FROM Lead WHERE Title = 'x'").headers["sforce-limit-info"] == "api-usage=1/3"
