"""A pack with one of everything, and the pack of an empty org."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from syncagent.domain.findings import FindingState
from syncagent.domain.money import Money
from syncagent.kpi import (
    Absent,
    Behind,
    CampaignLine,
    DealCheck,
    DealLine,
    Featured,
    HouseLine,
    HygieneLine,
    LinkageLine,
    Measure,
    Measured,
    Named,
    Pack,
    Pipeline,
    Ratio,
    Response,
    StageLine,
    Words,
    parse_week,
    propose_actions,
    read_funnel,
    read_metrics,
    weeks_until,
)
from syncagent.kpi.deal_check import DecisionLine
from syncagent.kpi.featured import Touch
from tests.kpi.metrics import metric

WEEK = parse_week("2026-W46")
NOW = datetime(2026, 11, 15, 23, tzinfo=UTC)
HOSTILE = '<script>alert(1)</script> & "株" \x00'

_LIST = Absent(Words("Connect a list", "リストを接続"))
_AMOUNT = Measure("opportunities", "sum", column="amount_minor", in_week="close_day")
_METRICS = (
    metric("leads", unit="people", target=Decimal(15), downstream="targets", focus=True, team="marketing"),
    metric("targets", _LIST, unit="people", downstream="meetings", team="marketing"),
    metric("meetings", unit="meetings", downstream="won", team="inside_sales"),
    metric("won", focus=True),
    metric("amount", _AMOUNT, unit="money", target=Decimal(5_000_000), focus=True),
    metric("rate", Ratio("won", "meetings"), unit="percent", target=Decimal(25), focus=True),
    metric("none", Ratio("nothing", "nothing"), unit="percent", target=Decimal(25), focus=True),
    metric("nothing"),
    metric("stock", Measure("opportunities", "count"), unit="records"),
)
_DEAL = DealLine(
    "006A",
    HOSTILE,
    "佐藤 <b>",
    "P1 課題認識",
    Money(9_000_000, "JPY"),
    3,
    date(2026, 10, 10),
    37,
    None,
    95,
    None,
    "close",
)
_STORY = Featured(
    "became_deal", "Opportunity", "006C", "さくら商事 新規導入", "", "ウェビナー", date(2026, 11, 10),
    tuple(Touch(f"ウェビナー{n}", "ウェビナー", date(2026, 9, n)) for n in range(1, 8)),
    "佐藤", "P1 課題認識", Money(1_200_000, "JPY"), "11/20 デモ", "", 2, date(2026, 11, 12),
)  # fmt: skip


def full_pack() -> Pack:
    """Build the pack."""
    three = Behind((Named("salesforce/Lead/00Q1", HOSTILE), Named("salesforce/Lead/00Q2", "髙橋")), 1234)
    readings = read_metrics(
        _METRICS,
        {
            "leads": Measured((12, 20, 15), left_out=0, behind=three),
            "meetings": Measured((4, 0, 15)),
            "won": Measured((1, 0, 3)),
            "amount": Measured((1_000_000, 0, 15_000_000), left_out=2),
            "nothing": Measured((0, 0, 0)),
            "stock": Measured((None, None, 7)),
        },
    )
    lost = Featured(
        "lost", "Opportunity", "006D", "失注案件", "", "", None, (), "山本", "失注", None, "", "", 0, None
    )  # fmt: skip
    neglected = Featured("neglected", "Lead", "00Q9", HOSTILE, "A社", "", None, (), "q", "Open", None, "", "", 0, None)
    kept = DealLine("006B", "継続", "山本", "P5 稟議待ち", None, 0, None, None, None, 200, date(2026, 12, 1), "keep")
    deals = (_DEAL, kept)
    stages = (
        StageLine("P1 課題認識", Decimal(10), 2, 2_000_000, 1, 500_000, 1),
        StageLine("P5 稟議待ち", Decimal(90), 1, 1_000_000),
    )
    return Pack(
        org="demo",
        week=WEEK,
        zone="Asia/Tokyo",
        currency="JPY",
        made_at=NOW,
        readings=readings,
        weeks=weeks_until(WEEK, 3),
        funnel=read_funnel(readings),
        response=Response(60, 9, 1, 2880, 59, 52, 21),
        featured=(_STORY, lost, neglected),
        actions=propose_actions(deals, (_STORY, lost, neglected), date(2026, 11, 20)),
        deal_check=DealCheck(
            deals,
            (
                DecisionLine("close", 1, Money(9_000_000, "JPY")),
                DecisionLine("return", 0, Money(0, "JPY")),
                DecisionLine("keep", 80, Money(1, "JPY")),
            ),
        ),
        house=(HouseLine("leads", 4120, 335), HouseLine("following", 10, 9), HouseLine("untouched", 4110, 330)),
        pipeline=Pipeline(stages),
        hygiene=(HygieneLine("zombie", FindingState.FLAGGED, 1, Money(500_000, "JPY"), three),),
        campaigns=(CampaignLine("展示会", Money(333_334, "JPY"), Decimal("0.333")),),
        linkage=(
            LinkageLine("campaign", 1, 3, Behind((Named("salesforce/Opportunity/006E", "受注"),), 2)),
            LinkageLine("linked", 0, 0),
        ),
        conflicts=52,
    )


def empty_pack() -> Pack:
    """Build the pack of an org that holds nothing yet."""
    readings = read_metrics(_METRICS, {m.id: Measured((0, 0, 0)) for m in _METRICS if isinstance(m.formula, Measure)})
    weeks = weeks_until(WEEK, 3)
    funnel = read_funnel(readings)
    return Pack(
        "demo",
        WEEK,
        "Asia/Tokyo",
        "JPY",
        NOW,
        readings,
        weeks=weeks,
        funnel=funnel,
        response=Response(0, 0, 0, None, None, 0, 0),
    )
