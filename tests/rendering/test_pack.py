"""The pack's page and document: safe, complete, and of one mind."""

from __future__ import annotations

import re
from decimal import Decimal

import orjson
import pytest

from syncagent.kpi import LinkageLine, Ratio, Reading
from syncagent.rendering.charts import bar, trend_line
from syncagent.rendering.pack import pack_html
from syncagent.rendering.pack_json import pack_json
from syncagent.rendering.pack_values import show_conversion, show_gap, show_minutes, show_number, show_percent
from syncagent.rendering.words import Language, say
from tests.golden.packs import empty_pack, full_pack
from tests.kpi.metrics import metric
from tests.rendering.standing_alone import assert_stands_alone

KEYS = ("week", "zone", "metrics", "featured", "actions", "bottleneck", "linkage", "segments")
METRIC_KEYS = ("id", "label", "value", "unit", "target", "gap", "previous", "definition", "condition")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_pack_page_stands_alone(lang: Language) -> None:
    for pack in (full_pack(), empty_pack()):
        text = pack_html(pack, lang)
        assert_stands_alone(text)
        text.encode()
        shown = re.sub(r"<[^>]*>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))
        assert not re.search(r"\b(nan|inf|infinity|None|null|undefined)\b", shown)


def test_values_are_escaped() -> None:
    text = pack_html(full_pack(), "ja")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "佐藤 &lt;b&gt;" in text
    assert "\x00" not in text


def test_the_document_has_the_promised_keys() -> None:
    document = orjson.loads(pack_json(full_pack(), "ja"))
    assert set(KEYS) <= document.keys()
    for row in document["metrics"]:
        assert set(METRIC_KEYS) <= row.keys()
        assert isinstance(row["label"], str)
    assert document["week"] == "2026-W46"


def test_counts_and_money_are_numbers_and_percentages_decimal_text() -> None:
    rows = {row["id"]: row for row in orjson.loads(pack_json(full_pack()))["metrics"]}
    assert (rows["leads"]["value"], rows["leads"]["target"], rows["leads"]["gap"]) == (15, 15, 0)
    assert (rows["amount"]["value"], rows["amount"]["gap"], rows["amount"]["previous"]) == (15_000_000, 10_000_000, 0)
    assert (rows["rate"]["value"], rows["rate"]["target"], rows["rate"]["gap"]) == ("20.0", "25", "-5.0")
    assert (rows["none"]["value"], rows["none"]["gap"]) == (None, None)
    assert (rows["stock"]["value"], rows["stock"]["previous"]) == (7, None)
    assert (rows["targets"]["value"], rows["targets"]["no_input"]) == (None, "Connect a list")


def test_each_language_has_its_own_labels() -> None:
    labels = {lang: orjson.loads(pack_json(full_pack(), lang))["metrics"][0]["label"] for lang in ("ja", "en")}
    assert labels == {"ja": "leads 日", "en": "leads en"}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_page_says_the_numbers_of_the_document(lang: Language) -> None:
    text, document = pack_html(full_pack(), lang), orjson.loads(pack_json(full_pack(), lang))
    for row in document["metrics"]:
        if row["unit"] == "money":
            assert f"¥{row['value']:,}" in text
        elif row["unit"] == "percent" and row["value"] is not None:
            assert f"{row['value']} %" in text
        elif row["value"] is not None:
            assert (
                f"{row['value']:,} {say(lang, ('pack.one.' if row['value'] == 1 else 'unit.') + row['unit'])}" in text
            )
    for amount in ("amount_minor", "weighted_minor", "clean_amount_minor", "clean_weighted_minor"):
        assert f"¥{document['pipeline'][amount]:,}" in text
    assert "−5.0 pt" in text


def test_numbers_open_to_their_records() -> None:
    text = pack_html(full_pack(), "en")
    assert "Records: 1,234" in text
    assert "<code>salesforce/Lead/00Q2</code>" in text
    assert "... and 1,232 more" in text


def test_what_has_no_input_says_how_to_connect_it_and_shows_no_zero() -> None:
    text = pack_html(full_pack(), "en")
    assert "no input: Connect a list" in text
    row = re.search(r"<tr><td>targets en<.*?</tr>", text, re.DOTALL)
    assert row is not None
    assert not re.search(r">\s*0\b", row[0])


def test_an_empty_org_says_so() -> None:
    text = pack_html(empty_pack(), "en")
    assert "no value" in text
    assert "Nothing to compare yet" in text


def test_an_unfunnelled_pack_has_no_funnel() -> None:
    pack = empty_pack()
    document = orjson.loads(pack_json(type(pack)(pack.org, pack.week, pack.zone, pack.currency, pack.made_at, ())))
    assert document["funnel"] == []
    assert document["bottleneck"] == {"weeks": [], "lost_gains": []}


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(None, "no value"), (0, "0 min"), (59, "59 min"), (60, "1.0 h"), (1439, "24.0 h"), (2880, "2.0 d")],
)
def test_durations(minutes: int | None, shown: str) -> None:
    assert show_minutes(minutes, "en") == shown


def test_shares_and_conversions() -> None:
    assert show_percent(None, "ja") == "値なし"
    assert show_conversion(None, "en") == "no value"
    assert show_conversion(Decimal("100.0"), "en") == "100.0 %"
    assert show_conversion(Decimal("452.6"), "en") == "× 4.5"


@pytest.mark.parametrize(
    ("value", "target", "shown"), [("15", "15", "±0 deals"), ("16", "15", "+1 deal"), ("1", "15", "−14 deals")]
)
def test_gaps_carry_their_sign(value: str, target: str, shown: str) -> None:
    reading = Reading(metric("m", target=Decimal(target)), (Decimal(value),))
    assert show_gap(reading, "JPY", "en") == shown


def test_a_number_without_value_is_never_zero() -> None:
    assert show_number(None, metric("m"), "JPY", "en") == "no value"
    assert show_gap(Reading(metric("m", Ratio("a", "b"), unit="percent")), "JPY", "en") == ""


def test_lines_break_where_there_is_no_value() -> None:
    one, two, gap = Decimal(1), Decimal(2), None
    assert trend_line([one, two, gap, one, two], "t").count("<polyline") == 2
    assert trend_line([one, gap, two], "t").count("<circle") == 2
    assert trend_line([gap, gap], "t") == ""
    assert trend_line([one], "t") == ""
    assert "nan" not in trend_line([Decimal(0), Decimal(0)], "t").lower()
    assert "&lt;b&gt;" in trend_line([one, two], "<b>")


def test_bars_hatch_what_will_not_close() -> None:
    assert "url(#hatch)" not in bar(5, 10, "t")
    hatched = bar(5, 10, "t", hatched=3)
    assert '<rect width="20.0"' in hatched
    assert '<rect x="20.0" width="30.0"' in hatched
    assert bar(0, 0, "t").count("<rect") == 1


def test_linkage_of_nothing_has_no_share() -> None:
    assert LinkageLine("campaign", 0, 0).share is None
