from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from syncagent.errors import ConfigurationError
from syncagent.runtime import Schedule, parse_schedule

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 16, tzinfo=UTC)
CASES: list[dict[str, str]] = YAML(typ="safe").load(Path(__file__).parents[1] / "cases/runtime/schedules.yaml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_due_instants(case: dict[str, str]) -> None:
    schedule = Schedule(case["cron"], ZoneInfo(case["zone"]))
    now = datetime.fromisoformat(case["now"])
    assert schedule.latest(now) == datetime.fromisoformat(case["latest"])
    assert schedule.after(now) == datetime.fromisoformat(case["next"])


crons = st.sampled_from(["*/10 * * * *", "30 6 * * *", "0 7 * * 1", "15 2 * * *", "0 9-17 * * 1-5", "0 0 1 * *"])
zones = st.sampled_from(["UTC", "Asia/Tokyo", "Europe/Berlin", "America/New_York"])
instants = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zone beside


@given(crons, zones, instants)
def test_now_lies_between_the_latest_and_the_next_due_instant(cron: str, zone: str, now: datetime) -> None:
    schedule = Schedule(cron, ZoneInfo(zone))
    latest = schedule.latest(now)
    assert latest <= now < schedule.after(now)
    assert schedule.latest(latest) == latest, "an instant is due at itself"
    assert schedule.after(latest) > now, "nothing was due in between"


def test_several_due_instants_ahead() -> None:
    assert Schedule("0 * * * *", TOKYO).after(NOW, 3) == NOW + timedelta(hours=3)


@pytest.mark.parametrize("text", ["off", " OFF "])
def test_a_schedule_can_be_off(text: str) -> None:
    assert parse_schedule(text, TOKYO, setting="X", now=NOW) is None


@pytest.mark.parametrize("text", ["*/10 * * * *", "@daily", "* * * * * */5", " 0 7 * * mon "])
def test_legal_lines(text: str) -> None:
    assert parse_schedule(text, TOKYO, setting="X", now=NOW) is not None


@pytest.mark.parametrize(
    "text", ["", "hourly", "61 * * * *", "* * * *", "0 0 31 2 *", "* * * * * * * *", "@never", "a b c d e"]
)
def test_wrong_lines_name_the_setting_and_the_legal_form(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"SYNCAGENT_WORKER_PULL_CRON: .* write five fields"):
        parse_schedule(text, TOKYO, setting="SYNCAGENT_WORKER_PULL_CRON", now=NOW)
