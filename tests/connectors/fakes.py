"""Time that passes only when somebody sleeps, and connectors made with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from syncagent.connectors.connection import Clocks, Conduct, open_transport
from syncagent.connectors.hubspot import AccessToken, HubSpotOptions, connect_hubspot
from syncagent.connectors.protocol import Connector
from syncagent.connectors.salesforce import ClientCredentials, SalesforceOptions, connect_salesforce
from syncagent.connectors.transport import Transport
from syncagent.domain.records import System

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)


class FakeTime:
    """A clock whose sleeps return at once and are remembered."""

    def __init__(self) -> None:
        self.sleeps: list[float] = []
        self.passed = 0.0

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.passed += seconds

    def monotonic(self) -> float:
        return self.passed

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)


def make_transport(time: FakeTime, system: System = "hubspot", conduct: Conduct | None = None) -> Transport:
    clocks = Clocks(time.now, time.sleep, time.monotonic)
    return open_transport(system, "", conduct or Conduct(), clocks, {"general": (1000.0, 10.0), "search": (5.0, 1.0)})


def make_salesforce(time: FakeTime, url: str = "", conduct: Conduct | None = None) -> Connector:
    options = SalesforceOptions(
        ClientCredentials("sandbox-client", "sandbox-secret"), url=url, domain="acme.my", conduct=conduct or Conduct()
    )
    return connect_salesforce(options, now=time.now, sleep=time.sleep, monotonic=time.monotonic)


def make_hubspot(time: FakeTime, url: str = "", token: str = "", conduct: Conduct | None = None) -> Connector:
    options = HubSpotOptions(AccessToken(token or "pat-test"), url=url, conduct=conduct or Conduct())
    return connect_hubspot(options, now=time.now, sleep=time.sleep, monotonic=time.monotonic)
