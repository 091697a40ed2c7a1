from typing import Any

import pytest

from tests.sandbox.salesforce.small_org import Client

BEFORE = "Sun, 15 Nov 2026 22:59:59 GMT"
AFTER = "Sun, 15 Nov 2026 23:00:01 GMT"


def test_create_answers_as_recorded(client: Client) -> None:
    answer = client.call("POST", "sobjects/Lead", {"LastName": "新規", "Company": "F社"})
    assert answer.status == 201
    assert list(answer.body) == ["id", "success", "errors"]
    assert answer.body["success"] is True
    assert answer.headers["location"].endswith(answer.body["id"])
    row = client.row(
        f"SELECT Name, Status, OwnerId, CreatedDate, LastModifiedById FROM Lead WHERE Id='{answer.body['id']}'"
    )
    assert row == {
        "Name": "新規",
        "Status": "Open - Not Contacted",
        "OwnerId": client.names.ids["user1"],
        "CreatedDate": "2026-11-15T23:00:01.000+0000",
        "LastModifiedById": client.names.ids["user1"],
    }
    (note,) = answer.writes
    assert (note.operation, note.object, note.fields) == ("create", "Lead", {"LastName": "新規", "Company": "F社"})


def test_update_moves_both_stamps_and_null_clears(client: Client) -> None:
    answer = client.call("PATCH", "sobjects/Lead/$lead1", {"LeadSource": None, "Title": " 部長 "})
    assert (answer.status, answer.body) == (204, None)
    row = client.row("SELECT LeadSource, Title, LastModifiedDate, SystemModstamp FROM Lead WHERE Id='$lead1'")
    stamp = "2026-11-15T23:00:01.000+0000"
    assert row == {"LeadSource": None, "Title": "部長", "LastModifiedDate": stamp, "SystemModstamp": stamp}
    (note,) = answer.writes
    assert note.fields == {"LeadSource": None, "Title": "部長"}
    assert note.before == {"LeadSource": "Web", "Title": None}


def test_a_refused_write_leaves_the_clock_alone(client: Client) -> None:
    before = client.clock.now()
    assert (
        client.call("PATCH", "sobjects/Opportunity/$opp1", {"StageName": "受注", "CampaignId": "$lead1"}).status == 400
    )
    assert client.clock.now() == before
    assert client.row("SELECT StageName FROM Opportunity WHERE Id='$opp1'") == {"StageName": "P1 課題認識"}


def test_read_by_short_id_with_chosen_fields(client: Client) -> None:
    answer = client.call("GET", "sobjects/lead/$15:lead1", query={"fields": "company,Id,IsDeleted,Title"})
    assert answer.status == 200
    assert answer.body == {
        "attributes": {"type": "Lead", "url": f"/services/data/v62.0/sobjects/Lead/{client.names.ids['lead1']}"},
        "Company": "A社",
        "Id": client.names.ids["lead1"],
        "IsDeleted": False,
        "Title": None,
    }


def test_read_everything_has_every_described_field(client: Client) -> None:
    described = client.call("GET", "sobjects/Contact/describe").body["fields"]
    record = client.call("GET", "sobjects/Contact/$con1").body
    assert list(record) == ["attributes", *(field["name"] for field in described)]


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("if-unmodified-since", AFTER, 204),
        ("if-unmodified-since", "Sun, 15 Nov 2026 23:00:00 GMT", 204),
        ("if-unmodified-since", BEFORE, 412),
        ("if-modified-since", BEFORE, 204),
        ("if-modified-since", AFTER, 412),
        ("if-unmodified-since", "yesterday", 400),
    ],
)
def test_conditions_on_update(client: Client, header: str, value: str, status: int) -> None:
    answer = client.call("PATCH", "sobjects/Contact/$con1", {"Title": "x"}, headers={header: value})
    assert answer.status == status
    assert bool(answer.writes) == (status == 204)
    if status == 412:
        assert answer.code == "PRECONDITION_FAILED"


def test_conditions_look_at_the_last_user_edit_not_at_the_roll_up(client: Client) -> None:
    client.call("POST", "sobjects/Task", {"WhoId": "$con1", "Status": "Completed", "ActivityDate": "2026-11-16"})
    moved = client.row("SELECT SystemModstamp, LastModifiedDate FROM Contact WHERE Id='$con1'")
    assert moved["SystemModstamp"] > moved["LastModifiedDate"]
    headers = {"if-unmodified-since": "Sun, 15 Nov 2026 23:00:00 GMT"}
    assert client.call("PATCH", "sobjects/Contact/$con1", {"Title": "x"}, headers=headers).status == 204


