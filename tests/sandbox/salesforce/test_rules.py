import pytest

from syncagent.sandbox.wire import EditError, Writes
from tests.sandbox.salesforce.small_org import Client

STAMP = "2026-11-15T23:00:01.000+0000"


class TestOpportunity:
    def test_the_stage_sets_what_follows_from_it(self, client: Client) -> None:
        client.call("PATCH", "sobjects/Opportunity/$opp1", {"StageName": "受注"})
        assert client.row(
            "SELECT Probability, IsClosed, IsWon, ForecastCategory, ForecastCategoryName, ExpectedRevenue, "
            "LastStageChangeDate FROM Opportunity WHERE Id='$opp1'"
        ) == {
            "Probability": 100.0,
            "IsClosed": True,
            "IsWon": True,
            "ForecastCategory": "Closed",
            "ForecastCategoryName": "Closed",
            "ExpectedRevenue": 1000000.0,
            "LastStageChangeDate": STAMP,
        }

    def test_a_given_probability_stays(self, client: Client) -> None:
        client.call("PATCH", "sobjects/Opportunity/$opp1", {"StageName": "P2 ソリューション提案", "Probability": 45})
        row = client.row("SELECT Probability, ExpectedRevenue FROM Opportunity WHERE Id='$opp1'")
        assert row == {"Probability": 45.0, "ExpectedRevenue": 450000.0}

    def test_an_unknown_stage_is_accepted_and_changes_nothing_else(self, client: Client) -> None:
        client.call("PATCH", "sobjects/Opportunity/$opp1", {"StageName": "夢"})
        row = client.row("SELECT StageName, Probability, IsClosed FROM Opportunity WHERE Id='$opp1'")
        assert row == {"StageName": "夢", "Probability": 10.0, "IsClosed": False}

    def test_a_forecast_category_can_be_chosen(self, client: Client) -> None:
        client.call("PATCH", "sobjects/Opportunity/$opp1", {"ForecastCategoryName": "Best Case"})
        row = client.row("SELECT ForecastCategory, Probability FROM Opportunity WHERE Id='$opp1'")
        assert row == {"ForecastCategory": "BestCase", "Probability": 10.0}

    def test_history_is_written_at_creation_and_for_tracked_changes_only(self, client: Client) -> None:
        body = {"Name": "新", "StageName": "P1 課題認識", "CloseDate": "2026-12-31", "Amount": 10}
        record_id = client.call("POST", "sobjects/Opportunity", body).body["id"]
        client.call("PATCH", f"sobjects/Opportunity/{record_id}", {"NextStep": "電話"})
        client.call("PATCH", f"sobjects/Opportunity/{record_id}", {"Amount": 20, "StageName": "受注"})
        client.call("PATCH", f"sobjects/Opportunity/{record_id}", {"Amount": 20})
        history = client.rows(
            "SELECT StageName, Amount, PrevAmount, Probability, CreatedDate FROM OpportunityHistory "
            f"WHERE OpportunityId = '{record_id}' ORDER BY CreatedDate"
        )
        assert history == [
            {
                "StageName": "P1 課題認識",
                "Amount": 10.0,
                "PrevAmount": None,
                "Probability": 10.0,
                "CreatedDate": STAMP,
            },
            {
                "StageName": "受注",
                "Amount": 20.0,
                "PrevAmount": 10.0,
                "Probability": 100.0,
                "CreatedDate": "2026-11-15T23:00:03.000+0000",
            },
        ]
        link = client.row(f"SELECT LastAmountChangedHistory.Amount FROM Opportunity WHERE Id='{record_id}'")
        assert link == {"LastAmountChangedHistory": {"Amount": 20.0}}

    def test_a_contact_at_creation_becomes_the_primary_role(self, client: Client) -> None:
        body = {"Name": "新", "StageName": "P1 課題認識", "CloseDate": "2026-12-31", "ContactId": "$con2"}
        record_id = client.call("POST", "sobjects/Opportunity", body).body["id"]
        role = client.row(f"SELECT ContactId, IsPrimary FROM OpportunityContactRole WHERE OpportunityId='{record_id}'")
        assert role == {"ContactId": client.names.ids["con2"], "IsPrimary": True}

    def test_open_and_overdue_tasks_show(self, client: Client) -> None:
        client.call("POST", "sobjects/Task", {"WhatId": "$opp3", "Subject": "x", "ActivityDate": "2026-11-15"})
        row = client.row("SELECT HasOpenActivity, HasOverdueTask FROM Opportunity WHERE Id='$opp3'")
        assert row == {"HasOpenActivity": True, "HasOverdueTask": True}


