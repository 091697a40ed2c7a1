"""When a worker runs what, where it answers and keeps its things: options and their meaning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import quote
from zoneinfo import ZoneInfo

from syncagent.errors import ConfigurationError, Problem
from syncagent.interfaces.wiring import state_url
from syncagent.interfaces.worker_steps import Steps
from syncagent.runtime import Kind, Step, parse_schedule
from syncagent.settings import Settings


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """When a worker runs what, where it answers, and its limits; cron lines are read in the org's zone."""

    address: str = "127.0.0.1:8585"
    """Host and port of /healthz, /readyz and /metrics; port 0 picks one."""
    pull_cron: str = "*/10 * * * *"
    plan_cron: str = "30 6 * * *"
    """Finishes interrupted runs, plans, and applies what standing approvals cover."""
    report_cron: str = "0 7 * * 1"
    grace_seconds: int = 60
    stale_minutes: int = 60
    missed_max: int = 3
    catch_up: bool = True
    packs: Path | None = None
    """Where weekly packs are written; default is `packs` in the state folder, or in `.syncagent` of the configuration
    where the state is on a database server."""


def options_of(settings: Settings) -> WorkerOptions:
    """Give the options the settings ask for."""
    return WorkerOptions(
        address=settings.worker_address,
        pull_cron=settings.worker_pull_cron,
        plan_cron=settings.worker_plan_cron,
        report_cron=settings.worker_report_cron,
        grace_seconds=settings.worker_grace_seconds,
        stale_minutes=settings.worker_stale_minutes,
        missed_max=settings.worker_missed_max,
        catch_up=settings.worker_catch_up,
        packs=settings.worker_packs,
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where one org's worker keeps its things: the engine's database, its lock, and the packs."""

    engine_url: str
    lock: Path
    packs: Path
    embedded: bool


def place_of(settings: Settings, config: Path) -> Place:
    """Give the place of a configuration's worker: beside the state file, or on the state's database server."""
    url = state_url(settings, config)
    name = quote(settings.org, safe="")
    if not url.startswith("sqlite:"):
        lock = Path(gettempdir()) / "syncagent" / f"{name}.worker.lock"
        return Place(url, lock, config.absolute() / ".syncagent" / "packs", embedded=False)
    folder = Path(url.removeprefix("sqlite:///")).parent
    engine = f"sqlite:///{folder / f'{name}.runs.db'}"
    return Place(engine, folder / f"{name}.worker.lock", folder / "packs", embedded=True)


def parse_address(text: str) -> tuple[str, int]:
    """Read ``host:port``.

    Raises:
        ConfigurationError: it is neither.
    """
    host, _colon, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004 - the largest port
        message = f"{text!r} is not an address; write host:port such as 127.0.0.1:8585 or 0.0.0.0:8585"
        raise ConfigurationError([Problem("SYNCAGENT_WORKER_ADDRESS", 0, 0, message)])
    return host.strip("[]"), int(port)


def kinds_of(options: WorkerOptions, zone: ZoneInfo, steps: Steps, now: datetime) -> list[Kind]:
    """Give the kinds of run that are switched on, in the order they are submitted when due together.

    Raises:
        ConfigurationError: every schedule that is wrong, or that none is on.
    """
    table = (
        ("pull", options.pull_cron, (Step("pull", steps.pull),)),
        (
            "plan",
            options.plan_cron,
            (Step("finish", steps.finish), Step("plan", steps.plan), Step("apply", steps.apply)),
        ),
        ("report", options.report_cron, (Step("report", steps.report),)),
    )
    kinds: list[Kind] = []
    problems: list[Problem] = []
    for name, cron, calls in table:
        try:
            schedule = parse_schedule(cron, zone, setting=f"SYNCAGENT_WORKER_{name.upper()}_CRON", now=now)
        except ConfigurationError as error:
            problems += error.problems
            continue
        if schedule is not None:
            kinds.append(Kind(name, schedule, calls, at_first=name == "pull"))
    if not kinds and not problems:
        problems.append(
            Problem("SYNCAGENT_WORKER_PULL_CRON", 0, 0, "every schedule is off; a worker needs at least one")
        )
    if problems:
        raise ConfigurationError(problems)
    return kinds