def test_conditions_on_read(client: Client) -> None:
    assert client.call("GET", "sobjects/Contact/$con1", headers={"if-modified-since": AFTER}).status == 304
    assert client.call("GET", "sobjects/Contact/$con1", headers={"if-modified-since": BEFORE}).status == 200
    assert client.call("GET", "sobjects/Contact/$con1", headers={"if-unmodified-since": BEFORE}).status == 412


def test_delete_is_soft_and_conditions_do_not_count(client: Client) -> None:
    answer = client.call("DELETE", "sobjects/Lead/$lead1", headers={"if-unmodified-since": BEFORE})
    assert answer.status == 204
    assert client.call("GET", "sobjects/Lead/$lead1").code == "NOT_FOUND"
    again = client.call("DELETE", "sobjects/Lead/$lead1")
    assert (again.status, again.code) == (404, "ENTITY_IS_DELETED")
    assert client.call("PATCH", "sobjects/Lead/$lead1", {"Title": "x"}).status == 404
    everything = client.ask("SELECT IsDeleted FROM Lead WHERE Id='$lead1'", everything=True)
    assert everything.body["records"][0]["IsDeleted"] is True


def test_delete_takes_what_hangs_on_the_record(client: Client) -> None:
    assert client.call("DELETE", "sobjects/Account/$acc1").status == 204
    for soql in (
        "SELECT Id FROM Contact WHERE Id = '$con1'",
        "SELECT Id FROM Opportunity WHERE AccountId = '$acc1'",
        "SELECT Id FROM OpportunityContactRole",
        "SELECT Id FROM OpportunityHistory WHERE OpportunityId = '$opp1'",
        "SELECT Id FROM Task WHERE Id = '$task1'",
    ):
        assert client.rows(soql) == []
    # The child account stays, and shows no parent.
    assert client.row("SELECT Parent.Name FROM Account WHERE Id = '$acc2'") == {"Parent": None}


class TestUpsert:
    def test_creates_then_updates(self, client: Client) -> None:
        path = "sobjects/Lead/External_Id__c/new@example.jp"
        first = client.call("PATCH", path, {"LastName": "新", "Company": "G社"})
        assert (first.status, first.body["created"]) == (201, True)
        second = client.call("PATCH", path, {"Title": "課長"})
        assert (second.status, second.body) == (200, {**first.body, "created": False})
        assert client.call("GET", path, query={"fields": "Title"}).body["Title"] == "課長"

    def test_old_versions_answer_an_update_without_a_body(self, client: Client) -> None:
        path = "/services/data/v45.0/sobjects/Lead/External_Id__c/hs-1"
        assert client.call("PATCH", path, {"Title": "x"}).status == 204

    def test_update_only(self, client: Client) -> None:
        answer = client.call("PATCH", "sobjects/Lead/External_Id__c/none", {"Title": "x"}, query={"updateOnly": "true"})
        assert answer.code == "NOT_FOUND"

    def test_many_matches_answer_with_their_addresses(self, client: Client) -> None:
        client.call("PATCH", "sobjects/Contact/$con2", {"Email": "hanako@tokyo.example"})
        answer = client.call("PATCH", "sobjects/Contact/Email/HANAKO@tokyo.example", {"Title": "x"})
        assert answer.status == 300
        assert answer.body == [
            f"/services/data/v62.0/sobjects/Contact/{client.names.ids[name]}" for name in ("con1", "con2")
        ]
        assert not answer.writes

    def test_the_key_does_not_belong_in_the_body(self, client: Client) -> None:
        answer = client.call("PATCH", "sobjects/Lead/External_Id__c/hs-1", {"External_Id__c": "hs-1", "Title": "x"})
        assert answer.code == "INVALID_FIELD"

    def test_read_and_delete_by_key(self, client: Client) -> None:
        client.call("PATCH", "sobjects/Contact/$con2", {"Email": "hanako@tokyo.example"})
        for method in ("GET", "DELETE"):
            assert client.call(method, "sobjects/Contact/Email/hanako@tokyo.example").status == 300
            assert client.call(method, "sobjects/Contact/Email/nobody@tokyo.example").code == "NOT_FOUND"
        assert client.call("DELETE", "sobjects/Lead/External_Id__c/hs-1").status == 204
        assert client.rows("SELECT Id FROM Lead WHERE External_Id__c = 'hs-1'") == []

    def test_by_the_id_field(self, client: Client) -> None:
        assert client.call("PATCH", "sobjects/Lead/Id/$lead1", {"Title": "x"}).status == 200
        assert client.call("PATCH", "sobjects/Lead/Id/00Q000000000000EAA", {"Title": "x"}).status == 404

    def test_conditions_hold_here_too(self, client: Client) -> None:
        headers = {"if-unmodified-since": "Sun, 15 Nov 2026 14:59:58 GMT"}
        answer = client.call("PATCH", "sobjects/Lead/External_Id__c/hs-1", {"Title": "x"}, headers=headers)
        assert answer.status == 412

    def test_a_field_that_is_no_key(self, client: Client) -> None:
        assert client.call("PATCH", "sobjects/Lead/Company/A社", {"Title": "x"}).status == 404


