from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncagent.domain.changes import Change, Conflict, Evidence, Outcome
from syncagent.domain.findings import Announcement, Breach, Finding, FindingState
from syncagent.domain.money import Money
from syncagent.domain.plans import JournalEntry, Plan
from syncagent.domain.records import RecordRef
from syncagent.errors import Defect, StalePlan
from syncagent.planning import Brakes, Draft, build_plan, invert, measure_breaches, plan_from_json, plan_to_json

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)
LEAD = RecordRef("salesforce", "Lead", "00Q5g00000AAAAAEA0")
CONTACT = RecordRef("hubspot", "contacts", "101")

values = st.one_of(st.none(), st.booleans(), st.integers(-(2**40), 2**40), st.text(max_size=12))


def update(
    ref: RecordRef = LEAD, field: str = "Phone", before: str | None = "a", after: str | None = "b", **more: object
) -> Change:
    return dataclasses.replace(
        Change(ref, "update", field, before, after, "merge:person.phone", "because"),
        id="",
        **more,  # type: ignore[arg-type]  # keyword arguments of Change
    )


def create() -> Change:
    after = {"email": "a@example.jp", "syncagent_salesforce_id": LEAD.id}
    new = RecordRef("hubspot", "contacts", "")
    return Change(new, "create", None, None, after, "merge:person", "new", counterpart=LEAD)


def plan_of(*changes: Change, **more: object) -> Plan:
    draft = dataclasses.replace(Draft("default", changes), **more)  # type: ignore[arg-type]  # keyword arguments of Draft
    return build_plan(draft, now=NOW, valid=timedelta(hours=72))


def full_plan() -> Plan:
    finding = Finding(
        "stage-stale-90", LEAD, "action", FindingState.WARNED, (Evidence("days", 85, "85 days"),), date(2026, 11, 23)
    )
    conflict = Conflict("person", "phone", LEAD, CONTACT, "a", None, None, "nobody's rule")
    return plan_of(
        update(money=Money(5, "JPY"), evidence=(Evidence("x", None, "y"),)),
        create(),
        findings=[finding],
        conflicts=[conflict],
        breaches=[Breach("changes_max", "plan", "1", "2", ("x",))],
        announcements=[Announcement("stage-stale-90", LEAD, date(2026, 11, 23), ("x",))],
        forecast={"salesforce": 2, "hubspot": 1},
    )


def test_a_plan_survives_its_json_form() -> None:
    plan = full_plan()
    assert plan_from_json(plan_to_json(plan)) == plan


@pytest.mark.parametrize("text", ["a\x00b", "half an emoji \ud83d", "\udc00"])
def test_a_text_no_document_can_hold_does_not_stop_a_plan(text: str) -> None:
    held = Change(CONTACT, "update", "name", text, "x", "merge:person.name", text, (Evidence("name", text, text),))
    plan = plan_of(held)
    back = plan_from_json(plan_to_json(plan))
    assert (back.digest, back.changes[0].id) == (plan.digest, held.id)
    assert back.changes[0].before == text.encode("utf-8", "replace").decode().replace("?", "\ufffd")


def test_the_digest_covers_neither_time() -> None:
    draft = Draft("default", [update()])
    later = build_plan(draft, now=NOW + timedelta(days=3), valid=timedelta(hours=1))
    assert later.digest == build_plan(draft, now=NOW, valid=timedelta(hours=72)).digest


@given(before=values, after=values, other=values)
def test_an_edited_value_is_noticed(before: str | None, after: str | None, other: str | None) -> None:
    plan = plan_of(update(before=before, after=after))
    document = orjson.loads(plan_to_json(plan))
    document["changes"][0]["after"] = other
    text = orjson.dumps(document)
    if orjson.dumps(other) == orjson.dumps(after):
        assert plan_from_json(text) == plan
    else:
        with pytest.raises(StalePlan, match="changed after it was made"):
            plan_from_json(text)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"digest": 1}', b"null", "株".encode()])
def test_what_is_no_plan_is_refused_in_words(text: bytes) -> None:
    with pytest.raises(StalePlan, match=r"not a plan syncagent made|changed after"):
        plan_from_json(text)


