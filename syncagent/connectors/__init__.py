"""The only network code: one protocol, one budgeted transport, one connector per system.

- :mod:`syncagent.connectors.protocol`: what the operations ask of a system.
- :mod:`syncagent.connectors.salesforce`: ``connect_salesforce(SalesforceOptions(...), now=...)``.
- :mod:`syncagent.connectors.hubspot`: ``connect_hubspot(HubSpotOptions(...), now=...)``.
- :mod:`syncagent.connectors.connection`: ``Conduct``, the budget, patience and timeouts both take.

Nothing is imported here: the vendor clients take most of a second, and ``--help`` needs none of them.
"""
