"""Settings: environment variables ``SYNCAGENT_*``, a ``.env`` file in the configuration folder, or secret files.

The only module that reads the environment. Precedence: the process environment, then the file named by
``SYNCAGENT_ENV_FILE``, then ``<config>/.env``, then one file per secret in ``SYNCAGENT_SECRETS_DIR``.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AwareDatetime, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from syncagent.errors import ConfigurationError, Problem

PREFIX = "SYNCAGENT_"
Language = Literal["ja", "en"]


class Settings(BaseSettings):
    """Every setting of one installation; docs/settings.md is generated from these descriptions."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, env_ignore_empty=True)

    org: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")] = Field(
        "default", description="Name of the pair of systems this configuration is about; state is kept per org."
    )
    state: str | None = Field(
        None, description="State folder or database URL; default is `.syncagent` in the configuration folder."
    )
    zone: str = Field("Asia/Tokyo", description="The org's time zone: day counts and week boundaries follow it.")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        "JPY", description="ISO code of the org's currency, for records that carry none."
    )
    lang: Language = Field("ja", description="Language of plans, messages and packs: ja or en.")
    clock: AwareDatetime | None = Field(
        None, description="Fixes the agent's clock at an ISO 8601 instant, for rehearsals and tests."
    )
    actor: str | None = Field(None, description="Who acts, as written to the ledger; default is the login name.")

    salesforce_url: str | None = Field(
        None,
        description="Address of the org: https://mydomain.my.salesforce.com, or a sandbox server's http address.",
    )
    salesforce_version: Annotated[str, Field(pattern=r"^[0-9]{2,3}\.0$")] = Field(
        "62.0", description="Salesforce API version, pinned."
    )
    salesforce_token: SecretStr | None = Field(None, description="A fixed access token (sandbox and tests).")
    salesforce_client_id: str | None = Field(None, description="Consumer key of the external client app.")
    salesforce_client_secret: SecretStr | None = Field(
        None, description="Consumer secret, for the client-credentials flow."
    )
    salesforce_username: str | None = Field(
        None, description="User name, for the JWT bearer flow and for old orgs' password flow."
    )
    salesforce_private_key_file: Path | None = Field(
        None, description="PEM file with the private key of the JWT bearer flow."
    )
    salesforce_refresh_token: SecretStr | None = Field(None, description="Refresh token of the web-server flow.")
    salesforce_password: SecretStr | None = Field(None, description="Password, old orgs only.")
    salesforce_security_token: SecretStr | None = Field(None, description="Security token, old orgs only.")
    salesforce_daily_calls_max: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Most API calls a day this agent may use; default is the org's own limit less the reserve."
    )

    hubspot_url: str | None = Field(None, description="Address of HubSpot's API; only for a sandbox server.")
    hubspot_token: SecretStr | None = Field(None, description="Service key or private-app token.")
    hubspot_api: Annotated[str, Field(pattern=r"^(v3|[0-9]{4}-[0-9]{2})$")] = Field(
        "v3", description="Path version of the CRM API: v3, or a dated version."
    )
    hubspot_daily_calls_max: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Most API calls a day this agent may use; default is the portal's own limit less the reserve."
    )
    calls_reserve: Annotated[int, Field(ge=0)] = Field(
        1000, description="API calls of each system's daily limit left to the customer's other apps."
    )

    plan_valid_hours: Annotated[int, Field(ge=1, le=24 * 30)] = Field(
        72, description="Hours a saved plan may wait for approval and application before it expires."
    )
    changes_max: Annotated[int, Field(ge=1)] = Field(5000, description="Brake: most records one plan may change.")
    creates_max: Annotated[int, Field(ge=0)] = Field(200, description="Brake: most records one plan may create.")
    share_max_percent: Annotated[int, Field(ge=1, le=100)] = Field(
        30, description="Brake: most of one object's live records a plan may change, in percent (from 50 records up)."
    )

    worker_address: str = Field(
        "127.0.0.1:8585", description="Where the worker answers /healthz, /readyz and /metrics, as host:port."
    )
    worker_pull_cron: str = Field("*/10 * * * *", description="When the worker pulls: cron in the org's zone, or off.")
    worker_plan_cron: str = Field(
        "30 6 * * *", description="When the worker plans and applies what standing approvals cover, or off."
    )
    worker_report_cron: str = Field("0 7 * * 1", description="When the worker writes the weekly packs, or off.")
    worker_grace_seconds: Annotated[int, Field(ge=1)] = Field(
        60, description="Seconds a run may take to finish once the worker is asked to stop."
    )
    worker_stale_minutes: Annotated[int, Field(ge=1)] = Field(
        60, description="Minutes since the last good pull after which /readyz turns red."
    )
    worker_missed_max: Annotated[int, Field(ge=1)] = Field(
        3, description="Periods a kind of run may go without success before /readyz turns red."
    )
    worker_catch_up: bool = Field(True, description="Run what fell due while the worker was down, once, at start.")
    worker_packs: Path | None = Field(None, description="Folder for weekly packs; default is beside the state.")

    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", description="Least severe line logged.")
    log_format: Literal["text", "json"] = Field("text", description="Form of log lines on standard error.")

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("is not a time zone name; write one such as Asia/Tokyo or Europe/Berlin") from None
        return value

    @property
    def timezone(self) -> ZoneInfo:
        """The org's zone as an object."""
        return ZoneInfo(self.zone)

    def now(self) -> datetime:
        """Read the clock (UTC), or give the fixed instant of ``SYNCAGENT_CLOCK``; called at the edges only."""
        return self.clock.astimezone(UTC) if self.clock else datetime.now(UTC)

    def who(self) -> str:
        """Name the person who acts."""
        if self.actor:
            return self.actor
        try:
            return getpass.getuser()
        except (KeyError, OSError):
            return "unknown"


