"""A plan with one of everything, and values that have broken reports before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from syncagent.domain.changes import Change, Conflict, Evidence
from syncagent.domain.findings import Breach, Finding, FindingState
from syncagent.domain.money import Money
from syncagent.domain.plans import Approval, Plan
from syncagent.domain.records import RecordRef
from syncagent.planning import Draft, build_plan
from syncagent.rendering.plan_text import PlanView
from syncagent.rendering.words import Language

NOW = datetime(2026, 11, 15, 23, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
DEAL = RecordRef("salesforce", "Opportunity", "0065g00000AAAAAEA0")
LEAD = RecordRef("salesforce", "Lead", "00Q5g00000AAAAAEA0")
CONTACT = RecordRef("hubspot", "contacts", "101")
NAMES = {DEAL: "さくら商事 ツムギ契約", LEAD: "髙橋 <b>花子</b>", CONTACT: "髙橋 花子"}

HOSTILE = "=cmd|' /C calc'!A0\r\n\"二行目\", 🍣𠮷 \x00 end\ud800"
"""A formula, CRLF, quotes, a comma, an emoji, a four-byte kanji, NUL and a lone surrogate."""


def full_plan() -> Plan:
    """Build the plan."""
    close = Change(
        DEAL, "update", "StageName", "P3 評価", "失注", "policy:stage-stale-90",
        "stage unchanged for 90 days", (Evidence("days", 90, "90 days in this stage"),),
        Money(1_200_000, "JPY"), "0055g00000010DRAAY",
    )  # fmt: skip
    blank = Change(LEAD, "update", "Phone", None, "03-1234-5678", "merge:person.phone", "Salesforce holds nothing")
    new = {"email": "h.takahashi@example.jp", "lastname": "髙橋", "syncagent_salesforce_id": LEAD.id}
    create = Change(
        RecordRef("hubspot", "contacts", ""), "create", None, None, new, "merge:person", "no contact yet",
        counterpart=LEAD,
    )  # fmt: skip
    archive = Change(CONTACT, "archive", None, None, None, "undo:run-0001", "created by the run that is taken back")
    finding = Finding(
        "stage-stale-90", DEAL, "action", FindingState.DUE,
        (Evidence("days", 90, "90 days in this stage"), Evidence("amount", "1200000", "1,200,000 JPY at stake")),
        date(2026, 11, 16), (close.id,),
    )  # fmt: skip
    flagged = Finding("lost-reason", LEAD, "info", FindingState.FLAGGED, (Evidence("reason", None, "no reason"),))
    conflict = Conflict("person", "phone", LEAD, CONTACT, "03-1", "03-2", None, "both changed since they last agreed")
    draft = Draft(
        "demo",
        (close, blank, create, archive),
        findings=[finding, flagged],
        conflicts=[conflict],
        breaches=[Breach("changes_max", "policy:stage-stale-90", "10", "12", (close.id,))],
        forecast={"salesforce": 2, "hubspot": 1},
    )
    return build_plan(draft, now=NOW, valid=timedelta(hours=72))


def hostile_plan() -> Plan:
    """Build a plan whose values attack whatever renders them."""
    script = "<script>alert(1)</script>"
    change = Change(LEAD, "update", "Description", HOSTILE, script, "merge:person.x", HOSTILE, id="1234567890abcdef")
    return Plan("0" * 64, "demo", NOW, NOW + timedelta(hours=72), (change,))


def view(lang: Language, **more: object) -> PlanView:
    """Build a view with names."""
    return PlanView(lang, TOKYO, NAMES, **more)  # type: ignore[arg-type]  # keyword arguments of PlanView


APPROVAL = Approval("x", "山本", NOW, ("a", "b"))
