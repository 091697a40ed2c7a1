"""HubSpot: the CRM API through hubspot-api-client's typed objects, over the budgeted transport."""

from syncagent.connectors.hubspot.connector import HubSpotConnector, HubSpotOptions, connect_hubspot
from syncagent.connectors.hubspot.credentials import AccessToken, Credentials, RefreshToken

__all__ = ["AccessToken", "Credentials", "HubSpotConnector", "HubSpotOptions", "RefreshToken", "connect_hubspot"]
