"""SOQL: the grammar, name binding, filters, aggregates and the record shapes of the query resource."""

from syncagent.sandbox.salesforce.soql.running import Found, Runner

__all__ = ["Found", "Runner"]
