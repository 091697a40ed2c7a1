"""Hypothesis strategies for journeys, shared by the attribution tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from syncagent.attribution import Model, Policy, arrange, custom_model, find_models
from syncagent.domain.journeys import Deal, Journey, Touchpoint
from syncagent.domain.money import Money

POLICY = Policy(ZoneInfo("Asia/Tokyo"))
START = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = 24 * 300
CLOSE = START + timedelta(hours=HOURS)

MODELS: Sequence[Model] = (
    *find_models(()),
    custom_model(
        "ours", {"FT": Fraction(1, 3), "OC": Fraction(1, 7), "2nd": Fraction(1, 11), "last-1": Fraction(1, 5)}
    ),
    custom_model("lead_only", {"LC": Fraction(1)}),
)

# Few distinct hours, so that ties and touches exactly on a milestone are common.
hours = st.integers(0, 12).map(lambda step: step * (HOURS // 12))
instants = hours.map(lambda hour: START + timedelta(hours=hour))


@st.composite
def touch_lists(draw: st.DrawFn, *, least: int = 0, most: int = 9) -> list[Touchpoint]:
    """Touches inside the window, with ids in no order of time."""
    ids = draw(st.lists(st.integers(0, 99), min_size=least, max_size=most, unique=True))
    return [
        Touchpoint(
            f"T{number:02}",
            draw(instants),
            draw(st.sampled_from("ABC")),
            draw(st.sampled_from(["Direct", "Email", "Event"])),
        )
        for number in ids
    ]


amounts = st.one_of(st.integers(-20, 20), st.integers(-(10**12), 10**12))


@st.composite
def deals(draw: st.DrawFn, name: str = "O1") -> Deal:
    """A deal closed at the end of the window; half of them have no lead."""
    currency = draw(st.sampled_from(["JPY", "USD"]))
    return Deal(name, Money(draw(amounts), currency), draw(st.none() | instants), draw(instants), CLOSE)


@st.composite
def journeys(draw: st.DrawFn, *, least: int = 0) -> Journey:
    """One arranged journey."""
    return arrange(draw(deals()), draw(touch_lists(least=least)), POLICY)


@st.composite
def journey_lists(draw: st.DrawFn) -> list[Journey]:
    """A few journeys of different deals, whose touches bear different ids."""
    count = draw(st.integers(0, 4))
    result = []
    for index in range(count):
        touches = [replace(touch, id=f"{touch.id}-{index}") for touch in draw(touch_lists())]
        result.append(arrange(draw(deals(f"O{index}")), touches, POLICY))
    return result
