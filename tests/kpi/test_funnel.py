"""The funnel: each stage with the next, the leak, and gains lost downstream."""

from __future__ import annotations

from decimal import Decimal

from syncagent.kpi import Absent, Funnel, Measured, Ratio, Step, Words, read_funnel, read_metrics
from tests.kpi.metrics import metric

LEADS = metric("leads", downstream="targets")
TARGETS = metric("targets", Absent(Words("connect", "接続")), downstream="meetings")
MEETINGS = metric("meetings", downstream="won")
WON = metric("won")
OTHER = metric("other")
RATE = metric("rate", Ratio("won", "meetings"), unit="percent", target=Decimal(50))
ALL = [OTHER, LEADS, TARGETS, MEETINGS, WON, RATE]


def funnel(leads: tuple[int, ...], meetings: tuple[int, ...], won: tuple[int, ...]) -> Funnel:
    measured = {"leads": leads, "meetings": meetings, "won": won, "other": (1,) * len(won)}
    return read_funnel(read_metrics(ALL, {name: Measured(values) for name, values in measured.items()}))


def _step(step: Step | None) -> Step:
    assert step is not None
    return step


def test_stages_follow_the_chain_and_steps_skip_what_has_no_input() -> None:
    read = read_funnel(read_metrics(ALL, {m.id: Measured((4, 6)) for m in (LEADS, MEETINGS, WON, OTHER)}))
    assert [stage.metric.id for stage in read.stages] == ["leads", "targets", "meetings", "won"]
    assert [(step.stage.metric.id, step.following.metric.id) for step in read.steps] == [
        ("leads", "meetings"),
        ("meetings", "won"),
    ]
    assert [(step.part, step.whole, step.share, step.target, step.gap) for step in read.steps] == [
        (10, 10, Decimal("100.0"), None, None),
        (10, 10, Decimal("100.0"), Decimal(50), Decimal("50.0")),
    ]
    assert read.bottleneck is read.steps[0]


def test_the_step_furthest_below_its_target_leaks_most() -> None:
    read = funnel((100,), (10,), (2,))
    assert _step(read.bottleneck).following.metric.id == "won"


def test_without_a_missed_target_the_lowest_conversion_leaks_most() -> None:
    read = funnel((100,), (10,), (9,))
    assert _step(read.bottleneck).following.metric.id == "meetings"


def test_nothing_leaks_in_an_empty_org() -> None:
    read = funnel((0, 0), (0, 0), (0, 0))
    assert read.bottleneck is None
    assert read_funnel(()).stages == ()


def test_better_here_and_worse_downstream_is_told() -> None:
    read = funnel((1, 1, 2, 2), (5, 5, 1, 1), (1, 1, 1, 1))
    assert [step.stage.metric.id for step in read.lost_gains] == ["leads"]


def test_a_change_of_less_than_a_tenth_is_no_change() -> None:
    read = funnel((100, 109), (100, 50), (1, 1))
    assert read.lost_gains == ()