@given(st.permutations([update(), update(field="Title"), update(ref=CONTACT, field="phone"), create()]))
def test_the_order_of_the_changes_does_not_matter(changes: list[Change]) -> None:
    assert plan_of(*changes).digest == plan_of(*reversed(changes)).digest
    assert plan_of(*changes).changes[0].operation == "create"


def test_two_writers_of_one_field_are_a_defect() -> None:
    with pytest.raises(Defect, match="both want to write Phone"):
        plan_of(update(), update(after="c", origin="policy:x"))


def test_the_same_changes_can_be_planned_again_after_they_were_applied() -> None:
    assert plan_of(update(), generation=0).digest != plan_of(update(), generation=1).digest


def entry(change: Change, outcome: str, record: RecordRef | None = None) -> JournalEntry:
    return JournalEntry("r1", 1, change, NOW, outcome, record=record)


def test_the_inverse_takes_back_only_what_was_applied() -> None:
    created = RecordRef("hubspot", "contacts", "777")
    archive = Change(CONTACT, "archive", None, None, None, "policy:x", "because")
    result = invert(
        "r1",
        [
            entry(update(), Outcome.APPLIED),
            entry(update(field="Title"), Outcome.STALE),
            entry(create(), Outcome.APPLIED, created),
            entry(archive, Outcome.APPLIED),
        ],
    )
    swapped, archived = result.changes
    assert (swapped.before, swapped.after, swapped.origin) == ("b", "a", "undo:r1")
    assert (archived.operation, archived.ref) == ("archive", created)
    assert [change for change, _reason in result.impossible] == [archive]


def test_a_record_somebody_else_made_is_never_taken_back() -> None:
    existed = JournalEntry("r1", 1, create(), NOW, Outcome.APPLIED, "EXISTED: it was there", record=CONTACT)
    result = invert("r1", [existed])
    assert result.changes == ()
    assert "not ours to remove" in result.impossible[0][1]


def test_a_create_without_a_recorded_id_is_inverted_on_its_own_reference() -> None:
    assert invert("r1", [entry(create(), Outcome.APPLIED)]).changes[0].ref.id == ""


OWNED = [update(ref=RecordRef("hubspot", "contacts", str(n)), owner="ann" if n < 3 else "bob") for n in range(5)]


@pytest.mark.parametrize(
    ("brakes", "broken"),
    [
        (Brakes(), []),
        (Brakes(changes_max=5, creates_max=0, share_max_percent=10, per_owner_max=3), []),
        (Brakes(changes_max=4), ["5 over 4"]),
        (Brakes(share_max_percent=9), ["5 of 50 (10 %) over 9 %"]),
        (Brakes(per_owner_max=2), ["3 over 2"]),
        (Brakes(money_max_minor=100, money_currency="JPY"), []),
    ],
)
def test_brakes_trip_only_beyond_their_limit(brakes: Brakes, broken: list[str]) -> None:
    breaches = measure_breaches(brakes, OWNED, {("hubspot", "contacts"): 50}, scope="plan")
    assert [f"{item.measured} over {item.limit}" for item in breaches] == broken


def test_creates_are_braked_on_their_own_and_have_no_share() -> None:
    brakes = Brakes(creates_max=0, share_max_percent=1)
    breaches = measure_breaches(brakes, [create()], {("hubspot", "contacts"): 100}, scope="plan")
    assert [item.brake for item in breaches] == ["creates_max"]


def test_a_share_of_a_handful_says_nothing() -> None:
    assert measure_breaches(Brakes(share_max_percent=1), OWNED, {("hubspot", "contacts"): 49}, scope="plan") == []


def test_a_records_money_counts_once_and_foreign_money_never_slips_through() -> None:
    yen = [update(money=Money(60, "JPY")), update(field="Title", money=Money(60, "JPY"))]
    brakes = Brakes(money_max_minor=100, money_currency="JPY")
    assert measure_breaches(brakes, yen, {}, scope="plan") == []
    assert measure_breaches(Brakes(money_max_minor=59, money_currency="JPY"), yen, {}, scope="plan") != []
    dollars = [*yen, update(ref=CONTACT, money=Money(1, "USD"))]
    assert measure_breaches(brakes, dollars, {}, scope="plan")[0].measured == "60 JPY and amounts in USD"
