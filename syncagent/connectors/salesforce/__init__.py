"""Salesforce: REST through simple-salesforce as URL builder, over the budgeted transport."""

from syncagent.connectors.salesforce.connector import SalesforceConnector, SalesforceOptions, connect_salesforce
from syncagent.connectors.salesforce.credentials import (
    AccessToken,
    ClientCredentials,
    Credentials,
    JwtBearer,
    RefreshToken,
    UserPassword,
)

__all__ = [
    "AccessToken",
    "ClientCredentials",
    "Credentials",
    "JwtBearer",
    "RefreshToken",
    "SalesforceConnector",
    "SalesforceOptions",
    "UserPassword",
    "connect_salesforce",
]
