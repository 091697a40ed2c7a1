"""An emulated Salesforce org: REST resources, SOQL, describes and the server's own rules."""

from syncagent.sandbox.salesforce.loading import LoadError
from syncagent.sandbox.salesforce.system import SalesforceOrg

__all__ = ["LoadError", "SalesforceOrg"]