def load_settings(config: Path, overrides: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of a configuration folder; ``overrides`` (by setting name) come from the command line.

    Raises:
        ConfigurationError: naming each wrong setting, its value's problem and the variable to correct.
    """
    secrets = os.environ.get(f"{PREFIX}SECRETS_DIR")
    named = os.environ.get(f"{PREFIX}ENV_FILE")
    problems: list[Problem] = []
    if not config.is_dir():
        problems.append(
            Problem(str(config), 0, 0, "the configuration folder does not exist; create it or use --config")
        )
    for name, path, folder in (("ENV_FILE", named, False), ("SECRETS_DIR", secrets, True)):
        if path and not (Path(path).is_dir() if folder else Path(path).is_file()):
            problems.append(Problem(f"{PREFIX}{name}", 0, 0, f"{path} is not a {'folder' if folder else 'file'}"))
    if problems:
        raise ConfigurationError(problems)
    files = [config / ".env", *([Path(named)] if named else [])]
    given: Mapping[str, object] = dict(overrides or {})
    try:
        return Settings(_env_file=files, _secrets_dir=secrets, **given)  # type: ignore[arg-type]  # pydantic-settings reads these
    except ValidationError as error:
        raise ConfigurationError([_problem(item["loc"], item["msg"]) for item in error.errors()]) from None


def forget_environment() -> None:
    """Drop every ``SYNCAGENT_*`` variable of this process: the demo must never reach a real org by accident."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]


def _problem(location: tuple[int | str, ...], message: str) -> Problem:
    name = str(location[0]) if location else "settings"
    annotation = Settings.model_fields[name].annotation if name in Settings.model_fields else None
    legal = f" (legal: {', '.join(map(str, get_args(annotation)))})" if annotation in LITERALS else ""
    return Problem(f"{PREFIX}{name.upper()}", 0, 0, message.removeprefix("Value error, ") + legal)


LITERALS = tuple(
    field.annotation
    for field in Settings.model_fields.values()
    if field.annotation is not None and getattr(field.annotation, "__origin__", None) is Literal
)


def settings_reference() -> str:
    """Render docs/settings.md: one row per setting."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows) + "\n"