LEAD = {"LastName": "新", "Company": "H社"}
TASK = {"Subject": "x"}


@pytest.mark.parametrize(
    ("object_name", "body", "code", "fields", "says"),
    [
        (
            "Lead",
            {},
            "REQUIRED_FIELD_MISSING",
            ["LastName", "Company"],
            "Required fields are missing: [LastName, Company]",
        ),
        ("Lead", {**LEAD, "Nope": 1}, "INVALID_FIELD", None, "No such column 'Nope' on sobject of type Lead"),
        ("Lead", {**LEAD, "Name": "x"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Name"], "Unable to create/update fields"),
        ("Lead", {**LEAD, "Id": "$lead1"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Id"], "cannot specify Id"),
        ("Lead", {**LEAD, "LastName": "x" * 81}, "STRING_TOO_LONG", ["LastName"], "(max length=80)"),
        ("Lead", {**LEAD, "Email": "nobody"}, "INVALID_EMAIL_ADDRESS", ["Email"], "invalid email address: nobody"),
        ("Lead", {**LEAD, "CleanStatus": "x"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["CleanStatus"], "picklist"),
        ("Lead", {**LEAD, "OwnerId": "abc"}, "MALFORMED_ID", ["OwnerId"], "Owner ID: id value of incorrect type: abc"),
        ("Lead", {**LEAD, "OwnerId": "$lead1"}, "MALFORMED_ID", ["OwnerId"], "id value of incorrect type"),
        ("Lead", {**LEAD, "External_Id__c": "hs-1"}, "DUPLICATE_VALUE", [], "duplicates value on record with id"),
        ("Lead", {**LEAD, "AnnualRevenue": "lots"}, "JSON_PARSER_ERROR", None, "Cannot deserialize instance of double"),
        ("Lead", {**LEAD, "AnnualRevenue": 1e18}, "NUMBER_OUTSIDE_VALID_RANGE", ["AnnualRevenue"], "valid range"),
        (
            "Lead",
            {**LEAD, "NumberOfEmployees": 1.5},
            "JSON_PARSER_ERROR",
            None,
            "instance of int from VALUE_NUMBER_FLOAT",
        ),
        ("Lead", {**LEAD, "Title": 5}, "JSON_PARSER_ERROR", None, "instance of string from VALUE_NUMBER_INT value 5"),
        ("Lead", {**LEAD, "IsUnreadByOwner": "maybe"}, "JSON_PARSER_ERROR", None, "instance of boolean"),
        ("Contact", {"LastName": "x", "Birthdate": "2026-02-30"}, "JSON_PARSER_ERROR", None, "instance of date"),
        ("Contact", {"LastName": "x", "Birthdate": "1600-01-01"}, "NUMBER_OUTSIDE_VALID_RANGE", ["Birthdate"], "1600"),
        ("Contact", {"LastName": "x", "EmailBouncedDate": "soon"}, "JSON_PARSER_ERROR", None, "instance of datetime"),
        (
            "Contact",
            {"LastName": "x", "AccountId": "001000000000000AAA"},
            "INVALID_CROSS_REFERENCE_KEY",
            ["AccountId"],
            "",
        ),
        ("Lead", {**LEAD, "OwnerId": 5}, "JSON_PARSER_ERROR", None, "VALUE_NUMBER_INT value 5"),
        ("Lead", {**LEAD, "Owner": 5}, "JSON_PARSER_ERROR", None, "names exactly one field"),
        (
            "Lead",
            {**LEAD, "Owner": {"Title": "x"}},
            "INVALID_FIELD",
            None,
            "Title is not an External ID or indexed field",
        ),
        ("Lead", {**LEAD, "AnnualRevenue": [1]}, "JSON_PARSER_ERROR", None, "START_ARRAY"),
        ("Contact", {"LastName": "x", "ReportsToId": "$con3", "AccountId": "$con1"}, "MALFORMED_ID", ["AccountId"], ""),
        ("CampaignMember", {"CampaignId": "$cam1", "LeadId": "$lead5"}, "ENTITY_IS_DELETED", ["LeadId"], "deleted"),
        ("OpportunityHistory", {}, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", None, "does not support create"),
        ("CampaignMember", {"CampaignId": "$cam1"}, "REQUIRED_FIELD_MISSING", ["LeadId", "ContactId"], "missing"),
        (
            "CampaignMember",
            {"CampaignId": "$cam1", "LeadId": "$lead1"},
            "DUPLICATE_VALUE",
            [],
            "Already a campaign member.",
        ),
        ("Event", {"Subject": "x"}, "REQUIRED_FIELD_MISSING", ["ActivityDateTime", "DurationInMinutes"], "missing"),
    ],
)
def test_refused_creates(
    client: Client, object_name: str, body: dict[str, Any], code: str, fields: list[str] | None, says: str
) -> None:
    answer = client.call("POST", f"sobjects/{object_name}", body)
    assert answer.status == 400
    assert answer.code == code
    assert answer.body[0].get("fields") == fields
    assert says in answer.body[0]["message"]
    assert not answer.writes


def test_texts_are_read_where_numbers_and_booleans_are_meant(client: Client) -> None:
    body = {"NumberOfEmployees": "10000", "AnnualRevenue": "1.5", "IsUnreadByOwner": "true"}
    assert client.call("PATCH", "sobjects/Lead/$lead1", body).status == 204
    row = client.row("SELECT NumberOfEmployees, AnnualRevenue, IsUnreadByOwner FROM Lead WHERE Id='$lead1'")
    # The recorded describe says that annual revenue has no decimals.
    assert row == {"NumberOfEmployees": 10000, "AnnualRevenue": 2.0, "IsUnreadByOwner": True}


def test_objects_that_cannot_be_changed_or_deleted(client: Client) -> None:
    (stage, *_) = client.rows("SELECT Id FROM OpportunityStage")
    answer = client.call("PATCH", f"sobjects/OpportunityStage/{stage['Id']}", {"MasterLabel": "x"})
    assert answer.code == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    assert client.call("DELETE", "sobjects/User/$user2").code == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"


def test_owners_the_org_does_not_keep_are_taken_on_trust(client: Client) -> None:
    assert client.call("PATCH", "sobjects/Lead/$lead1", {"OwnerId": "00G000000000001"}).status == 204


def test_a_reference_can_be_cleared_by_its_relationship(client: Client) -> None:
    assert client.call("PATCH", "sobjects/Contact/$con1", {"Account": None}).status == 204
    assert client.row("SELECT AccountId FROM Contact WHERE Id='$con1'") == {"AccountId": None}


def test_an_inactive_owner_is_refused(client: Client) -> None:
    assert client.call("PATCH", "sobjects/User/$user2", {"IsActive": False}).status == 204
    answer = client.call("PATCH", "sobjects/Lead/$lead1", {"OwnerId": "$user2"})
    assert answer.code == "INACTIVE_OWNER_OR_USER"
    assert "as owner of lead" in answer.body[0]["message"]
    # Records the user owns already can still be edited.
    assert client.call("PATCH", "sobjects/Lead/$lead3", {"Title": "x"}).status == 204


def test_a_reference_by_external_id(client: Client) -> None:
    body = {"CampaignId": "$cam1", "Lead": {"External_Id__c": "HS-1"}}
    created = client.call("POST", "sobjects/CampaignMember", body)
    assert created.status == 201
    assert (
        client.row(f"SELECT LeadId FROM CampaignMember WHERE Id='{created.body['id']}'")["LeadId"]
        == client.names.ids["lead2"]
    )
    missing = client.call("POST", "sobjects/CampaignMember", {"CampaignId": "$cam1", "Lead": {"External_Id__c": "x"}})
    assert "Foreign key external ID: x not found" in missing.body[0]["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"'])
def test_bodies_that_are_no_objects(client: Client, body: bytes) -> None:
    assert client.call("POST", "sobjects/Lead", body).code == "JSON_PARSER_ERROR"


def test_methods_and_paths_that_do_not_exist(client: Client) -> None:
    wrong = client.call("PUT", "sobjects/Lead", {})
    assert (wrong.status, wrong.code) == (405, "METHOD_NOT_ALLOWED")
    assert wrong.body[0]["message"] == "HTTP Method 'PUT' not allowed. Allowed are HEAD,GET,POST"
    for path in ("nope", "sobjects/Nope", "sobjects/Nope/describe", "sobjects/Lead/00Q000000000000EAA", "/other"):
        answer = client.call("GET", path)
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


def test_a_post_can_stand_for_a_patch(client: Client) -> None:
    answer = client.call("POST", "sobjects/Lead/$lead1", {"Title": "x"}, query={"_HttpMethod": "PATCH"})
    assert answer.status == 204
