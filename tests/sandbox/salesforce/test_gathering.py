from typing import Any

from tests.sandbox.salesforce.small_org import Client, Json


def _lead(**fields: Json) -> dict[str, Any]:
    return {"attributes": {"type": "Lead"}, **fields}


def test_create_answers_one_by_one_in_order(client: Client) -> None:
    records = [_lead(LastName="一", Company="a"), _lead(LastName="二"), {"attributes": {"type": "Nope"}}]
    answer = client.call("POST", "composite/sobjects", {"allOrNone": False, "records": records})
    assert answer.status == 200
    good, bad, unknown = answer.body
    assert list(good) == ["id", "success", "errors"]
    assert bad == {
        "success": False,
        "errors": [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [Company]",
                "fields": ["Company"],
            }
        ],
    }
    assert unknown["errors"][0]["statusCode"] == "INVALID_TYPE"
    assert [note.id for note in answer.writes] == [good["id"]]


def test_all_or_none_leaves_nothing_behind(client: Client) -> None:
    before, total = client.clock.now(), len(client.rows("SELECT Id FROM Lead"))
    records = [_lead(LastName="一", Company="a"), _lead(LastName="二")]
    answer = client.call("POST", "composite/sobjects", {"allOrNone": True, "records": records})
    codes = [item["errors"][0]["statusCode"] for item in answer.body]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert not any("id" in item for item in answer.body)
    assert not answer.writes
    assert len(client.rows("SELECT Id FROM Lead")) == total
    assert client.clock.now() == before


def test_all_or_none_undoes_what_followed_too(client: Client) -> None:
    client.rows("SELECT Id FROM OpportunityHistory WHERE OpportunityId = '$opp1'")
    records = [
        {"attributes": {"type": "Opportunity"}, "id": "$opp1", "StageName": "受注"},
        {"attributes": {"type": "Opportunity"}, "id": "$opp2", "Name": ""},
    ]
    client.call("PATCH", "composite/sobjects", {"allOrNone": True, "records": records})
    assert client.row("SELECT StageName FROM Opportunity WHERE Id='$opp1'") == {"StageName": "P1 課題認識"}
    assert len(client.rows("SELECT Id FROM OpportunityHistory WHERE OpportunityId = '$opp1'")) == 1


def test_update_with_good_and_bad_ids(client: Client) -> None:
    records = [
        _lead(Id="$15:lead1", Title="x"),
        _lead(Title="y"),
        _lead(Id="$con1", Title="z"),
        _lead(Id="00Q000000000000EAA", Title="z"),
        _lead(Id="$lead5", Title="z"),
    ]
    answer = client.call("PATCH", "composite/sobjects", {"records": records})
    assert answer.body[0] == {"id": client.names.ids["lead1"], "success": True, "errors": []}
    codes = [item["errors"][0]["statusCode"] for item in answer.body[1:]]
    assert codes == ["MISSING_ARGUMENT", "MALFORMED_ID", "INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED"]


def test_one_request_is_one_tick_of_the_clock(client: Client) -> None:
    records = [_lead(Id=f"$lead{number}", Title="x") for number in (1, 2, 3)]
    client.call("PATCH", "composite/sobjects", {"records": records})
    stamps = {row["LastModifiedDate"] for row in client.rows("SELECT LastModifiedDate FROM Lead WHERE Title = 'x'")}
    assert stamps == {"2026-11-15T23:00:01.000+0000"}


def test_upsert(client: Client) -> None:
    records = [
        _lead(External_Id__c="hs-1", Title="x"),
        _lead(External_Id__c="hs-9", LastName="九", Company="c"),
        _lead(Title="x"),
    ]
    answer = client.call("PATCH", "composite/sobjects/Lead/External_Id__c", {"records": records})
    assert [item.get("created") for item in answer.body] == [False, True, None]
    assert answer.body[0]["id"] == client.names.ids["lead1"]
    by_id = [_lead(Id="$lead2", Title="y"), _lead(Id=None, LastName="十", Company="d")]
    answer = client.call("PATCH", "composite/sobjects/Lead/Id", {"records": by_id})
    assert [item["created"] for item in answer.body] == [False, True]


def test_upsert_refuses_records_of_another_object(client: Client) -> None:
    record = {"attributes": {"type": "Contact"}, "External_Id__c": "x"}
    answer = client.call("PATCH", "composite/sobjects/Lead/External_Id__c", {"records": [record]})
    assert answer.body[0]["errors"][0]["statusCode"] == "INVALID_TYPE"


def test_upsert_refuses_an_ambiguous_key(client: Client) -> None:
    client.call("PATCH", "sobjects/Contact/$con2", {"Email": "hanako@tokyo.example"})
    record = {"attributes": {"type": "Contact"}, "Email": "hanako@tokyo.example", "Title": "x"}
    answer = client.call("PATCH", "composite/sobjects/Contact/Email", {"records": [record]})
    assert answer.body[0]["errors"][0]["statusCode"] == "DUPLICATE_EXTERNAL_ID"


def test_delete(client: Client) -> None:
    ids = ",".join([client.names.ids["lead1"], client.names.ids["con3"], "zzz"])
    answer = client.call("DELETE", "composite/sobjects", query={"ids": ids, "allOrNone": "false"})
    assert [item["success"] for item in answer.body] == [True, True, False]
    undone = client.call(
        "DELETE", "composite/sobjects", query={"ids": f"{client.names.ids['lead2']},zzz", "allOrNone": "true"}
    )
    assert [item["success"] for item in undone.body] == [False, False]
    assert client.rows("SELECT Id FROM Lead WHERE Id='$lead2'")


def test_retrieve_by_address_and_by_body(client: Client) -> None:
    ids = [client.names.ids["lead2"], "00Q000000000000EAA", client.names.ids["lead5"], client.names.ids["lead1"]]
    by_body = client.call("POST", "composite/sobjects/Lead", {"ids": ids, "fields": ["LastName"]})
    by_address = client.call("GET", "composite/sobjects/Lead", query={"ids": ",".join(ids), "fields": "LastName"})
    assert by_body.body == by_address.body
    assert [record and record["LastName"] for record in by_body.body] == ["伊藤", None, None, "山田"]
    assert client.call("POST", "composite/sobjects/Lead", {"ids": ids, "fields": ["Nope"]}).code == "INVALID_FIELD"


def test_limits(client: Client) -> None:
    many = [_lead(LastName=str(number), Company="c") for number in range(201)]
    assert client.call("POST", "composite/sobjects", {"records": many}).code == "EXCEEDED_ID_LIMIT"
    assert client.call("POST", "composite/sobjects", {"records": many[:200]}).status == 200
    mixed = [{"attributes": {"type": kind}, "LastName": "x"} for kind in ["Lead", "Contact"] * 6]
    assert client.call("POST", "composite/sobjects", {"records": mixed}).code == "LIMIT_EXCEEDED"
    ids = ["00Q000000000000EAA"] * 2001
    assert client.call("POST", "composite/sobjects/Lead", {"ids": ids, "fields": ["Id"]}).code == "EXCEEDED_ID_LIMIT"


def test_bodies_of_another_shape(client: Client) -> None:
    bodies: list[Json] = [{}, {"records": {}}, {"records": [1]}]
    for body in bodies:
        assert client.call("POST", "composite/sobjects", body).code == "JSON_PARSER_ERROR"
    assert client.call("POST", "composite/sobjects/Lead", {"ids": "x"}).code == "JSON_PARSER_ERROR"