def test_one_primary_contact(client: Client) -> None:
    body = {"OpportunityId": "$opp1", "ContactId": "$con2", "IsPrimary": True}
    assert client.call("POST", "sobjects/OpportunityContactRole", body).status == 201
    rows = client.rows("SELECT ContactId, IsPrimary, LastModifiedDate FROM OpportunityContactRole ORDER BY CreatedDate")
    assert [row["IsPrimary"] for row in rows] == [False, True]
    assert rows[0]["LastModifiedDate"] == STAMP


class TestActivities:
    def test_a_closed_task_moves_the_last_activity_and_only_the_system_stamp(self, client: Client) -> None:
        body = {"WhoId": "$con1", "WhatId": "$opp1", "Status": "Completed", "ActivityDate": "2026-11-15"}
        client.call("POST", "sobjects/Task", body)
        for object_name, name in (("Contact", "con1"), ("Opportunity", "opp1"), ("Account", "acc1")):
            row = client.row(
                f"SELECT LastActivityDate, LastModifiedDate, SystemModstamp FROM {object_name} WHERE Id='${name}'"
            )
            assert row == {
                "LastActivityDate": "2026-11-15",
                "LastModifiedDate": "2026-11-15T23:00:00.000+0000",
                "SystemModstamp": STAMP,
            }

    def test_an_open_task_does_not(self, client: Client) -> None:
        client.call("POST", "sobjects/Task", {"WhoId": "$con1", "ActivityDate": "2026-11-15"})
        assert client.row("SELECT LastActivityDate FROM Contact WHERE Id='$con1'") == {"LastActivityDate": "2026-11-10"}

    def test_deleting_the_last_activity_moves_it_back(self, client: Client) -> None:
        client.call("DELETE", "sobjects/Task/$task1")
        assert client.row("SELECT LastActivityDate FROM Contact WHERE Id='$con1'") == {"LastActivityDate": None}

    def test_status_closes_a_task(self, client: Client) -> None:
        client.call("PATCH", "sobjects/Task/$task2", {"Status": "完了", "Priority": "High"})
        row = client.row("SELECT IsClosed, IsHighPriority, CompletedDateTime FROM Task WHERE Id='$task2'")
        assert row == {"IsClosed": True, "IsHighPriority": True, "CompletedDateTime": STAMP}
        client.call("PATCH", "sobjects/Task/$task2", {"Status": "Not Started"})
        assert client.row("SELECT CompletedDateTime FROM Task WHERE Id='$task2'") == {"CompletedDateTime": None}

    def test_the_account_follows_from_what_or_who(self, client: Client) -> None:
        for body, account in (
            ({"WhatId": "$opp3"}, "acc2"),
            ({"WhatId": "$acc3"}, "acc3"),
            ({"WhoId": "$con1"}, "acc1"),
        ):
            record_id = client.call("POST", "sobjects/Task", body).body["id"]
            row = client.row(f"SELECT AccountId FROM Task WHERE Id='{record_id}'")
            assert row == {"AccountId": client.names.ids[account]}

    def test_the_times_of_an_event_are_one_fact(self, client: Client) -> None:
        body = {"WhatId": "$opp1", "ActivityDateTime": "2026-11-16T23:30:00+09:00", "DurationInMinutes": 60}
        record_id = client.call("POST", "sobjects/Event", body).body["id"]
        fields = "StartDateTime, EndDateTime, ActivityDate, EndDate, DurationInMinutes"
        assert client.row(f"SELECT {fields} FROM Event WHERE Id='{record_id}'") == {
            "StartDateTime": "2026-11-16T14:30:00.000+0000",
            "EndDateTime": "2026-11-16T15:30:00.000+0000",
            "ActivityDate": "2026-11-16",
            "EndDate": "2026-11-17",
            "DurationInMinutes": 60,
        }
        client.call("PATCH", f"sobjects/Event/{record_id}", {"DurationInMinutes": 15})
        row = client.row(f"SELECT EndDateTime FROM Event WHERE Id='{record_id}'")
        assert row == {"EndDateTime": "2026-11-16T14:45:00.000+0000"}
        assert (
            client.row("SELECT LastActivityDate FROM Opportunity WHERE Id='$opp1'")["LastActivityDate"] == "2026-11-16"
        )

    def test_an_event_of_a_whole_day(self, client: Client) -> None:
        answer = client.call("POST", "sobjects/Event", {"IsAllDayEvent": True, "ActivityDate": "2026-11-20"})
        row = client.row(f"SELECT EndDate, DurationInMinutes FROM Event WHERE Id='{answer.body['id']}'")
        assert row == {"EndDate": "2026-11-20", "DurationInMinutes": 1440}


