"""Wire one installation from its configuration folder: settings, state, connections, clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from syncagent.errors import ConfigurationError, Problem
from syncagent.interfaces.output import language

if TYPE_CHECKING:  # every --help loads this module; what a command needs is loaded when it runs
    from syncagent.connectors.connection import Conduct
    from syncagent.connectors.protocol import Connector
    from syncagent.connectors.salesforce import Credentials
    from syncagent.domain.records import System
    from syncagent.operations.installation import Installation
    from syncagent.settings import Settings

WRITE_WAIT_SECONDS_MAX = 2.0
"""A write that has to wait longer is given up and begins again with a new reading (operations.apply)."""


@contextmanager
def opened(config: Path, *, actor: str | None = None, lang: str | None = None) -> Iterator[Installation]:
    """Open the installation of a configuration folder for one command; nothing is connected yet.

    Raises:
        ConfigurationError: settings, mappings or policies are wrong.
        StoreError: the state cannot be opened.
    """
    from syncagent.logs import configure_logs
    from syncagent.operations.configuration import load_configuration
    from syncagent.operations.installation import Installation
    from syncagent.settings import load_settings
    from syncagent.store import open_store

    settings = load_settings(config)
    configure_logs(settings.log_level, settings.log_format)
    configuration = load_configuration(config)
    store = open_store(state_url(settings, config), org=settings.org)
    try:
        yield Installation(
            settings=settings,
            configuration=configuration,
            store=store,
            connect=lambda system: connect(system, settings),
            clock=settings.now,
            ticks=time.monotonic,
            actor=actor or settings.who(),
            lang=language(lang) if lang else settings.lang,
        )
    finally:
        store.close()


def state_url(settings: Settings, config: Path) -> str:
    """Give the state's address: the setting, a folder, or `.syncagent` in the configuration folder."""
    if settings.state and "://" in settings.state:
        return settings.state
    folder = Path(settings.state) if settings.state else config / ".syncagent"
    return f"sqlite:///{folder.absolute() / 'state.db'}"


def connect(system: System, settings: Settings) -> Connector:
    """Make one system's connector from the settings; nothing is sent yet.

    Raises:
        ConfigurationError: the credentials are missing or contradict each other.
    """
    return _connect_salesforce(settings) if system == "salesforce" else _connect_hubspot(settings)


def _connect_salesforce(settings: Settings) -> Connector:
    from syncagent.connectors.salesforce import SalesforceOptions, connect_salesforce

    url = settings.salesforce_url or ""
    options = SalesforceOptions(
        credentials=_salesforce_credentials(settings, url),
        version=settings.salesforce_version,
        url=url if url.startswith("http://") else "",
        domain=_domain(url),
        conduct=_conduct(settings, settings.salesforce_daily_calls_max),
    )
    return connect_salesforce(options, now=settings.now)


def _domain(url: str) -> str:
    """Give the login host's prefix: https://acme.my.salesforce.com is "acme.my"."""
    host = url.removeprefix("https://").removeprefix("http://").split("/")[0]
    return host.removesuffix(".salesforce.com") if host.endswith(".salesforce.com") else "login"


def _salesforce_credentials(settings: Settings, url: str) -> Credentials:
    from syncagent.connectors import salesforce

    client_id, secret = settings.salesforce_client_id or "", settings.salesforce_client_secret
    hidden = secret.get_secret_value() if secret else ""
    if settings.salesforce_token:
        return salesforce.AccessToken(settings.salesforce_token.get_secret_value(), url)
    if client_id and settings.salesforce_private_key_file and settings.salesforce_username:
        key = _read_key(settings.salesforce_private_key_file)
        return salesforce.JwtBearer(client_id, settings.salesforce_username, key)
    if client_id and settings.salesforce_refresh_token:
        return salesforce.RefreshToken(client_id, settings.salesforce_refresh_token.get_secret_value(), hidden)
    if client_id and hidden and settings.salesforce_username and settings.salesforce_password:
        token = settings.salesforce_security_token
        return salesforce.UserPassword(
            client_id,
            hidden,
            settings.salesforce_username,
            settings.salesforce_password.get_secret_value(),
            token.get_secret_value() if token else "",
        )
    if client_id and hidden:
        return salesforce.ClientCredentials(client_id, hidden)
    raise _missing(
        "SALESFORCE_CLIENT_ID",
        "no way to log in to Salesforce is configured; set SYNCAGENT_SALESFORCE_URL, SYNCAGENT_SALESFORCE_CLIENT_ID "
        "and SYNCAGENT_SALESFORCE_CLIENT_SECRET (or _PRIVATE_KEY_FILE with _USERNAME for the JWT bearer flow)",
    )


def _read_key(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise _missing("SALESFORCE_PRIVATE_KEY_FILE", f"{path} cannot be read: {error.strerror}") from None


def _connect_hubspot(settings: Settings) -> Connector:
    from syncagent.connectors.hubspot import AccessToken, HubSpotOptions, connect_hubspot

    if settings.hubspot_token is None:
        raise _missing(
            "HUBSPOT_TOKEN",
            "no way to log in to HubSpot is configured; set it to the token of a service key or a private app",
        )
    options = HubSpotOptions(
        credentials=AccessToken(settings.hubspot_token.get_secret_value()),
        version=settings.hubspot_api,
        url=settings.hubspot_url or "",
        conduct=_conduct(settings, settings.hubspot_daily_calls_max),
    )
    return connect_hubspot(options, now=settings.now)


def _conduct(settings: Settings, daily_max: int | None) -> Conduct:
    from syncagent.connectors.connection import Conduct
    from syncagent.connectors.limits import BudgetLimits
    from syncagent.connectors.retrying import Patience

    budget = BudgetLimits(daily_max, settings.calls_reserve, zone=settings.timezone)
    return Conduct(budget=budget, patience=Patience(write_wait_seconds_max=WRITE_WAIT_SECONDS_MAX))


def _missing(name: str, message: str) -> ConfigurationError:
    return ConfigurationError([Problem(f"SYNCAGENT_{name}", 0, 0, message)])