class TestCampaigns:
    def test_a_new_campaign_brings_its_statuses(self, client: Client) -> None:
        record_id = client.call("POST", "sobjects/Campaign", {"Name": "ウェビナー"}).body["id"]
        rows = client.rows(
            "SELECT Label, IsDefault, HasResponded FROM CampaignMemberStatus "
            f"WHERE CampaignId='{record_id}' ORDER BY Label"
        )
        assert rows == [
            {"Label": "Responded", "IsDefault": False, "HasResponded": True},
            {"Label": "Sent", "IsDefault": True, "HasResponded": False},
        ]

    def test_the_status_says_who_responded_and_when(self, client: Client) -> None:
        client.call("PATCH", "sobjects/CampaignMember/$mem2", {"Status": "responded"})
        row = client.row("SELECT HasResponded, FirstRespondedDate FROM CampaignMember WHERE Id='$mem2'")
        assert row == {"HasResponded": True, "FirstRespondedDate": "2026-11-16"}

    def test_own_statuses_decide(self, client: Client) -> None:
        client.call(
            "POST", "sobjects/CampaignMemberStatus", {"CampaignId": "$cam1", "Label": "来場", "HasResponded": True}
        )
        client.call("PATCH", "sobjects/CampaignMember/$mem2", {"Status": "来場"})
        assert client.row("SELECT HasResponded FROM CampaignMember WHERE Id='$mem2'") == {"HasResponded": True}

    def test_the_default_status(self, client: Client) -> None:
        record_id = client.call("POST", "sobjects/CampaignMember", {"CampaignId": "$cam1", "LeadId": "$lead2"}).body[
            "id"
        ]
        assert client.row(f"SELECT Status FROM CampaignMember WHERE Id='{record_id}'") == {"Status": "Sent"}

    def test_a_member_does_not_change_person(self, client: Client) -> None:
        answer = client.call("PATCH", "sobjects/CampaignMember/$mem2", {"LeadId": "$lead2"})
        assert answer.code == "INVALID_FIELD_FOR_INSERT_UPDATE"


class TestPeople:
    def test_the_name_follows_its_parts(self, client: Client) -> None:
        client.call("PATCH", "sobjects/Contact/$con1", {"LastName": "高橋"})
        assert client.row("SELECT Name FROM Contact WHERE Id='$con1'") == {"Name": "高橋 花子"}

    def test_a_required_field_cannot_be_cleared(self, client: Client) -> None:
        assert client.call("PATCH", "sobjects/Contact/$con1", {"LastName": ""}).code == "REQUIRED_FIELD_MISSING"

    def test_a_converted_lead_is_closed_to_edits(self, client: Client) -> None:
        body = {"LastName": "済", "Company": "x", "IsConverted": True}
        record_id = client.call("POST", "sobjects/Lead", body).body["id"]
        assert client.call("PATCH", f"sobjects/Lead/{record_id}", {"Title": "x"}).code == "CANNOT_UPDATE_CONVERTED_LEAD"


class TestEdit:
    def test_a_person_edits_under_the_own_name(self, client: Client) -> None:
        writes = Writes()
        client.org.edit("Opportunity", client.names.ids["opp1"], {"StageName": "受注"}, "tanaka@example.jp", writes)
        row = client.row("SELECT LastModifiedById, IsWon FROM Opportunity WHERE Id='$opp1'")
        assert row == {"LastModifiedById": client.names.ids["user2"], "IsWon": True}
        history = client.rows("SELECT CreatedById FROM OpportunityHistory WHERE OpportunityId='$opp1' ORDER BY Id")
        assert history[-1] == {"CreatedById": client.names.ids["user2"]}
        assert [note.operation for note in writes] == ["update"]

    @pytest.mark.parametrize(
        ("object_name", "record", "fields", "user", "says"),
        [
            ("Lead", "lead1", {"Email": "x"}, "田中 一郎", "INVALID_EMAIL_ADDRESS: Email: invalid email address: x"),
            (
                "Lead",
                "lead1",
                {"Title": "x"},
                "nobody",
                "There is no user nobody in Salesforce; there are integration@",
            ),
            ("Lead", "lead5", {"Title": "x"}, "tanaka@example.jp", "There is no Lead"),
            ("Lead", "con1", {"Title": "x"}, "tanaka@example.jp", "There is no Lead"),
            ("Nope", "lead1", {"Title": "x"}, "tanaka@example.jp", "There is no Nope"),
        ],
    )
    def test_refused_edits(
        self, client: Client, object_name: str, record: str, fields: dict[str, str], user: str, says: str
    ) -> None:
        writes = Writes()
        with pytest.raises(EditError, match="^" + says.replace(".", r"\.")):
            client.org.edit(object_name, client.names.ids[record], fields, user, writes)
        assert not writes
